--- What the specs of smcd.lua's and smcr.lua's texts have in common.

local app = require "smc.cli.app"

local smcd_support = {}

--- What an object of smcd(8) prints while a function of a module answers so.
function smcd_support.printed(object, tool, words, module, name, answer)
  local out, write, own = {}, app.write, module[name]
  app.write = function(...)
    for _, text in ipairs { ... } do out[#out + 1] = text end
  end
  module[name] = function() return answer end
  local ok, message = pcall(require("smc.cli.smcd." .. object), tool, words)
  app.write, module[name] = write, own
  assert(ok, message)
  return table.concat(out)
end

--- The script smcd.lua as its objects see it, with more.
function smcd_support.smcd(more)
  local tool = { name = "smcd.lua", is_smcd = true, technology = "SMC-D", level = 0, absolute = true }
  for key, value in pairs(more or {}) do tool[key] = value end
  return tool
end

--- The same of smcr.lua.
function smcd_support.smcr(more)
  local tool = smcd_support.smcd(more)
  tool.name, tool.is_smcd, tool.technology = "smcr.lua", false, "SMC-R"
  return tool
end

return smcd_support

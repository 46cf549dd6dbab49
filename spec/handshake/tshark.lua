--- Reads CLC messages of a capture with tshark.

local process = require "smc.process"
local ignored = require "handshake.fields".IGNORED

local tshark = {}

local ENTITIES <const> = { lt = "<", gt = ">", quot = '"', apos = "'", amp = "&" }

local function plain(text)
  return (text:gsub("&(%a+);", ENTITIES))
end

-- The fields of a message: name → values in order.
local function fields_of(proto)
  local found = {}
  for name, attributes in proto:gmatch('<field name="(smc[^"]*)"([^>]*)>') do
    if not ignored[name] then
      found[name] = found[name] or {}
      table.insert(found[name], plain(attributes:match(' show="([^"]-) *"'))) -- blanks pad EIDs and names
    end
  end
  return found
end

--- The CLC messages of a capture file, in the order of the packets.
-- @tparam string path
-- @treturn {table,...} each name → values, as texts
function tshark.read(path)
  local p <close> = assert(process.spawn({ "tshark", "-r", path, "-Y", "smc.clc_msg", "-T", "pdml" },
    { stdin = "null", stdout = "pipe", stderr = "null" }))
  local text, messages = p.stdout:read("a"), {}
  assert(p:wait())
  for proto in text:gmatch('<proto name="smc".-</proto>') do messages[#messages + 1] = fields_of(proto) end
  return messages
end

return tshark

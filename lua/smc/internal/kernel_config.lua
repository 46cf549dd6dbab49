--- What a kernel was built with: its configuration, from the files in which distributions keep it.
-- @module smc.internal.kernel_config

local look = require "smc.internal.look"
local paths = require "smc.internal.paths"
local process = require "smc.process"

local kernel_config = {}

-- The configuration that was unpacked last, and its file. Every socket that fails for lack of SMC needs it.
local known = {}

-- The configuration that a kernel carries itself (CONFIG_IKCONFIG_PROC), which only gzip(1) can unpack.
local function unpacked()
  local path = paths.proc .. "/config.gz"
  local packed = look.file(path)
  if not packed then return nil end
  if packed == known.packed then return known.text end
  local gzip <close>, message, errno = process.spawn({ "gzip", "-dc", "--", path },
    { stdin = "null", stdout = "pipe", stderr = "null" })
  if not gzip then look.fail(("%s: %s"):format(path, message), errno) end
  local text = gzip.stdout:read("a")
  if text == "" then return nil end
  known.packed, known.text = packed, text
  return text
end

--- The configuration of the running kernel.
-- @tparam string release of it
-- @treturn ?string lines such as `CONFIG_SMC=m` and `# CONFIG_DIBS is not set`; nil if it is not known
function kernel_config.read(release)
  return look.file(paths.root .. "/boot/config-" .. release)
    or look.file(("%s/lib/modules/%s/config"):format(paths.root, release))
    or unpacked()
end

--- The value of an option.
-- @tparam string text of the configuration
-- @tparam string name such as `CONFIG_SMC`
-- @treturn ?string `"y"`, `"m"`, or `"n"` if it is not set; nil if the configuration does not have it
function kernel_config.value(text, name)
  text = "\n" .. text
  -- Without a pattern: the text is long, and there may be several looks at it for one answer.
  local _, before = text:find(("\n%s="):format(name), 1, true)
  if before then return text:match("^[ym]%f[^%w]", before + 1) end
  return text:find(("\n# %s is not set"):format(name), 1, true) and "n" or nil
end

return kernel_config

--- The snapshot that `stats reset` saves, as lines of a text file: "smcd.rx_bytes 20000".
--
-- Each network namespace has a file in the user's own state directory; never in a directory where others can
-- write, since somebody else could have created the file.

local E = require "smc.errno"
local is_snapshot = require "smc.internal.snapshot".is
local look = require "smc.internal.look"
local os_core = require "smc.core.os"
local process = require "smc.process"

local baseline = {}

local HEADER <const> = "smc statistics 1"
local TEXTS <const> = { boot = true, namespace = true } -- all other values are numbers

-- $XDG_STATE_HOME of the XDG Base Directory Specification, which says to ignore a relative path.
local function state_folder()
  local folder = os.getenv("XDG_STATE_HOME") or ""
  if folder:sub(1, 1) == "/" then return folder .. "/smc" end
  local home = os.getenv("HOME") or ""
  if home:sub(1, 1) == "/" then return home .. "/.local/state/smc" end
  return nil, "no directory to store it in: set XDG_STATE_HOME or HOME, or use --baseline FILE"
end

--- The file for a network namespace.
-- @tparam string namespace
-- @treturn[1] string
-- @treturn[1] string its directory
-- @treturn[2] nil
-- @treturn[2] string message
function baseline.file(namespace)
  local folder, message = state_folder()
  if not folder then return nil, message end
  return folder .. "/stats-" .. (namespace:match("%d+") or "0"), folder
end

--- Creates a directory that only its owner can use.
function baseline.make_folder(folder)
  local mkdir <close> = process.spawn({ "mkdir", "-p", "-m", "700", "--", folder })
  if mkdir then mkdir:wait() end
end

local function add_lines(lines, prefix, value)
  for key, inner in pairs(value) do
    local name = prefix .. tostring(key)
    if type(inner) == "table" then
      add_lines(lines, name .. ".", inner)
    else
      lines[#lines + 1] = ("%s %s"):format(name, inner)
    end
  end
end

--- Writes a snapshot atomically: a reader gets either the old or the new one as a whole.
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
function baseline.write(path, snapshot)
  local free, why = os_core.replaceable(path)
  if not free then return nil, ("%s: %s"):format(path, why) end
  local lines = {}
  add_lines(lines, "", snapshot)
  table.sort(lines)
  local new = path .. ".new"
  local file <close>, message = io.open(new, "w")
  if not file then return nil, message end
  local ok
  ok, message = file:write(HEADER, "\n", table.concat(lines, "\n"), "\n")
  if ok then ok, message = file:close() end
  if ok then ok, message = os.rename(new, path) end
  if not ok then return nil, message end
  return true
end

-- Stores a line's value at the place that its name specifies. Returns whether that is possible.
local function set(root, name, text)
  local at = root
  for part in name:gmatch("([^.]+)%.") do
    local key = math.tointeger(tonumber(part)) and part:find("^%d+$") and math.tointeger(part) or part
    at[key] = at[key] == nil and {} or at[key]
    at = at[key]
    if type(at) ~= "table" then return false end
  end
  local key, value = name:match("[^.]+$"), tonumber(text)
  if key == nil or not value and not TEXTS[name] or type(at[key]) == "table" then return false end
  at[key] = value or text
  return true
end

--- Reads a snapshot.
-- @function baseline.read
-- @tparam string path
-- @treturn[1] table
-- @treturn[2] nil if there is no such file
-- @treturn[3] nil
-- @treturn[3] string message
-- @treturn[3] integer errno
baseline.read = look.protect(function(path)
  local text = look.file(path)
  if not text then return nil end
  local first, rest = text:match("^([^\n]*)\n(.*)$")
  if first ~= HEADER then look.fail(path .. ": not a file that stats reset wrote", E.EINVAL) end
  local snapshot = { fallback = { client = 0, server = 0 } }
  for line in rest:gmatch("[^\n]+") do
    local name, value = line:match("^(%S+) (%S+)$")
    if not name or not set(snapshot, name, value) then look.fail(path .. ": damaged; remove it", E.EINVAL) end
  end
  snapshot.fallback.reasons = snapshot.fallback.reasons or {}
  if not is_snapshot(snapshot) then look.fail(path .. ": damaged; remove it", E.EINVAL) end
  return snapshot
end)

return baseline

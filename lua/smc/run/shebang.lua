--- Parses the #! line of a script as the kernel does: load_script() in fs/binfmt_script.c, execve(2).
-- @module smc.run.shebang

local read_at = require "smc.internal.file".read_at

local shebang = {}

local BYTES <const> = 256 -- the kernel reads no more of the file

-- A complete line is read without the blanks at its end.
local function ended(line)
  line = line:gsub("[ \t]+$", "")
  return line:find("[^ \t]") and line
end

-- In a line that does not end within 256 bytes or before a zero byte, at least the name must be complete.
local function unended(head)
  local name = head:find("[^ \t]", 3)
  if not name or not head:find("[ \t\0]", name) then return nil end
  return ended(head:sub(3, BYTES - 1))
end

--- The interpreter that a script names.
-- @param file an open file
-- @treturn[1] string the interpreter's path; it is not searched for in PATH
-- @treturn[1] ?string its argument before the script's path: the whole rest of the line
-- @treturn[2] boolean false: not a script, or not one that the kernel starts
-- @treturn[3] nil
-- @treturn[3] string message
-- @treturn[3] integer errno
function shebang.read(file)
  local head, message, errno = read_at(file, 0, BYTES)
  if not head then return nil, message, errno end
  if head:sub(1, 2) ~= "#!" then return false end
  head = head .. ("\0"):rep(BYTES - #head)
  local stop = head:find("[\n\0]")
  local line
  if head:sub(stop or 0, stop) == "\n" then
    line = ended(head:sub(3, stop - 1))
  else
    line = unended(head)
  end
  if not line then return false end
  local name, rest = line:match("^[ \t]*([^ \t\0]*)(.*)$")
  if rest:find("^[ \t]") then return name, rest:match("^[ \t]+([^\0]*)") end
  return name
end

return shebang

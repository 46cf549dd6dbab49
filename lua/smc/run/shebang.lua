--- The #! line of a script, as the kernel reads it: load_script() in fs/binfmt_script.c, execve(2).
-- @module smc.run.shebang

local read_at = require "smc.run.reading".read_at

local shebang = {}

local BYTES <const> = 256 -- the kernel looks at no more of a file

-- A line that ends is read up to blanks before its end.
local function ended(line)
  line = line:gsub("[ \t]+$", "")
  return line:find("[^ \t]") and line
end

-- Without an end, in 256 bytes or before a zero byte, the name at least has to be whole.
local function unended(head)
  local name = head:find("[^ \t]", 3)
  if not name or not head:find("[ \t\0]", name) then return nil end
  return ended(head:sub(3, BYTES - 1))
end

--- The interpreter that a script names.
-- @param file an open file
-- @treturn[1] string the interpreter's path, which is not looked for in PATH
-- @treturn[1] ?string the one argument that it gets before the script's path: all the rest of the line
-- @treturn[2] boolean false: it is no script, or one that the kernel does not start
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

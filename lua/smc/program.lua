--- What kind of program a file is, and whether a library can be preloaded into it.
-- @module smc.program

local E = require "smc.errno"
local core = require "smc.core.process"
local look = require "smc.internal.look"
local printable = require "smc.internal.text".printable

local program = {}

-- What execvpe(3) takes for the absence of a program in a folder of PATH; a file that may not be executed is
-- told when there is no other.
local NOT_HERE <const> = { [E.ENOENT] = true, [E.ENOTDIR] = true, [E.ESTALE] = true, [E.ENODEV] = true,
  [E.ETIMEDOUT] = true, [E.EACCES] = true }

--- Where execvpe(3) finds a program.
-- @tparam string name its path, or a name that is looked for in PATH
-- @treturn[1] string path of a file that may be executed
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function program.find(name)
  if name:find("/", 1, true) then
    local ok, message, errno = core.executable(name)
    if not ok then return nil, printable(message), errno end
    return name
  end
  local denied
  for folder in ((os.getenv("PATH") or "/bin:/usr/bin") .. ":"):gmatch("([^:]*):") do
    local path = (folder == "" and "." or folder) .. "/" .. name
    local ok, message, errno = core.executable(path)
    if ok then
      return path
    elseif not NOT_HERE[errno] then
      return nil, printable(message), errno
    end
    denied = denied or errno == E.EACCES and message
  end
  if denied then
    return nil, printable(denied), E.EACCES
  end
  return nil, printable(name) .. ": not found in PATH", E.ENOENT
end

-- What a file begins with; nothing where it may be executed but not read.
local function read_head(path, count)
  local file <close>, message, errno = io.open(path, "rb")
  if not file then
    return errno == E.EACCES and "" or look.fail(message, errno)
  end
  local text
  text, message, errno = file:read(count)
  if errno then
    look.fail(("%s: %s"):format(path, message), errno)
  end
  return text or ""
end

local PT_INTERP <const> = 3 -- the program header that names the dynamic linker, see elf(5)

-- What matters of an ELF file: { machine =, bits =, dynamic = }, or nil when it is none.
local function read_elf(path)
  local head = read_head(path, 64 * 1024)
  local bits = ({ "32", "64" })[head:byte(5)]
  if head:sub(1, 4) ~= "\x7fELF" or not bits or #head < 64 then
    return nil
  end
  local order = head:byte(6) == 2 and ">" or "<"
  local elf = { bits = bits, machine = string.unpack(order .. "I2", head, 19), dynamic = false }
  local at = string.unpack(order .. (bits == "64" and "i8" or "I4"), head, bits == "64" and 33 or 29)
  local size, count = string.unpack(order .. "I2I2", head, bits == "64" and 55 or 43)
  for i = 0, count - 1 do
    local position = at + i * size + 1
    if position < 1 or position > #head - 3 then
      return nil -- no headers where they belong: exec() will say more
    end
    elf.dynamic = elf.dynamic or string.unpack(order .. "I4", head, position) == PT_INTERP
  end
  return elf
end

-- The program that the #! line of a script runs; env(1) is looked through.
local function interpreter(path)
  local line = read_head(path, 256):match("^#![ \t]*([^\n]+)")
  if not line then
    return nil
  end
  local command, rest = line:match("^(%S+)%s*(.*)$")
  if command and command:match("[^/]*$") == "env" then
    for word in rest:gmatch("%S+") do
      if not word:find("^%-") and not word:find("=", 1, true) then
        return word
      end
    end
  end
  return command
end

-- Why the library cannot be preloaded into the program at path; nil when it can.
local function obstacle(path, library)
  local elf = read_elf(path)
  if not elf then
    return nil
  end
  if not elf.dynamic then
    return "is a static program"
  end
  if look.demand(core.secure(path)) then
    return "gains privileges when it starts (setuid, setgid or capabilities), so that nothing is preloaded"
  end
  local own = library and read_elf(library)
  if own and (own.bits ~= elf.bits or own.machine ~= elf.machine) then
    return "is a program of another architecture than the library to preload"
  end
  return nil
end

--- Can a library be preloaded into this program?
-- Scripts are followed to their interpreter. A program that may be executed but not read counts as one
-- that it can.
-- @tparam string name the program's path, or a name that is looked for in PATH
-- @tparam[opt] string library its path; without it, the architecture is not compared
-- @treturn[1] boolean true
-- @treturn[2] boolean false
-- @treturn[2] string why, such as "busybox is a static program"
-- @treturn[3] nil the program cannot be executed at all
-- @treturn[3] string message
-- @treturn[3] integer errno
-- @function program.preloadable
program.preloadable = look.protect(function(name, library)
  local current = name
  for _ = 1, 6 do -- the kernel follows scripts no deeper than that
    local path, message, errno = program.find(current)
    if not path then
      return nil, message, errno
    end
    local reason = obstacle(path, library)
    if reason then
      local who = current == name and name or ("%s, which runs %s,"):format(current, name)
      return false, printable(who) .. " " .. reason
    end
    current = interpreter(path)
    if not current then
      return true
    end
  end
  return true
end)

return program

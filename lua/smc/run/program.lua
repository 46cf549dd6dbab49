--- What execve(2) starts for a program, and whether a library can be preloaded into it.
-- @module smc.run.program

local core = require "smc.core.process"
local E = require "smc.errno"
local elf = require "smc.run.elf"
local env = require "smc.run.env"
local look = require "smc.internal.look"
local open = require "smc.internal.file".open
local printable = require "smc.internal.text".printable
local shebang = require "smc.run.shebang"

local program = {}

local DEPTH <const> = 5 -- nested script interpreters that the kernel allows
local ENV_DEPTH <const> = 20 -- nested uses of env(1) that are followed, since they may form a loop

-- Errors after which a search in PATH continues, see execvp(3); if nothing is found, EACCES is reported.
local PASSED_OVER <const> = {
  [E.EACCES] = true, [E.ENOENT] = true, [E.ESTALE] = true, [E.ENOTDIR] = true, [E.ENODEV] = true,
  [E.ETIMEDOUT] = true,
}

local execute -- see below

-- Converts a path that is relative to another directory. The kernel takes the empty path of an interpreter
-- for the directory.
local function from_here(path, directory)
  if path == "" then return "." end
  if not directory or path:find("^/") then return path end
  return directory .. "/" .. path
end

-- Adds to a message about a program that cannot be started which program requires it.
local function wanted(shown, message, world)
  if shown ~= world.name then message = ("%s requires %s"):format(world.name, message) end
  return printable(message)
end

-- Finds the command argv[1] as execvp(3) does: returns the result for the first file of this name in path
-- that can be started.
local function search(argv, path, world)
  local name, steps = argv[1], world.steps
  if name:find("/", 1, true) then return execute(name, argv, world) end
  if name == "" then return nil, wanted(name, "'': not the name of a program", world), E.ENOENT end
  local denied
  for folder in ((path or "/bin:/usr/bin") .. ":"):gmatch("([^:]*):") do
    local answer = table.pack(execute((folder == "" and "." or folder) .. "/" .. name, argv, world))
    local started = answer[1] ~= nil or world.steps > steps
    if started or not PASSED_OVER[answer[3]] then return table.unpack(answer, 1, answer.n) end
    if answer[3] == E.EACCES then denied = denied or answer end
  end
  if denied then return table.unpack(denied, 1, denied.n) end
  return nil, wanted(name, name .. ": not found in PATH", world), E.ENOENT
end

-- What kind of file it is: { elf = }, { interpreter =, argument = }, { unreadable = true } if it may be
-- executed but not read, {} if it is something else.
local function read_kind(path)
  local file <close>, message, errno = open(path)
  if not file and errno == E.EACCES then return { unreadable = true } end
  if not file then look.fail(message, errno) end
  local image, name, argument
  image, message, errno = elf.read(file)
  if image == false then
    name, message, errno = shebang.read(file)
    argument = name and message
  end
  if image == nil or name == nil and not image then look.fail(("%s: %s"):format(path, message), errno) end
  return { elf = image, interpreter = name, argument = argument }
end

--- Whether a list of libraries to preload contains this one: ld.so(8).
-- @tparam ?string list `LD_PRELOAD`
-- @tparam string library its path, as in the list
-- @treturn boolean
function program.is_listed(list, library)
  for path in (list or ""):gmatch("[^ :]+") do
    if path == library then return true end
  end
  return false
end

-- Why the library cannot be preloaded into a program of this kind; nil when it can.
local function obstacle(path, kind, world)
  local image, own = kind.elf, world.image
  if image and not image.dynamic then return "is a static program" end
  if (image or kind.unreadable) and look.demand(core.needs_secure_exec(path)) then
    return "gains privileges when it starts (setuid, setgid or capabilities), so nothing can be preloaded"
  end
  if image and own and (own.bits ~= image.bits or own.machine ~= image.machine) then
    return "is a program of another architecture than the preloaded library"
  elseif world.library and not program.is_listed(world.environment.LD_PRELOAD, world.library) then
    return "is started by env(1) without LD_PRELOAD"
  end
  return nil
end

local function verdict(shown, path, kind, world)
  local reason = obstacle(path, kind, world)
  if not reason then return true end
  local who = printable(shown)
  if shown ~= world.name then
    who = ("%s, which runs %s,"):format(who, printable(world.name))
  end
  return false, who .. " " .. reason
end

-- Follows env(1) to the command that it starts. Whether the library is preloaded into env(1) itself does not
-- matter, as long as it passes on the environment.
local function follow_env(path, argv, world)
  if look.demand(core.needs_secure_exec(path)) then
    return verdict(argv[1], path, { unreadable = true }, world)
  end
  local command = env.read(argv, world.environment)
  if not command then return true end -- env(1) itself reports the error
  world.steps = world.steps + 1
  if world.steps > ENV_DEPTH then
    return nil, printable(world.name) .. ": starts itself through env(1) in a loop", E.ELOOP
  end
  world.environment = command.environment
  if command.directory then
    local folder, message, errno = core.realpath(from_here(command.directory, world.directory) .. "/.")
    if look.is_absent(errno) or errno == E.ENOTDIR or errno == E.EACCES then return true end -- as above
    world.directory = look.demand(folder, message, errno)
  end
  return search(command.argv, command.environment.PATH, world)
end

-- The result for execve(path, argv): true, or false and the reason, or nil, message, errno. world has `name`,
-- as the user gave it; `environment` and `directory` of the program; `library` and its ELF `image`; `steps`,
-- how often env(1) was followed.
function execute(path, argv, world)
  for _ = 0, DEPTH do
    local here = from_here(path, world.directory)
    local ok, message, errno = core.executable(here)
    if not ok then return nil, wanted(argv[1], message, world), errno end
    local kind = read_kind(here)
    if kind.elf and #argv > 1 and path:match("[^/]*$") == "env" then return follow_env(here, argv, world) end
    if not kind.interpreter then return verdict(argv[1], here, kind, world) end
    local after = { kind.interpreter, kind.argument }
    after[#after + 1] = path
    argv = table.move(argv, 2, #argv, #after + 1, after)
    path = kind.interpreter
  end
  return nil, printable(world.name) .. ": more nested script interpreters than the kernel allows", E.ELOOP
end

--- Whether a library can be preloaded into this program.
-- Scripts are followed to their interpreter, and env(1) in a #! line to the command that it starts. The
-- result is true for a program that may be executed but not read, and for a file that is neither a program
-- nor a script with a #! line.
-- @tparam string name the program's path, or a name to search for in PATH
-- @tparam[opt] string library its path; without it, the architecture is not compared
-- @tparam[opt] table environment of the program, `{ NAME = "value" }`; default: that of this process
-- @treturn[1] boolean true
-- @treturn[2] boolean false
-- @treturn[2] string the reason, such as "busybox is a static program"
-- @treturn[3] nil the program cannot be executed, or its file cannot be read
-- @treturn[3] string message
-- @treturn[3] integer errno
-- @function program.preloadable
program.preloadable = look.protect(function(name, library, environment)
  local world = { name = name, library = library, environment = {}, steps = 0 }
  for key, value in pairs(environment or core.environ()) do world.environment[key] = value end
  if library then
    world.image = read_kind(library).elf
    world.environment.LD_PRELOAD = library
  end
  return search({ name }, os.getenv "PATH", world)
end)

return program

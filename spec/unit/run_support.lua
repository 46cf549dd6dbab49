-- What the specs of smc.run share, with all of spec/support.lua: a folder for their files, and programs run
-- to their end.

local E = require "smc.errno"
local assert = require "luassert"
local process = require "smc.core.process"
local run = require "smc.run"
local processes = require "smc.process"

local ENOENT <const> = E.ENOENT

local support = setmetatable({}, { __index = require "support" })

function support.read_all(command)
  local pipe <close> = assert(io.popen("unset LD_PRELOAD; " .. command))
  return pipe:read("a")
end

function support.write(name, text, mode)
  local path = support.folder .. "/" .. name
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  support.sh("chmod %s %s", mode or "755", path)
  return path
end

-- The environment of this process, less our own variables. A build with sanitizers would look for leaks in
-- all programs that it is preloaded into.
function support.base(changes)
  local env = process.environ()
  env.ASAN_OPTIONS = (env.ASAN_OPTIONS or "") .. ":detect_leaks=0"
  env.LUA_PATH, env.LUA_CPATH = package.path, package.cpath
  for _, name in ipairs { "DEBUG", "FALLBACK", "PROTOCOL", "RCVBUF", "SNDBUF" } do
    env["SMC_" .. name] = nil
  end
  for name, value in pairs(changes or {}) do
    env[name] = value or nil
  end
  return env
end

-- Runs a program to its end: ending, status, stdout, stderr.
function support.finish(argv, options)
  options = options or {}
  options.env = options.env or support.base()
  options.stdout, options.stderr = "pipe", "pipe"
  local p <close> = assert(run.spawn(argv, options))
  local out, err = p.stdout:read("a"), p.stderr:read("a")
  local ending, status = p:wait(60)
  return ending, status, out, err
end

-- Of descriptors 0 to 255: stat() says "no such file" for those that are not open.
function support.open_files()
  local count = 0
  for fd = 0, 255 do
    local ok, _, errno = process.executable("/proc/self/fd/" .. fd)
    if ok or errno ~= ENOENT then
      count = count + 1
    end
  end
  return count
end

-- What a Lua program of these lines prints, started by the words before it; arg is nothing.
function support.lua(words, code)
  local argv = { table.unpack(words) }
  table.move({ support.interpreter(), support.write("program.lua", code) }, 1, 2, #argv + 1, argv)
  local p <close> = assert(processes.spawn(argv, { env = support.base(), stdout = "pipe" }))
  return p.stdout:read("a")
end

--- Can programs of musl load the library? Sanitizers, if it is built with them, are glibc's.
function support.suits_musl()
  return not support.read_all("nm -D --undefined-only " .. run.library()):find("__[au]b?san_")
end

function support.interpreter()
  local i = 0
  while arg[i - 1] do
    i = i - 1
  end
  return arg[i]
end

--- Makes a folder for files, and in it the program of spec/kernel/programs. Gives the paths of both.
function support.open_workshop()
  support.folder = os.tmpname()
  os.remove(support.folder)
  support.sh("mkdir %s", support.folder)
  local sockets = support.folder .. "/sockets"
  support.sh("cc -o %s spec/kernel/programs/sockets.c", sockets)
  return support.folder, sockets
end

function support.close_workshop()
  support.sh("rm -rf %s", support.folder)
end

return support

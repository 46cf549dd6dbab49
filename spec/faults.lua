--- Looks in which every system call fails once: whatever a public function reads, it has the right answer or
-- says that it has none. See spec/faults/child.lua. And looks that Ctrl-C ends: see
-- spec/faults/interrupt.lua.

local support = require "support"

local faults = {}

local here = debug.getinfo(1, "S").source:match("^@(.*)%.lua$")

-- The library that makes calls fail.
local function build(folder)
  local command = 'exec cc -shared -fPIC -D_GNU_SOURCE $(pkg-config --cflags lua5.4) -o "$1/inject.so" "$2"'
  local done = support.run { "sh", "-c", command, "sh", folder, here .. "/inject.c" }
  assert(done.status == 0, done.stderr)
end

-- One run of a program over every look of a file.
local function run(folder, program, file, ...)
  return support.run { "env", "LUA_PATH=" .. package.path,
    "LUA_CPATH=" .. folder .. "/?.so;" .. package.cpath,
    "lua5.4", here .. "/" .. program, file, folder, ... }
end

-- Adds what a run says.
local function take(done, call, wrong, hits)
  for line in done.stdout:gmatch("[^\n]+") do
    local name, count = line:match("^hit\t([^\t]*)\t(%d+)$")
    if name then
      hits[name] = (hits[name] or 0) + tonumber(count)
    else
      wrong[#wrong + 1] = line
    end
  end
  if done.status ~= 0 then wrong[#wrong + 1] = ("%s: %s"):format(call, done.stderr) end
end

-- A new folder, with what the looks of a file need. Closing it removes it.
local function prepare(file)
  local path = os.tmpname()
  os.remove(path)
  assert(os.execute("mkdir " .. path))
  assert(loadfile(file))(path, true)
  return setmetatable({ path = path }, { __close = function() os.execute("rm -rf " .. path) end })
end

--- Fails calls.
-- @tparam string file of Lua, which takes a folder, and whether to put there what the looks need. It returns
--   a list of looks: `name`; `look`: a function; `before`: what is to be done before each; `right`: something
--   that its undisturbed answer has; `raises`: it may raise its error; `words`: its error may have no number;
--   `fatal`: it must not be interrupted, since what it leaves behind ends the process;
--   `calls`: a set of names, where it makes no others, or starts programs, which must not make calls that are
--   counted
-- @tparam table calls { { name, errno }, … }
-- @treturn {string,...} what was wrong
-- @treturn table by name of the look, how many calls failed
function faults.find(file, calls)
  local folder <close> = prepare(file)
  build(folder.path)
  local wrong, hits = {}, {}
  for _, one in ipairs(calls) do
    take(run(folder.path, "child.lua", file, one[1], one[2]), one[1], wrong, hits)
  end
  return wrong, hits
end

--- Raises an error in each look, as Ctrl-C does, at one instruction of Lua after the other.
-- @tparam string file as for `faults.find`
-- @treturn {string,...} what was wrong
-- @treturn table by name of the look, how often it was interrupted
function faults.interrupt(file)
  local folder <close> = prepare(file)
  local wrong, hits = {}, {}
  take(run(folder.path, "interrupt.lua", file), "Ctrl-C", wrong, hits)
  return wrong, hits
end

-- What strace(1) calls those without an address where programs make them as such: with s390x's socketcall(2).
local STRACE <const> = { recvfrom = "recvfrom,?recv", sendto = "sendto,?send" }

--- Runs one of the project's scripts, of which one call fails.
-- @tparam table fault the call's name, the name of the errno, and which one of the calls
-- @tparam string name such as "smcss.lua"
-- @tparam string ... its arguments
-- @treturn table as of `support.run`
-- @treturn boolean whether there were so many calls
function faults.script(fault, name, ...)
  local call, errno, which = table.unpack(fault)
  call = STRACE[call] or call
  local trace = os.tmpname()
  local done = support.run({ "strace", "-f", "--seccomp-bpf", "-qq", "-o", trace, "-e", "trace=" .. call,
    "-e", ("inject=%s:error=%s:when=%d"):format(call, errno, which), "lua5.4", "examples/" .. name, ... },
    nil, support.environment())
  local said = support.read(trace)
  os.remove(trace)
  return done, said:find("INJECTED", 1, true) ~= nil
end

return faults

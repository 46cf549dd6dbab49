--- What the specs have in common.

local core_process = require "smc.core.process"
local lfs = require "lfs" -- busted needs it too
local luassert = require "luassert"
local process = require "smc.process"
local socket = require "smc.socket"

local support = {}

--- Seconds after which something hangs: ten times what it takes on a slow machine that has more to do. It
-- tells a hang from an answer; how fast things are is for `make bench`.
support.HANG = 60

--- Waits until the function gives something, which is given back; it is an error when it never does.
function support.await(f)
  local deadline = socket.monotonic() + support.HANG
  repeat
    local value = f()
    if value then return value end
    socket.sleep(0.02)
  until socket.monotonic() > deadline
  error("it did not come about", 2)
end

--- Both ends of a connection on this host.
-- @tparam[opt] table options of `smc.tcp`
-- @tparam[opt="127.0.0.1"] string bound the address that the server is bound to
-- @tparam[opt] string address that the client connects to, where it is another one
-- @return the client's socket
-- @return the server's
function support.pair(options, bound, address)
  bound = bound or "127.0.0.1"
  local server <close> = assert(socket.bind(bound, 0, options))
  local client = assert(socket.connect(address or bound, (select(2, server:getsockname())), options))
  return client, assert(server:accept())
end

--- The number of descriptors that this process has open, with the one that counts them.
function support.descriptors()
  local count = 0
  for name in lfs.dir("/proc/self/fd") do
    if name ~= "." and name ~= ".." then count = count + 1 end
  end
  return count
end

--- The flags of a descriptor of this process: proc_pid_fdinfo(5).
-- @tparam integer|string fd
-- @treturn ?integer nil if there is no such descriptor
function support.flags(fd)
  local file <close> = io.open("/proc/self/fdinfo/" .. fd)
  return file and tonumber(file:read("a"):match("flags:%s*(%d+)"), 8)
end

--- How many descriptors are left open by 200 calls, or so many, while nothing is collected.
function support.descriptors_left_by(f, count)
  collectgarbage()
  local before = support.descriptors()
  collectgarbage("stop")
  for _ = 1, count or 200 do f() end
  local left = support.descriptors() - before
  collectgarbage("restart")
  return left
end

--- What the kernel says of a process: proc_pid_stat(5).
-- @treturn ?table `state`, a letter, and the numbers `parent`, `group` and `session`; nil if there is no such
--   process
function support.stat(pid)
  local file <close> = io.open(("/proc/%s/stat"):format(pid))
  local state, parent, group, session = (file and file:read("a") or ""):match("^.*%) (%a) (%d+) (%d+) (%d+)")
  return state and { state = state, parent = tonumber(parent), group = tonumber(group),
    session = tonumber(session) }
end

--- Waits until a process sleeps in the kernel.
function support.await_sleep(pid)
  support.await(function() return support.stat(pid).state == "S" end)
end

--- The number of processes that match.
-- @tparam table filter `parent`: only children of this process; `states`: a class of letters, as "DZ"
function support.processes(filter)
  local count = 0
  for pid in lfs.dir("/proc") do
    local stat = pid:find("^%d+$") and support.stat(pid)
    if stat and (not filter.parent or stat.parent == filter.parent)
      and (not filter.states or filter.states:find(stat.state, 1, true)) then
      count = count + 1
    end
  end
  return count
end

--- Kilobytes of memory in use, VmRSS of proc(5).
function support.resident()
  for line in io.lines("/proc/" .. core_process.getpid() .. "/status") do
    local kilobytes = line:match("^VmRSS:%s+(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

--- Expects a failure: `nil, message, errno`.
-- @tparam string pattern of the message
-- @tparam integer errno
-- @param ... what a call has returned
function support.fails(pattern, errno, ...)
  local value, message, number = ...
  luassert.is_nil(value)
  luassert.matches(pattern, message)
  luassert.equal(errno, number)
end

--- Runs a command of the shell, which must end well. It runs without what is preloaded here, say the
-- libraries of sanitizers.
-- @tparam string command a format, if arguments follow
function support.sh(command, ...)
  if select("#", ...) > 0 then command = command:format(...) end
  assert(os.execute("unset LD_PRELOAD; " .. command), command)
end

--- The words of a text.
-- @tparam string text with blanks between them
-- @tparam[opt] table words to append them to
-- @treturn {string,...}
function support.words(text, words)
  words = words or {}
  for word in text:gmatch "%S+" do words[#words + 1] = word end
  return words
end

--- Runs a command to its end.
-- @tparam table argv
-- @tparam[opt] string input for its standard input
-- @tparam[opt] table env its environment, where it is not this process's
-- @treturn table status, stdout, stderr
function support.run(argv, input, env)
  local p <close> = assert(process.spawn(argv,
    { stdin = input and "pipe" or "null", stdout = "pipe", stderr = "pipe", env = env }))
  if input then p.stdin:write(input) p.stdin:close() end
  local result = { stdout = p.stdout:read("a"), stderr = p.stderr:read("a") }
  local how, status = p:wait()
  result.status = how == "exit" and status or 128 + status
  return result
end

--- Runs Lua in another process, by way of a command such as unshare, which must end well.
-- @tparam table command its words, before lua5.4's
-- @tparam string code which finds the modules where this process finds them
-- @treturn string what it prints
function support.run_by(command, code)
  local argv = table.move(command, 1, #command, 1, {})
  for _, word in ipairs { "lua5.4", "-e",
    ("package.path, package.cpath = %q, %q\n"):format(package.path, package.cpath) .. code } do
    argv[#argv + 1] = word
  end
  local result = support.run(argv)
  luassert.equal("", result.stderr)
  luassert.equal(0, result.status)
  return result.stdout
end

--- Runs the same Lua in several processes at once, which must all end well.
-- @tparam integer count of processes
-- @tparam string code as for `run_by`; prints a number
-- @treturn integer the sum of what they print
function support.sum_at_once(count, code)
  local running, sum = {}, 0
  for i = 1, count do
    running[i] = assert(process.spawn({ "lua5.4", "-e",
      ("package.path, package.cpath = %q, %q\n"):format(package.path, package.cpath) .. code },
      { stdin = "null", stdout = "pipe", stderr = "pipe" }))
  end
  for _, one in ipairs(running) do
    luassert.equal("", one.stderr:read("a"))
    sum = sum + one.stdout:read("n")
    one:wait()
  end
  return sum
end

--- The symbols that a shared library has for others, without those of compilers and sanitizers.
-- @tparam string path
-- @treturn string in their order, a blank between two
function support.exported(path)
  local result = support.run { "nm", "-D", "--defined-only", path }
  luassert.equal(0, result.status, result.stderr)
  local names = {}
  for name in result.stdout:gmatch("%x+ %a ([^\n]+)") do
    if not name:find("^__") then names[#names + 1] = name end
  end
  return table.concat(names, " ")
end

--- The words before a command that a user without privileges is to run.
function support.as_user(...)
  return { "setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", ... }
end

--- The environment in which a program finds the modules where this process finds them. It spares the start
-- of env(1), which takes as long as lua5.4's.
function support.environment()
  local env = core_process.environ()
  env.LUA_PATH, env.LUA_CPATH = package.path, package.cpath
  return env
end

local function script_argv(name, ...)
  return { "lua5.4", "examples/" .. name, ... }
end

--- Runs one of the project's scripts: support.script("smcss.lua", "-a").
function support.script(name, ...)
  return support.run(script_argv(name, ...), nil, support.environment())
end

--- Starts a script in the background; close ends it.
-- @treturn Process of smc.process, with stdout, and stop(signal), which gives what its wait() gives
function support.start(name, ...)
  local p = assert(process.spawn(script_argv(name, ...),
    { env = support.environment(), stdin = "null", stdout = "pipe" }))
  function p.stop(signal)
    p:kill(signal)
    return p:wait()
  end
  return p
end

--- What a file holds.
function support.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function make_folder(path)
  if path == "" or lfs.attributes(path, "mode") then return end
  make_folder(path:match("^(.*)/"))
  assert(lfs.mkdir(path))
end

--- Writes a file, and makes the folders that it is in.
-- @tparam string path
-- @tparam string|table content what it holds; or a table of one string, a symbolic link
function support.write(path, content)
  make_folder(path:match("^(.*)/"))
  if type(content) == "table" then
    assert(lfs.link(content[1], path, true))
    return
  end
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(content))
end

--- A folder of files made by hand, such as a tree of sysfs; its `root` is gone when it is closed.
-- @tparam table files path → what `write` makes there
function support.tree(files)
  local root = os.tmpname()
  os.remove(root)
  for path, content in pairs(files) do support.write(root .. "/" .. path, content) end
  return setmetatable({ root = root }, { __close = function() os.execute("rm -rf " .. root) end })
end

--- Calls a function while `smc.internal.paths` says that the kernel's file systems are elsewhere.
-- @tparam table|string elsewhere some of `sysfs`, `proc` and `root`; or a root with all of them below it
-- @tparam function f
-- @param ... its arguments
-- @return what it gives
function support.with_paths(elsewhere, f, ...)
  local paths = require "smc.internal.paths"
  if type(elsewhere) == "string" then
    elsewhere = { root = elsewhere, sysfs = elsewhere .. "/sys", proc = elsewhere .. "/proc" }
  end
  local before = {}
  for name, path in pairs(elsewhere) do before[name], paths[name] = paths[name], path end
  local results = table.pack(pcall(f, ...))
  for name, path in pairs(before) do paths[name] = path end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

--- A module that has been loaded anew, and has got these in place of the modules that it requires.
-- @tparam string name
-- @tparam table modules name → module
-- @return the module
function support.load_with(name, modules)
  local loaded = package.loaded
  local own, before = loaded[name], {}
  loaded[name] = nil
  for one, module in pairs(modules) do before[one], loaded[one] = loaded[one] or false, module end
  local module = require(name)
  for one, previous in pairs(before) do loaded[one] = previous or nil end
  loaded[name] = own
  return module
end

--- A module on a boundary that answers what the spec says, for answers that no kernel at hand gives.
-- @tparam string name such as "smc.eid"
-- @tparam table answers by the boundary's function: a list of its results
-- @return the module
-- @treturn table what was asked: { function, argument, … } each
function support.on_answers(name, answers)
  local asked = {}
  local boundary = setmetatable({}, { __index = function(_, called)
    return function(...)
      asked[#asked + 1] = { called, ... }
      return table.unpack(answers[called], 1, 3)
    end
  end })
  return support.load_with(name, { ["smc.core.netlink"] = boundary, ["smc.internal.genl"] = boundary }), asked
end

return support

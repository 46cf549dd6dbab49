--- Runs functions concurrently, each of which waits for its own socket.
--
-- A task is a coroutine. It calls only functions that do not block, and `loop.wait` to wait.
-- @module smc.check.loop

local now = require "smc.core.os".monotonic
local poller = require "smc.poller"

local loop = {}
local methods = {}
local metatable = { __index = methods, __name = "smc.check.loop" }

--- Creates a loop.
-- @treturn[1] Loop with `count`, the number of its tasks
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function loop.new()
  local waiting, message, errno = poller.new()
  if not waiting then return nil, message, errno end
  return setmetatable({
    poller = waiting,
    tasks = {}, -- set of the tasks that have not ended
    count = 0,
    by_socket = {},
    ready = {}, -- tasks that are ready to run
    earliest = math.huge, -- no task has an earlier deadline
  }, metatable)
end

--- Waits for a socket. Tasks call it.
-- @param sock
-- @tparam string events `"r"` or `"w"`
-- @tparam number deadline by `smc.socket.monotonic`
-- @treturn boolean whether the socket is ready; false at the deadline
function loop.wait(sock, events, deadline)
  return coroutine.yield(deadline, sock, events)
end

--- Waits until a deadline, or only lets the other tasks run. Tasks call it.
-- @tparam[opt] number deadline
function loop.pause(deadline)
  coroutine.yield(deadline)
end

-- Makes the poller report the socket that a task waits for instead of the one that it waited for before.
local function watch(self, task, sock, events)
  if task.sock == sock and task.events == events then return true end
  local known = task.sock == sock
  if task.sock and not known then self.poller:remove(task.sock) end
  task.sock, task.events = sock, events
  if not sock then return true end
  return known and self.poller:modify(sock, events) or self.poller:add(sock, events)
end

local function forget(self, task)
  if task.sock then self.poller:remove(task.sock) end
  self.tasks[task] = nil
  self.count = self.count - 1
end

-- Runs a task until it waits again or ends.
local function resume(self, task, answer)
  if task.sock then self.by_socket[task.sock] = nil end
  task.deadline = nil
  local ok, deadline, sock, events = coroutine.resume(task.thread, answer)
  if coroutine.status(task.thread) == "dead" then
    forget(self, task)
    if not ok then error(deadline, 0) end
    return
  end
  task.deadline = deadline
  if watch(self, task, sock, events) and deadline then
    if sock then self.by_socket[sock] = task end
    self.earliest = math.min(self.earliest, deadline)
  else
    self.ready[#self.ready + 1] = task
  end
end

--- Starts a task.
-- @tparam function f it runs until it waits for the first time
-- @treturn table the task, for `cancel`
function methods:start(f)
  local task = { thread = coroutine.create(f) }
  self.tasks[task] = true
  self.count = self.count + 1
  resume(self, task)
  return task
end

--- Ends a task where it waits; its `<close>` variables are closed.
-- @tparam table task
function methods:cancel(task)
  if not self.tasks[task] then return end
  if task.sock then self.by_socket[task.sock] = nil end
  forget(self, task)
  coroutine.close(task.thread)
end

-- Resumes the tasks whose deadline has passed, and finds the earliest one of the others.
local function expire(self)
  local time, late = now(), {}
  if time < self.earliest then return end
  self.earliest = math.huge
  for task in pairs(self.tasks) do
    local deadline = task.deadline
    if deadline and deadline <= time then
      late[#late + 1] = task
    elseif deadline then
      self.earliest = math.min(self.earliest, deadline)
    end
  end
  for _, task in ipairs(late) do
    if self.tasks[task] then resume(self, task, false) end
  end
end

--- Resumes the tasks that are ready, once.
-- @tparam number timeout seconds to wait for one
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function methods:step(timeout)
  local turn = self.ready
  self.ready = {}
  if #turn > 0 then timeout = 0 end
  if timeout > 0 then timeout = math.max(math.min(timeout, self.earliest - now()), 0) end
  local ready, message, errno = self.poller:wait(timeout)
  if not ready then return nil, message, errno end
  for sock in ready do
    local task = self.by_socket[sock]
    if task then resume(self, task, true) end
  end
  for _, task in ipairs(turn) do
    if self.tasks[task] then resume(self, task, false) end
  end
  expire(self)
  return true
end

--- Ends all tasks, and closes the loop. Closing twice is allowed. `<close>` does the same.
-- @treturn boolean true
function methods:close()
  for task in pairs(self.tasks) do coroutine.close(task.thread) end
  self.tasks, self.count, self.by_socket, self.ready = {}, 0, {}, {}
  return self.poller:close()
end

metatable.__close = methods.close

return loop

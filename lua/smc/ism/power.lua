--- Switching a slot on and off: the part of smc.ism that writes.
-- `arch/s390/pci/pci_hotplug_slot.c` and `drivers/pci/hotplug/pci_hotplug_core.c` in the kernel's source.
-- @module smc.ism.power

local E = require "smc.errno"
local os_core = require "smc.core.os"
local quoted, printable = require "smc.internal.text".quoted, require "smc.internal.text".printable
local sysfs = require "smc.core.sysfs"
local tree = require "smc.ism.pci"

local monotonic = os_core.monotonic

local power = {}

local STEP <const> = 0.05 -- seconds; so long Ctrl-C may take to be noticed

-- The kernel takes the decimal number in front, and for everything that begins otherwise 0: only this byte.
local bytes = { [true] = "1", [false] = "0" }
local words = { [true] = "on", [false] = "off" }

local advice = {
  [E.EACCES] = "only root may switch it",
  [E.EROFS] = "sysfs is mounted read-only here, as in containers: do it on the host",
  [E.ENODEV] = "the slot has gone meanwhile",
  [E.ENOENT] = "the slot has gone meanwhile",
  [E.EIO] = "the kernel refuses, as it does when the slot is in that state already, or its device failed",
}

-- The connections of this network namespace, cookie → record: what the kernel waits for is among them, but
-- once the device is going, they have neither mode nor addresses any more. Or nil and a message.
local function connections()
  local found = {}
  local iterator <close>, message, errno = require "smc.diag".sockets { details = false }
  if not iterator then
    if errno == E.ENOENT then return found end -- without smc_diag there may be some, but nobody can know
    return nil, message
  end
  local ok
  ok, message = pcall(function()
    for socket in iterator do
      if socket.inode ~= 0 and socket.state ~= "LISTEN" then found[socket.cookie] = socket end
    end
  end)
  if not ok then return nil, message end
  return found
end

-- Of those, the ones that are still open. Or nil and a message.
local function still_open(earlier)
  local later, message = connections()
  if not later then return nil, message end
  local open = {}
  for cookie, now in pairs(later) do
    local socket = earlier[cookie]
    if socket and socket.mode == "SMC-D" and now.mode ~= "SMC-D" then open[#open + 1] = socket end
  end
  table.sort(open, function(a, b) return a.inode < b.inode end)
  return open
end

local function describe(socket, owners_unknown)
  local process = socket.pid and ("process %d (%s)"):format(socket.pid, printable(socket.command))
    or owners_unknown and ("its process cannot be found (%s)"):format(owners_unknown) or "no process found"
  return ("inode %d, uid %d, %s, %s port %s to %s port %s"):format(socket.inode, socket.uid, process,
    socket.local_address or "?", socket.local_port or "?",
    socket.peer_address or "?", socket.peer_port or "?")
end

-- What is said of the sockets that the kernel waits for; and the sockets, where they are known.
local function in_the_way(earlier, failure)
  local open, message
  if earlier then open, message = still_open(earlier) end
  if not open then return ("which they are is not known (%s)"):format(failure or message) end
  if #open == 0 then
    return "none is to be seen from here: they are of another network namespace, or the kernel lost track of "
      .. "connections that were being made", open
  end
  local ok
  ok, message = require "smc.internal.proc".add(open)
  local lines = {}
  for i, socket in ipairs(open) do lines[i] = "\n  " .. describe(socket, not ok and message) end
  return "still open are:" .. table.concat(lines), open
end

local function timed_out(name, seconds, earlier, failure)
  local what, open = in_the_way(earlier, failure)
  return nil, ("%s is not powered off after %g s: the kernel waits until the SMC-D sockets that used it are "
    .. "closed, and powers it off then; %s"):format(name, seconds, what), E.ETIMEDOUT, open
end

-- The outcome of the write, awaited in small steps.
local function await(writing, deadline)
  while true do
    local left = deadline - monotonic()
    local ok, message, errno = writing:wait(math.max(0, math.min(left, STEP)))
    if ok or errno ~= E.ETIMEDOUT or left <= 0 then return ok, message, errno end
  end
end

local function refused(name, on, message, errno)
  return nil, ("cannot power %s %s: %s%s"):format(words[on], name, message:match("[^:]*$"):gsub("^ ", ""),
    advice[errno] and ": " .. advice[errno] or ""), errno
end

-- The kernel comes back when all is done; but it is seen to be so only in the file.
local function verify(folder, name, on, deadline)
  while true do
    local state, text, errno = tree.power(folder)
    if state == words[on] then return true end
    if errno == E.ENOENT then return refused(name, on, "no state", errno) end
    if not state then
      return nil, ("%s: the kernel took the order to power it %s, but its state cannot be read: %s"):format(
        name, words[on], text), errno
    end
    local left = deadline - monotonic()
    if left <= 0 then
      return nil, ("%s: the kernel took the order to power it %s, but the slot says %s"):format(
        name, words[on], quoted(text)), E.EIO
    end
    os_core.sleep(math.min(left, 0.01))
  end
end

--- Switches a slot.
-- @tparam string folder of the slot in sysfs
-- @tparam string name of the function, for messages
-- @tparam boolean on
-- @tparam number seconds to wait at most
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @treturn[2] ?{table,...} sockets that are in the way; nil where that is not known
function power.set(folder, name, on, seconds)
  local state, text, unreadable = tree.power(folder)
  if not state then
    return nil, ("%s: the state of its slot cannot be read: %s"):format(name, text), unreadable
  elseif state == "unclear" then
    return nil, ("%s: its slot says %s, neither on nor off"):format(name, quoted(text)), E.EIO
  elseif state == words[on] then
    return nil, ("%s is already powered %s"):format(name, words[on]), E.EALREADY
  end
  local earlier, failure
  if not on then earlier, failure = connections() end
  local deadline = monotonic() + seconds
  local writing <close>, message, errno = sysfs.async_write(folder .. "/power", bytes[on])
  if not writing then return refused(name, on, message, errno) end
  local ok
  ok, message, errno = await(writing, deadline)
  if ok then
    return verify(folder, name, on, math.max(deadline, monotonic() + 0.1))
  elseif errno ~= E.ETIMEDOUT then
    return refused(name, on, message, errno)
  elseif on then
    return nil, ("%s is not powered on after %g s: the kernel is still at it"):format(name, seconds), errno
  end
  return timed_out(name, seconds, earlier, failure)
end

return power

--- Powers a slot on and off, for smc.ism.
-- See `arch/s390/pci/pci_hotplug_slot.c` and `drivers/pci/hotplug/pci_hotplug_core.c` in the kernel source.
-- @module smc.ism.power

local require = require "smc.internal.load"
local E = require "smc.errno"
local iterate = require "smc.internal.iterate"
local os_core = require "smc.core.os"
local quoted, printable = require "smc.internal.text".quoted, require "smc.internal.text".printable
local sysfs = require "smc.core.sysfs"
local pci = require "smc.ism.pci"

local monotonic = os_core.monotonic

local power = {}

local STEP <const> = 0.05 -- seconds; the longest delay before Ctrl-C takes effect

-- The kernel parses a decimal number and treats anything else as 0, so exactly one byte is written.
local bytes = { [true] = "1", [false] = "0" }
local words = { [true] = "on", [false] = "off" }

local advice = {
  [E.EACCES] = "root privileges are required",
  [E.EROFS] = "sysfs is mounted read-only, as in containers: run this on the host",
  [E.ENODEV] = "the slot no longer exists",
  [E.ENOENT] = "the slot no longer exists",
  [E.EIO] = "the kernel refused, as it does if the slot is already in that state or its device failed",
}

-- The connections of this network namespace, cookie → record. They include those that the kernel waits for;
-- once the device is being removed, these no longer have a mode and addresses. Or nil and a message.
local function connections()
  local found = {}
  local iterator <close>, message, errno = require "smc.diag".sockets { details = false }
  if not iterator then
    if errno == E.ENOENT then return found end -- without smc_diag, connections cannot be listed
    return nil, message
  end
  local ok
  ok, message = iterate.each(iterator, function(socket)
    if socket.inode ~= 0 and socket.state ~= "LISTEN" then found[socket.cookie] = socket end
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
  local first = socket.processes and socket.processes[1]
  local process = first and ("process %d (%s)"):format(first.pid, printable(first.name))
    or owners_unknown and ("its process cannot be found (%s)"):format(owners_unknown) or "no process found"
  return ("inode %d, uid %d, %s, %s port %s to %s port %s"):format(socket.inode, socket.uid, process,
    socket.local_address or "?", socket.local_port or "?",
    socket.peer_address or "?", socket.peer_port or "?")
end

-- A text about the sockets that the kernel waits for; and the sockets, if they are known.
local function in_the_way(earlier, failure)
  local open, message
  if earlier then open, message = still_open(earlier) end
  if not open then return ("the sockets cannot be listed (%s)"):format(failure or message) end
  if #open == 0 then
    return "none is visible here: they belong to another network namespace, or the kernel lost track of "
      .. "connections that were being established", open
  end
  local lines, inodes, holders = {}, {}
  for _, socket in ipairs(open) do inodes[socket.inode] = true end
  holders, message = require "smc.internal.proc".holders(inodes)
  for i, socket in ipairs(open) do
    socket.processes = holders and (holders[socket.inode] or {})
    lines[i] = "\n  " .. describe(socket, not holders and message)
  end
  return "still open are:" .. table.concat(lines), open
end

local function timed_out(name, seconds, earlier, failure)
  local what, open = in_the_way(earlier, failure)
  return nil, ("%s is not powered off after %g s: the kernel waits until the SMC-D sockets that used it are "
    .. "closed, and then powers it off; %s"):format(name, seconds, what), E.ETIMEDOUT, open
end

-- Waits for the result of the write in small steps.
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

-- The write returns when the kernel has finished, but only the file shows whether it succeeded.
local function verify(folder, name, on, deadline)
  while true do
    local state, text, errno = pci.power(folder)
    if state == words[on] then return true end
    if errno == E.ENOENT then return refused(name, on, "no state", errno) end
    if not state then
      return nil, ("%s: the kernel accepted the request to power it %s, but its state cannot be read: %s")
        :format(name, words[on], text), errno
    end
    local left = deadline - monotonic()
    if left <= 0 then
      return nil, ("%s: the kernel accepted the request to power it %s, but the slot reports %s"):format(
        name, words[on], quoted(text)), E.EIO
    end
    os_core.sleep(math.min(left, 0.01))
  end
end

--- Powers a slot on or off.
-- @tparam string folder directory of the slot in sysfs
-- @tparam string name of the function, for messages
-- @tparam boolean on
-- @tparam number seconds to wait at most
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @treturn[2] ?{table,...} sockets that the kernel waits for; nil if they are not known
function power.set(folder, name, on, seconds)
  local state, text, unreadable = pci.power(folder)
  if not state then
    return nil, ("%s: the state of its slot cannot be read: %s"):format(name, text), unreadable
  elseif state == "unclear" then
    return nil, ("%s: its slot reports %s, which is neither on nor off"):format(name, quoted(text)), E.EIO
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
    return nil, ("%s is not powered on after %g s: still in progress"):format(name, seconds), errno
  end
  return timed_out(name, seconds, earlier, failure)
end

return power

-- Powering off that never ends, since the kernel has lost a connection: a limit that the page of `smc` lists.
-- The guest is of no use afterwards, so that this is the only spec in it. Of the other limit, an end that
-- comes late, there is no spec: it takes a connection that is being made at one moment inside the kernel, for
-- which cycles_spec.lua has many chances.

local diag = require "smc.diag"
local E = require "smc.errno"
local ism = require "smc.ism"
local socket = require "smc.socket"
local support = require "support"

-- Nobody waits for this process: it may never end, not even by a signal.
local POWER_OFF <const> = [[
exec >/dev/null 2>&1 </dev/null
sh -c 'echo $$ >"$0"; echo 0 >/sys/bus/pci/slots/00000032/power' "$0" &]]

-- The inodes of the sockets that a power-off waits for. One that was not accepted is nobody's, and has none.
local function in_the_way()
  local _, message, errno, sockets = ism.power_off("32", { timeout = 1 })
  assert.equal(E.ETIMEDOUT, errno, message)
  local inodes = {}
  for i, one in ipairs(sockets) do inodes[i] = one.inode end
  return inodes
end

-- Powers the function off while a connection is open, whose sockets are then closed.
-- @return the process that powers off
local function power_off(is_accepted)
  local server <close> = assert(socket.bind("127.0.0.1", 0))
  local client <close> = assert(socket.connect("127.0.0.1", (select(2, server:getsockname()))))
  local accepted <close> = is_accepted and assert(server:accept()) or nil
  assert.equal("SMC-D", (accepted or client):mode())
  local inode, file = client:info().inode, os.tmpname()
  if not is_accepted then assert.same({ inode }, in_the_way()) end
  assert.equal(0, support.run({ "sh", "-c", POWER_OFF, file }).status)
  local pid = support.await(function() return support.read(file):match "%d+" end)
  support.await(function()
    local now = diag.find(inode, { details = false })
    return not now or now.state ~= "ACTIVE"
  end)
  os.remove(file)
  return pid
end

describe("powering a function off", function()
  it("ends when the sockets are closed", function()
    local pid = power_off(true)
    support.await(function() return not support.stat(pid) end)
    assert(ism.ensure("32", "on"))
  end)

  it("never ends where a connection broke before its program accepted it", function()
    local pid = power_off(false)
    socket.sleep(10) -- the other takes some milliseconds
    assert.equal("D", support.stat(pid).state)
    for one in assert(diag.sockets()) do assert.not_equal("SMC-D", one.mode) end
    local done, message, errno, sockets = ism.power_off("32", { timeout = 1 })
    assert.same({ nil, E.ETIMEDOUT, {} }, { done, errno, sockets }, message)
  end)
end)

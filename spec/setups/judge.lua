--- Makes set-ups that are broken in one way, and holds the first finding of a check against the real cause.
--
-- A set-up is a table:
--
-- - `name`
-- - `here`, `there`: shell commands that break it on this host and on the peer, and `undo_here`, `undo_there`
-- - `peer`: the server that the check connects to: `"check"` by default, a name of `programs`, or `false`
-- - `hold`: connections that are held meanwhile
-- - `during`: a command that is started on the peer before the check, and works while it connects
-- - `prepare`: a function that is called with the peer's port, and returns one that undoes it
-- - `probe`: whether data is sent to a port that is not one of checks
-- - `address`: of the peer, instead of the world's; `port`; `timeout` in seconds
-- - `mode`: the check succeeds with it; `unproven`, a pattern of the message: it proves nothing; or `side`,
--   `text` (a pattern) and `command` of the first finding
--
-- A world has `address`, the peer's, and `run(host, command)`, which returns the status and the output;
-- `start(host, command)` starts what ends with the world.

local check = require "smc.check"
local luassert = require "luassert"
local programs = require "setups.programs"
local socket = require "smc.socket"
local support = require "support"

local judge = {}

local function must(world, host, command)
  if not command then return end
  local status, output = world.run(host, command)
  luassert.equal(0, status, ("%s: %s: %s"):format(host, command, output))
end

-- Waits until the peer listens.
local function listening(world, port)
  support.await(function()
    local _, output = world.run("there", "ss -Hltn sport = :" .. port)
    return output ~= ""
  end)
end

local started = {}

-- The port of the server that a set-up needs, which is started if it is not there yet.
local function server_of(world, setup)
  local kind = setup.peer == nil and "check" or setup.peer
  if not kind then return setup.port end
  local port = programs.port(kind)
  if not started[kind] then
    world.start("there", programs.command(kind, port))
    listening(world, port)
    started[kind] = true
  end
  return setup.port or port
end

local function hold(world, setup, port)
  local held = {}
  for i = 1, setup.hold or 0 do held[i] = assert(socket.connect(world.address, port)) end
  return held
end

local function compare(setup, report)
  local list = report.findings or {}
  local said = require "smc.json".encode(report)
  if setup.mode then
    luassert.same({ "SMC", setup.mode }, { report.verdict, report.mode }, said)
    luassert.equal(0, #list)
    return
  end
  if setup.unproven then
    luassert.equal("not proven", report.verdict, said)
    return luassert.matches(setup.unproven, report.message)
  end
  luassert.is_truthy(list[1], said)
  luassert.matches(setup.text, list[1].text, nil, nil, said)
  luassert.equal(setup.side, list[1].side, said)
  if setup.command then luassert.equal(setup.command, list[1].command, said) end
end

--- Makes one set-up, and judges it; undoes it in any case.
function judge.try(world, setup)
  local port = server_of(world, setup)
  local held = hold(world, setup, port)
  local undo = function() end
  local ok, err = pcall(function()
    must(world, "there", setup.there)
    must(world, "here", setup.here)
    undo = setup.prepare and setup.prepare(port) or undo
    if setup.during then world.start("there", setup.during) end
    compare(setup, assert(check.connect(setup.address or world.address, port,
      { timeout = setup.timeout, probe = setup.probe })))
  end)
  for _, sock in ipairs(held) do sock:close() end
  undo()
  must(world, "here", setup.undo_here)
  must(world, "there", setup.undo_there)
  if not ok then error(err, 0) end
end

return judge

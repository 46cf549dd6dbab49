--- What the specs of checks have in common.

local check = require "smc.check"
local luassert = require "luassert"
local process = require "smc.process"
local support = require "support"

local check_support = {}

check_support.PORT = 37380 -- one of servers for checks
check_support.STRANGE = 40001 -- one that is none

--- smc_chk.lua as a server, with these words.
-- @return the process, which close ends
-- @treturn number its port
function check_support.serve(...)
  local server = support.start("smc_chk.lua", "-S", ...)
  local line = server.stdout:read()
  return server, tonumber(line:match("^Server started on port (%d+)$"))
end

--- Starts lua5.4 with these words, and pipes to its input and from its output.
function check_support.start_lua(...)
  return assert(process.spawn({ "lua5.4", ... },
    { env = support.environment(), stdin = "pipe", stdout = "pipe" }))
end

--- One of the peers of spec/kernel/programs/peer.lua, which listens.
function check_support.peer(kind, port, ...)
  local p = check_support.start_lua("spec/kernel/programs/peer.lua", kind, tostring(port), ...)
  luassert.equal("ready", p.stdout:read())
  return p
end

--- The report of a check of this host.
function check_support.connect(port, options)
  return assert(check.connect("127.0.0.1", port, options))
end

--- Whether the report of such a check has the whole proof.
function check_support.is_whole(report)
  local e = report.evidence
  return report.success == true and report.mode == "SMC-D" and e.bytes_sent > 80000
    and e.bytes_through_shared_memory == e.bytes_sent and e.bytes_received > 80000
    and e.bytes_received_through_shared_memory == e.bytes_received and #report.proof == 6
end

return check_support

-- A check of a server of this host: it is a success that has its whole proof, or none.

local prepare = select(2, ...)
if prepare then return {} end

local check = require "smc.check"
local check_support = require "check_support"
local support = require "support"

local server, port = check_support.serve() -- ended by the collector

return {
  { name = "check.connect", right = "proven", look = function()
    assert(server.pid)
    local report, message, errno = check.connect("127.0.0.1", port, { timeout = support.HANG })
    if not report then return nil, message, errno end
    if report.verdict == "SMC" then return check_support.is_whole(report) and "proven" or "too little" end
    if report.success then return "a success of " .. report.verdict end
    return nil, report.message, report.errno
  end },
}

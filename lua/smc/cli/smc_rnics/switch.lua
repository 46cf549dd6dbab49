-- Powers a PCI function on or off.

local E = require "smc.errno"
local app = require "smc.cli.app"
local ism = require "smc.ism"
local status = require "smc.cli.smc_rnics.status"

-- Does what the command line says. Returns the exit status.
return function(args)
  if args.fid then app.fail(status.TOO_MANY, "-d and -e cannot be combined with a FID to list") end
  local fid, message, errno = ism.fid(args.enable or args.disable)
  if not fid then app.fail(status.BAD_FID, message, errno) end
  local f
  f, message, errno = (args.enable and ism.power_on or ism.power_off)(fid, { timeout = args.timeout })
  if not f then
    local code = errno == E.ENOENT and status.NO_FID or errno == E.EALREADY and status.ALREADY
    app.fail(code or status.FAILED, message, errno)
  end
  if args.json then app.print_json(f) end
  return status.OK
end

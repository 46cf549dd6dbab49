--- smc_rnics(8): lists the PCI functions that SMC uses, and powers them on and off. The options are those of
-- smc-tools.
--
-- @module smc.cli.smc_rnics

local app = require "smc.cli.app"
local status = require "smc.cli.smc_rnics.status"

local smc_rnics = {}

local EPILOG <const> = [[
Examples:
   smc_rnics.lua                     list the functions that are powered on
   smc_rnics.lua -a                  list all functions
   smc_rnics.lua -d 32               power FID 0x32 off (requires root)

Exit status: 0 success; 1 the functions cannot be listed; 2 bad usage; 3 invalid
FID; 4 a FID to list beside one to switch; 5 the FID to switch does not exist;
6 it is already on or off; 7 switching it failed, or writing the output failed;
8 the FID to list does not exist; 130 ended by Ctrl-C.]]

local function parser()
  local p = app.parser("List PCI functions that SMC can use (ISM, RoCE, Network Express), or power one on or "
    .. "off.", EPILOG)
  p:argument("fid", "List only the function with this FID."):args("?")
  p:flag("-a --all", "Also list powered-off functions and other types.")
  p:mutex(
    p:option("-d --disable", "Power a function off."):argname("FID"),
    p:option("-e --enable", "Power a function on."):argname("FID")
  )
  p:flag("-I --IB-dev", "Show RDMA devices and ports instead of network interfaces."):target("ib")
  p:flag("-r --rawids", "Show vendor and device IDs as the type, and virtual function numbers.")
  p:option("-t --timeout", "Wait this long for a function to be powered on or off, instead of 10 seconds.")
    :argname("SECONDS"):convert(app.seconds)
  p:flag("--json", "Print JSON.")
  return p
end

--- Runs smc_rnics and ends the process.
-- @tparam table words the command line, with the script at 0
function smc_rnics.main(words)
  app.run(function()
    local args = app.parse(parser(), status.BAD_USAGE, words)
    app.refuse_any(status.BAD_USAGE,
      { { args.timeout and not (args.enable or args.disable), "-t is for -d and -e" } })
    if args.enable or args.disable then return require "smc.cli.smc_rnics.switch"(args) end
    return require "smc.cli.smc_rnics.list"(args)
  end, status.FAILED)
end

return smc_rnics

--- smc_rnics(8): lists the PCI functions that SMC uses, and powers them on and off. The options are those of
-- smc-tools.
--
-- @module smc.cli.smc_rnics

local app = require "smc.cli.app"
local E = require "smc.errno"
local ism = require "smc.ism"
local text = require "smc.internal.text"

local print = app.print

local smc_rnics = {}

-- Exit statuses of smc_rnics.
local OK <const>, NO_LIST <const>, BAD_USAGE <const>, BAD_FID <const>, TOO_MANY <const> = 0, 1, 2, 3, 4
local NO_FID <const>, ALREADY <const>, FAILED <const>, NOT_FOUND <const> = 5, 6, 7, 8

local EPILOG <const> = [[
Examples:
   smc_rnics.lua                              list the functions that are powered on
   smc_rnics.lua -a                           list all functions
   smc_rnics.lua -d 32                        power FID 0x32 off (requires root)

Exit status: 0 success; 1 the functions cannot be listed; 2 bad usage; 3 invalid
FID; 4 more than one FID; 5 the FID to switch does not exist; 6 it is already on
or off; 7 switching it failed, or writing the output failed; 8 the FID to list
does not exist.]]

local ROW <const> = "%4s  %-5s  %-12s  %-4s   %-15s  %-4s  %-3s  %-4s  %-17s  %s"

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
  p:option("-t --timeout", "Wait this long for a function to be powered on or off.", "10")
    :argname("SECONDS"):convert(app.seconds)
  p:flag("--json", "Print JSON.")
  return p
end

-- === rows ===

local short_types = { [0x02] = "ROC", [0x05] = "ISM", [0x0a] = "ROC2", [0x0c] = "NETH", [0x0f] = "NETD" }

local function identity(f, raw)
  local pft = f.pft and ("0x%02x"):format(f.pft) or ""
  if raw or f.type == nil then
    local ids = f.vendor and ("%04x:%04x"):format(f.vendor, f.device) or ""
    local vf = f.vf and "y" or f.vf == false and "n" or ""
    return ids, pft, raw and (f.vfn and tostring(f.vfn) or "") or vf
  end
  return f.type, short_types[f.pft] or pft, f.vf and "y" or f.vf == false and "n" or ""
end

local function pnetid_of(port)
  if not port or not port.pnetid then return "n/a" end
  return port.pnetid .. (port.pnetid_source == "user" and "*" or "")
end

-- The last columns, for each port: port, PNET ID, device.
local function devices(f, ib)
  local found = {}
  for _, port in ipairs(f.ports) do
    for _, device in ipairs(ib and port.ibdevs or port.netdevs) do
      local number, name = port.index, device
      if ib then number, name = device.ibport, device.ibdev end
      found[#found + 1] = { number, pnetid_of(port), name }
    end
  end
  if #found == 0 then found[1] = { "n/a", pnetid_of(f.ports[1]), "n/a" } end
  return found
end

local function power_of(f)
  if f.power == nil then return "n/a" end
  return f.power and "1" or "0"
end

local function rows(f, args)
  local fid = f.fid and ("%x"):format(f.fid) or f.slot or "n/a"
  if not f.pci_id then return { ROW:format(fid, power_of(f), "", "", "", "", "", "", "", "") } end
  local kind, pft, vf = identity(f, args.rawids)
  local list = {}
  for i, device in ipairs(devices(f, args.ib)) do
    local pchid = f.pchid and ("%04x"):format(f.pchid) or ""
    list[i] = ROW:format(fid, power_of(f), f.pci_id, pchid, kind, pft, vf, table.unpack(device))
  end
  return list
end

local function header(args)
  local line = ROW:format("FID ", "Power", "PCI_ID", "PCHID", "Type", "PFT", args.rawids and "VFN" or "VF",
    args.ib and "IPrt" or "PPrt", "PNET_ID", args.ib and "IB-Dev" or "Net-Dev")
  return line:gsub("PCHID  ", "PCHID "), ("-"):rep(100)
end

-- === commands ===

-- Ends the script because the requested function is not in the list.
local function not_found(fid)
  local every, message, errno = ism.list { all = true, fid = fid }
  if not every then app.fail(NO_LIST, message, errno) end
  app.fail(NOT_FOUND, #every > 0
    and ("FID %x is powered off or of a type that is not listed by default: use -a to list it"):format(fid)
    or ("there is no function with FID %x on this host"):format(fid), E.ENOENT)
end

local function list(args)
  local fid, message, errno
  if args.fid then
    fid, message, errno = ism.fid(args.fid)
    if not fid then app.fail(BAD_FID, message, errno) end
  end
  local functions
  functions, message, errno = ism.list { all = args.all, fid = fid }
  if not functions then app.fail(NO_LIST, message, errno) end
  local shown = {}
  for _, f in ipairs(functions) do
    if args.all or f.pci_id then shown[#shown + 1] = f end
  end
  local missing = fid and #shown == 0
  if args.json then
    if not missing then app.print_json(shown) end
  else
    local titles, line = header(args)
    text.record(shown)
    print(titles)
    print(line)
    for _, f in ipairs(shown) do
      for _, row in ipairs(rows(f, args)) do print(row) end
    end
  end
  if missing then not_found(fid) end
  return OK
end

local function switch(args)
  if args.fid then app.fail(TOO_MANY, "-d and -e cannot be combined with a FID to list") end
  local fid, message, errno = ism.fid(args.enable or args.disable)
  if not fid then app.fail(BAD_FID, message, errno) end
  local f
  f, message, errno = (args.enable and ism.power_on or ism.power_off)(fid, { timeout = args.timeout })
  if not f then
    app.fail(errno == E.ENOENT and NO_FID or errno == E.EALREADY and ALREADY or FAILED, message, errno)
  end
  if args.json then app.print_json(f) end
  return OK
end

--- Runs smc_rnics and ends the process.
-- @tparam table words the command line, with the script at 0
function smc_rnics.main(words)
  app.run(function()
    local args = app.parse(parser(), BAD_USAGE, words)
    if args.enable or args.disable then return switch(args) end
    return list(args)
  end, FAILED)
end

return smc_rnics

-- Lists PCI functions as smc_rnics(8) does.

local app = require "smc.cli.app"
local ism = require "smc.ism"
local status = require "smc.cli.smc_rnics.status"
local text = require "smc.internal.text"

local print = app.print

local ROW <const> = "%4s  %-5s  %-12s  %-4s   %-15s  %-4s  %-3s  %-4s  %-17s  %s"

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

-- Says of a function that it is not for this host.
local function note_guest(f)
  if not f.guest then return end
  app.say(("%s is given to a guest by its driver, %s: this host cannot use it"):format(
    f.fid and ("FID %x"):format(f.fid) or f.pci_id, f.driver))
end

local function header(args)
  local line = ROW:format("FID ", "Power", "PCI_ID", "PCHID", "Type", "PFT", args.rawids and "VFN" or "VF",
    args.ib and "IPrt" or "PPrt", "PNET_ID", args.ib and "IB-Dev" or "Net-Dev")
  return line:gsub("PCHID  ", "PCHID "), ("-"):rep(100)
end

-- Ends the script because the requested function is not in the list.
local function not_found(fid)
  local every, message, errno = ism.list { all = true, fid = fid }
  if not every then app.fail(status.NO_LIST, message, errno) end
  app.fail(status.NOT_FOUND, #every > 0
    and ("FID %x is powered off or of a type that is not listed by default: use -a to list it"):format(fid)
    or ("there is no function with FID %x on this host"):format(fid), require "smc.errno".ENOENT)
end

-- Prints the list. Returns the exit status.
return function(args)
  local fid, message, errno
  if args.fid then
    fid, message, errno = ism.fid(args.fid)
    if not fid then app.fail(status.BAD_FID, message, errno) end
  end
  local functions
  functions, message, errno = ism.list { all = args.all, fid = fid }
  if not functions then app.fail(status.NO_LIST, message, errno) end
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
    for _, f in ipairs(shown) do note_guest(f) end
  end
  if missing then not_found(fid) end
  return status.OK
end

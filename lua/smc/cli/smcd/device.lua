-- The object device of smcd(8) and smcr(8).

local device = require "smc.device"
local app = require "smc.cli.app"
local text = require "smc.internal.text"
local tools = require "smc.cli.smcd.tools"

local function usage(tool)
  local line = ("Usage: %s device [show] [all]\n"):format(tool.name)
  if tool.is_smcd then return line end
  local margin = (" "):rep(#line - #"[all]\n")
  return line .. margin .. "[ibdev <dev>]\n" .. margin .. "[netdev <dev>]\n"
end

local function parse(tool, words)
  local wanted, i = { type = tool.technology }, 1
  if #words > 4 then tools.misuse(usage(tool)) end
  if words[1] and tools.abbreviates(words[1], "show") then i = 2 end
  while words[i] do
    local word = words[i]
    if not tool.is_smcd and (tools.abbreviates(word, "ibdev") or tools.abbreviates(word, "netdev")) then
      i = i + 1
      if not words[i] or words[i + 1] then tools.misuse(usage(tool)) end
      wanted[tools.abbreviates(word, "ibdev") and "ibdev" or "netdev"] = words[i]
    elseif not tools.abbreviates(word, "all") then
      tools.misuse(usage(tool))
    end
    i = i + 1
  end
  return wanted
end

local function model_of(entry)
  local number = entry.pci_device or 0
  return entry.model or number == 0 and "0" or ("0x%x"):format(number)
end

local function pnetid_of(owner)
  return (owner.pnetid_source == "user" and "*" or "") .. (owner.pnetid or "")
end

local function print_smcd(entries)
  app.write("FID  Type  PCI-ID        PCHID  InUse  #LGs  PNET-ID  \n")
  for _, entry in ipairs(entries) do
    app.write(("%04x %-4s  %-12s  %04x   %-4s  %5d  %-16s \n"):format(entry.fid or 0, model_of(entry),
      entry.pci_id or "", entry.pchid or 0, entry.critical and "Yes" or "No", entry.link_groups or 0,
      pnetid_of(entry)))
  end
end

local function state_of(port)
  return port.state or "INACTIVE"
end

local function print_smcr(tool, entries)
  app.write("Net-Dev         IB-Dev   IB-P  IB-State  Type          Crit  ",
    tool.level >= 1 and " FID   PCI-ID        PCHID  " or "", "#Links  PNET-ID  \n")
  for _, entry in ipairs(entries) do
    for _, port in ipairs(entry.ports) do
      app.write(("%-15s %-8s %4d  %8s  %-13s  %3s   "):format(port.netdev or "", entry.ibdev:sub(1, 8),
        port.ibport, state_of(port), model_of(entry), entry.critical and "Yes" or "No"))
      if tool.level >= 1 then
        app.write(("%04x  %-12s  %04x    "):format(
          entry.fid or 0, entry.pci_id or "", entry.pchid or 0))
      end
      app.write(("%5d  %-16s \n"):format(port.links or 0, pnetid_of(port)))
    end
  end
end

-- The devices of Linux 6.18 and later, which the original does not know.
local function show_dibs(tool)
  local devices = tools.demand(device.dibs())
  if tool.json then return app.print_json(devices) end
  text.record(devices)
  app.write("Name      Type      GID                                   Fabric  PCI-ID\n")
  for _, one in ipairs(devices) do
    app.write(("%-8s  %-8s  %-36s  %-6s  %s\n"):format(one.name, one.type or "", one.gid or "",
      one.fabric_id and ("%04x"):format(one.fabric_id) or "", one.pci_id or ""))
  end
end

return function(tool, words)
  local wanted = parse(tool, words)
  if tool.dibs then return show_dibs(tool) end
  local entries = tools.demand(device.list(wanted))
  if tool.json then return app.print_json(entries) end
  text.record(entries)
  local narrowed = wanted.netdev or wanted.ibdev
  if #entries == 0 and not (narrowed and #tools.demand(device.list { type = tool.technology }) > 0) then
    return
  end
  if tool.is_smcd then
    print_smcd(entries)
  else
    print_smcr(tool, entries)
  end
end

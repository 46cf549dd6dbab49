-- The object linkgroup of smcd(8) and smcr(8).

local linkgroup = require "smc.linkgroup"
local app = require "smc.cli.app"
local text = require "smc.internal.text"
local tools = require "smc.cli.smcd.tools"

local function usage(tool)
  if tool.is_smcd then return ("Usage: %s linkgroup [show] [all | LG-ID]\n"):format(tool.name) end
  local line = ("Usage: %s linkgroup [show | link-show] [all | LG-ID]\n"):format(tool.name)
  local margin = (" "):rep(#line - #"[all | LG-ID]\n")
  return line .. margin .. "[ibdev <dev>]\n" .. margin .. "[netdev <dev>]\n"
end

-- The operands: what to show.
local function parse(tool, words)
  local wanted, i = { type = tool.technology }, 1
  local links, all = false, false
  if #words > 4 then tools.misuse(usage(tool)) end
  if words[1] and tools.abbreviates(words[1], "show") then
    i = 2
  elseif words[1] and tools.abbreviates(words[1], "link-show") then
    links, i = true, 2
  end
  while words[i] do
    local word = words[i]
    if tools.abbreviates(word, "help") then
      tools.misuse(usage(tool))
    elseif tools.abbreviates(word, "all") then
      all = true
    elseif not tool.is_smcd and (tools.abbreviates(word, "ibdev") or tools.abbreviates(word, "netdev")) then
      i = i + 1
      if not words[i] or words[i + 1] then tools.misuse(usage(tool)) end
      wanted[tools.abbreviates(word, "ibdev") and "ibdev" or "netdev"] = words[i]
    else
      local id = word:match("^0?[xX]?(%x+)$")
      if all or words[i + 1] or not id or #id > 8 then tools.misuse(usage(tool)) end
      wanted.id = tonumber(id, 16)
    end
    i = i + 1
  end
  if wanted.id == 0 then wanted.id = nil end
  -- The low byte of an SMC-R link group ID is the link ID.
  if wanted.id and not tool.is_smcd then wanted.id = wanted.id & ~0xff end
  return wanted, links and not tool.is_smcd
end

local function role_of(group)
  return group.role == "server" and "SERV" or "CLNT"
end

-- A value that this module does not know is a number in the record; the originals print the number as well.
local function os_of(group)
  local number = group.peer_os and group.peer_os:match("^(0x%x+)%?$")
  return number and ("Unknown (%s)"):format(number) or group.peer_os or "Unknown (0)"
end

local function vlan_of(group)
  local vlan = group.vlan_id or 0
  return vlan == 0 and "0" or ("0x%x"):format(vlan)
end

local function print_details(tool, groups)
  for i, group in ipairs(groups) do
    local lines = { ("LG-ID    : %08x"):format(group.id) }
    local function add(...) lines[#lines + 1] = string.format(...) end
    if not tool.is_smcd then
      add("LG-Role  : %s", role_of(group))
      add("LG-Type  : %s", group.lgr_type)
    end
    add("VLAN     : %x", group.vlan_id or 0)
    add("PNET-ID  : %s", group.pnetid or "")
    add("Version  : %d", group.version)
    if group.peer_release then
      add("Peer-Rel : %d", group.peer_release)
      add("Peer-Host: %s", group.peer_hostname or "")
      add("Peer-OS  : %s", os_of(group))
      if not tool.is_smcd then add("Direct   : %s", group.direct and "Yes" or "No") end
      add("EID      : %-32s", group.eid or "")
    end
    add("#Conns   : %d", group.conns_num or 0)
    add("Sndbuf   : %d B", group.sndbuf_alloc or 0)
    if tool.is_smcd then
      add("DMB      : %d B", group.dmb_alloc or 0)
    else
      add("RMB      : %d B", group.rmb_alloc or 0)
    end
    app.write(i > 1 and "\n" or "", table.concat(lines, "\n"), "\n")
  end
end

local function print_groups(tool, groups)
  app.write("LG-ID    ", tool.is_smcd and "" or "LG-Role  LG-Type  ", "VLAN  #Conns  PNET-ID \n")
  for _, group in ipairs(groups) do
    local conns, pnetid = group.conns_num or 0, group.pnetid or ""
    if tool.is_smcd then
      app.write(("%08x %4s  %6d  %-16s \n"):format(group.id, vlan_of(group), conns, pnetid))
    else
      app.write(("%08x %-8s %-8s %4s  %6d  %-16s \n"):format(group.id, role_of(group), group.lgr_type,
        vlan_of(group), conns, pnetid))
    end
  end
end

local function state_of(link)
  return link.state:find("^0x") and link.state or "LINK_" .. link.state
end

local function print_links(tool, groups)
  app.write("LG-ID    LG-Role  LG-Type  Net-Dev         Link-State      #Conns  ",
    tool.level >= 1 and "Link-UID  Peer-UID  IB-Dev    IB-P  " or "",
    tool.level >= 2 and "Local-GID                                 Peer-GID  " or "", "\n")
  for _, group in ipairs(groups) do
    for _, link in ipairs(group.links) do
      app.write(("%08x %-8s %-8s %-15s %-15s %6d  "):format(group.id, role_of(group), group.lgr_type,
        link.netdev or "", state_of(link), link.conns_num or 0))
      if tool.level >= 1 then
        app.write(("%08x  %08x  %-8s  %4d  "):format(link.link_uid or 0, link.peer_link_uid or 0,
          link.ibdev:sub(1, 8), link.ibport or 0))
      end
      if tool.level >= 2 then
        app.write(("%-40s  %s  "):format(link.gid or "", link.peer_gid or ""))
      end
      app.write("\n")
    end
  end
end

return function(tool, words)
  local wanted, links = parse(tool, words)
  local groups = tools.demand(linkgroup.list(wanted))
  if tool.json then return app.print_json(groups) end
  text.record(groups)
  -- If the kernel has no link group at all, the originals print nothing; if none matches, they print the
  -- header.
  local narrowed = wanted.id or wanted.netdev or wanted.ibdev
  if #groups == 0 and not (narrowed and #tools.demand(linkgroup.list { type = tool.technology }) > 0) then
    return
  end
  if links then
    print_links(tool, groups)
  elseif tool.level >= 1 then
    print_details(tool, groups)
  else
    print_groups(tool, groups)
  end
end

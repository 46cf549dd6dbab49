-- What smcd.lua and smcr.lua print of link groups and devices: every value in its place.
local device = require "smc.device"
local linkgroup = require "smc.linkgroup"
local smcd_support = require "smcd_support"

local printed, smcd, smcr = smcd_support.printed, smcd_support.smcd, smcd_support.smcr

describe("link groups", function()
  local function group(more)
    local one = { id = 0x1200, role = "server", lgr_type = "SYM", vlan_id = 0x64, pnetid = "NETA",
      version = 2, conns_num = 3, sndbuf_alloc = 4096,
      dmb_alloc = 8192, rmb_alloc = 16384, links = { { netdev = "eth0",
        state = "ACTIVE", conns_num = 5, link_uid = 0xaa, peer_link_uid = 0xbb, ibdev = "mlx5_0123",
        ibport = 2, gid = "fe80::1", peer_gid = "fe80::2" } } }
    for key, value in pairs(more or {}) do one[key] = value end
    return one
  end
  local RELEASED <const> = { peer_release = 1, peer_hostname = "host10", peer_os = "Linux", direct = true,
    eid = "SMCV2-LAB" }

  local function text_of(tool, words, groups)
    return printed("linkgroup", tool, words, linkgroup, "list", groups)
  end

  it("are rows", function()
    local empty <const> = { id = 0x100, role = "client", lgr_type = "SINGLE", version = 1, links = {} }
    assert.equal("LG-ID    VLAN  #Conns  PNET-ID \n00001200 0x64       3  NETA             \n"
      .. "00000100    0       0                   \n", text_of(smcd(), {}, { group(), empty }))
    assert.equal("LG-ID    LG-Role  LG-Type  VLAN  #Conns  PNET-ID \n"
      .. "00001200 SERV     SYM      0x64       3  NETA             \n"
      .. "00000100 CLNT     SINGLE      0       0                   \n",
      text_of(smcr(), {}, { group(), empty }))
    assert.equal("", text_of(smcd(), {}, {}))
  end)

  it("have details", function()
    local first <const> = "LG-ID    : 00001200\n"
    local role <const> = "LG-Role  : SERV\nLG-Type  : SYM\n"
    local known <const> = "VLAN     : 64\nPNET-ID  : NETA\nVersion  : 2\n"
    local peer <const> = "Peer-Rel : 1\nPeer-Host: host10\nPeer-OS  : Linux\n"
    local eid <const> = "EID      : SMCV2-LAB" .. (" "):rep(23) .. "\n"
    local last <const> = "#Conns   : 3\nSndbuf   : 4096 B\n"
    local tool = { level = 1 }
    assert.equal(first .. known .. last .. "DMB      : 8192 B\n", text_of(smcd(tool), {}, { group() }))
    assert.equal(first .. role .. known .. last .. "RMB      : 16384 B\n",
      text_of(smcr(tool), {}, { group() }))
    assert.equal(first .. known .. peer .. eid .. last .. "DMB      : 8192 B\n",
      text_of(smcd(tool), {}, { group(RELEASED) }))
    assert.equal(first .. role .. known .. peer .. "Direct   : Yes\n" .. eid .. last
      .. "RMB      : 16384 B\n", text_of(smcr(tool), {}, { group(RELEASED) }))
    local other <const> = { peer_release = 1, peer_os = "0x9?", direct = false }
    assert.matches("Peer%-Host: \nPeer%-OS  : Unknown %(0x9%)\nDirect   : No\n",
      text_of(smcr(tool), {}, { group(other) }))
    assert.matches("Peer%-OS  : Unknown %(0%)\n", text_of(smcr(tool), {}, { group { peer_release = 1 } }))
    assert.matches("B\n\nLG%-ID", text_of(smcd(tool), {}, { group(), group() }))
  end)

  it("have links", function()
    local head <const> = "LG-ID    LG-Role  LG-Type  Net-Dev         Link-State      #Conns  "
    local line <const> = "00001200 SERV     SYM      eth0            LINK_ACTIVE          5  "
    local more <const> = "000000aa  000000bb  mlx5_012     2  "
    local function links(level) return text_of(smcr { level = level }, { "link-show" }, { group() }) end
    assert.equal(head .. "\n" .. line .. "\n", links(0))
    assert.equal(head .. "Link-UID  Peer-UID  IB-Dev    IB-P  \n" .. line .. more .. "\n", links(1))
    assert.equal(head .. "Link-UID  Peer-UID  IB-Dev    IB-P  Local-GID" .. (" "):rep(33) .. "Peer-GID  \n"
      .. line .. more .. "fe80::1" .. (" "):rep(35) .. "fe80::2  \n", links(2))
  end)
end)

describe("devices", function()
  local function text_of(tool, entries) return printed("device", tool, {}, device, "list", entries) end

  it("of SMC-D are rows", function()
    assert.equal("FID  Type  PCI-ID        PCHID  InUse  #LGs  PNET-ID  \n"
      .. "0032 ISM   0000:00:00.0  07c1   Yes       2  *NETA            \n"
      .. "0033 ISM                 07c2   No        0  NETB             \n"
      .. "0000 0x4ee                0000   No        0                   \n"
      .. "0000 0                   0000   No        0                   \n", text_of(smcd(), {
        { fid = 0x32, model = "ISM", pci_id = "0000:00:00.0", pchid = 0x7c1, critical = true, link_groups = 2,
          pnetid = "NETA", pnetid_source = "user" },
        { fid = 0x33, model = "ISM", pchid = 0x7c2, pnetid = "NETB", pnetid_source = "hardware" },
        { pci_device = 0x4ee }, {} }))
  end)

  it("of SMC-R are rows, one for each port", function()
    local entries <const> = { { ibdev = "mlx5_0123", model = "RoCE_Express2", critical = true, fid = 0x40,
      pci_id = "0001:00:00.0", pchid = 0x1c0, ports = {
        { ibport = 1, netdev = "eth0", state = "ACTIVE", links = 3, pnetid = "NETA", pnetid_source = "user" },
        { ibport = 2, links = 0, pnetid = "NETB" } } } }
    local head <const> = "Net-Dev         IB-Dev   IB-P  IB-State  Type          Crit  "
    local one <const> = "eth0            mlx5_012    1    ACTIVE  RoCE_Express2  Yes   "
    local two <const> = "                mlx5_012    2  INACTIVE  RoCE_Express2  Yes   "
    local pci <const> = "0040  0001:00:00.0  01c0    "
    local a <const>, b <const> = "    3  *NETA            \n", "    0  NETB             \n"
    assert.equal(head .. "#Links  PNET-ID  \n" .. one .. a .. two .. b, text_of(smcr(), entries))
    assert.equal(head .. " FID   PCI-ID        PCHID  #Links  PNET-ID  \n" .. one .. pci .. a .. two .. pci
      .. b, text_of(smcr { level = 1 }, entries))
  end)
end)

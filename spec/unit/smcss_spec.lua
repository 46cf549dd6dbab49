local E = require "smc.errno"
local json = require "dkjson"
local m = require "fuzz.messages"
local reason = require "smc.reason"
local support = require "support"

local header = "State          UID   Inode   Local Address           Peer Address            Intf Mode "

-- Runs smcss.lua; with a datagram, in place of what the kernel would send.
local function smcss(datagram, ...)
  local file = os.tmpname()
  local stub = ("package.path, package.cpath = %q, %q\n"):format(package.path, package.cpath)
  if datagram then
    local f <close> = assert(io.open(file, "wb"))
    assert(f:write(datagram))
    stub = stub .. ([[
      local core = require "smc.core.netlink"
      function core.smc_diag(bits, filter, fields, complete)
        return core.smc_diag_datagram(assert(io.open(%q, "rb")):read("a"), bits, filter, fields, complete)
      end
      function core.inet_diag() return nil, "no inet_diag", require "smc.errno".ENOENT end
    ]]):format(file)
  end
  local result = support.run { "lua5.4", "-e", stub, "examples/smcss.lua", ... }
  os.remove(file)
  return result
end

local function rows(datagram, ...)
  local result = smcss(datagram, ...)
  assert.equal("", result.stderr)
  assert.equal(0, result.status)
  return result.stdout
end

local fallback = m.socket({
  state = "ACTIVE", mode = "tcp", local_address = "127.0.0.1", local_port = 42914,
  peer_address = "127.0.0.1", peer_port = 12224, inode = 279,
}, m.shutdown(0), m.fallback(0x03010000))
local listener = m.socket { state = "LISTEN", local_port = 12223, inode = 1229 }
local all = fallback .. m.smcd() .. listener .. m.socket({ state = "INIT", inode = 7 }) .. m.done()

describe("smcss.lua prints", function()
  -- Rows as smcss of smc-tools 1.8.5 printed them.
  it("connected sockets", function()
    assert.equal(header .. [[

ACTIVE         00000 0000279 127.0.0.1:42914         127.0.0.1:12224         0000 TCP 0x03010000
ACTIVE         00000 0001231 127.0.0.1:12223         127.0.0.1:35164         0000 SMCD ]] .. "\n", rows(all))
  end)

  it("all of them", function()
    assert.equal(rows(all) .. "LISTEN         00000 0001229 0.0.0.0:12223           \n"
      .. "INIT           00000 0000007 \n", rows(all, "-a"))
  end)

  it("listening sockets", function()
    assert.equal(header .. "\nLISTEN         00000 0001229 0.0.0.0:12223           \n", rows(all, "--list"))
  end)

  it("SMC-D details", function()
    local expected = header .. "GID              Token            Peer-GID         Peer-Token       Linkid\n"
      .. "ACTIVE         00000 0001231 127.0.0.1:12223         127.0.0.1:35164         0000 SMCD "
      .. "1f4a514fcca54834 1a6f8abfdc4eb07d 1f4a514fcca54834 b4d8560004204cd9 00000100 \n"
    assert.equal(expected, rows(all, "-D"))
    assert.equal(expected, rows(all, "-aD"))
  end)

  it("SMC-R details, of SMC-R connections alone", function()
    local gid = "0000:0000:0000:0000:0000:ffff:c0a8:000"
    local smcr = m.socket({
      mode = "smcr", local_address = "192.168.0.10", local_port = 12223,
      peer_address = "192.168.0.12", peer_port = 56378, inode = 460,
    }, m.lgrinfo {
      role = 1, ibdev = "rxe0", ibport = 1, link_id = 1, gid = gid .. "a", peer_gid = gid .. "c",
    })
    local title = header
      .. "Role IB-device       Port Linkid GID                                      Peer-GID\n"
    local row = "ACTIVE         00000 0000460 192.168.0.10:12223      192.168.0.12:56378      0000 SMCR "
      .. "SERV rxe0            01   01     0000:0000:0000:0000:0000:ffff:c0a8:000a  "
      .. "0000:0000:0000:0000:0000:ffff:c0a8:000c\n"
    assert.equal(title .. row, rows(smcr .. all, "-R"))
    assert.equal(title .. row, rows(smcr .. all, "-aR"))
  end)

  it("debug details", function()
    local datagram = m.socket({
      mode = "smcd", local_address = "127.0.0.1", local_port = 12223,
      peer_address = "127.0.0.1", peer_port = 35164, inode = 1231,
    }, m.shutdown(0), m.conninfo {
      1, 0xffe0, 0xffe0, 0xffe0, 0, 0x2710, 0, 0, 0, 0x2710, 0, 0x2710, 0, 0, 0, 0,
      0, 0x2710, 0, 0x2710, 0, 0,
    })
    local title = header .. "Shutd Token    Sndbuf   Rcvbuf   Peerbuf  rxprod-Cursor rxcons-Cursor rxFlags "
      .. "txprod-Cursor txcons-Cursor txFlags txprep-Cursor txsent-Cursor txfin-Cursor  \n"
    local row = "ACTIVE         00000 0001231 127.0.0.1:12223         127.0.0.1:35164         0000 SMCD "
    assert.equal(title .. row
      .. " <->  00000001 0000ffe0 0000ffe0 0000ffe0 0000:00002710 0000:00000000 00:00   "
      .. "0000:00002710 0000:00002710 00:00   0000:00002710 0000:00002710 0000:00000000 \n",
      rows(datagram, "-d"))
    for mask, text in ipairs { " R->  ", " <-W  ", " R-W  " } do
      local shut = m.socket({
        mode = "smcd", local_address = "127.0.0.1", local_port = 12223,
        peer_address = "127.0.0.1", peer_port = 35164, inode = 1231,
      }, m.shutdown(mask))
      assert.equal(title .. row .. text .. "\n", rows(shut, "--debug"))
    end
  end)

  it("addresses cut short, unless wide", function()
    local datagram = m.socket {
      mode = "smcd", state = "APPFINCLOSEWAIT", inode = 12345678, uid = 123456, interface = 0x12345,
      local_address = { 0xfd001234, 0x56789abc, 0xdef01234, 0x56789abc }, local_port = 42227,
      peer_address = { 0xfd001234, 0x56789abc, 0xdef01234, 0x56789abc }, peer_port = 80,
    }
    assert.equal(header .. "\nAPPFINCLOSEWAIT1 123456 12345678 fd00:1234:5678:..:42227 "
      .. "fd00:1234:5678:9ab..:80 12345 SMCD \n", rows(datagram))
    assert.equal(header .. "\nAPPFINCLOSEWAIT1 123456 12345678 fd00:1234:5678:9abc:def0:1234:5678:9abc:42227 "
      .. "fd00:1234:5678:9abc:def0:1234:5678:9abc:80 12345 SMCD \n", rows(datagram, "-W"))
  end)

  it("IPv6 addresses that end in zeros", function()
    local function row(s)
      s.mode, s.local_port, s.peer_port = "smcd", 1, 2
      return rows(m.socket(s)):match("\n%S+ +%S+ +%S+ (%S+ +%S+)")
    end
    assert.equal("fd00:::1                ::1:2",
      row { local_address = { 0xfd000000, 0, 0, 0 }, peer_address = { 0, 0, 0, 1 } })
    assert.equal("2001:db8:0:1:::1        ::1:2",
      row { local_address = { 0x20010db8, 0x00000001, 0, 0 }, peer_address = { 0, 0, 0, 1 } })
    assert.equal("0.0.0.0:1               ::1:2",
      row { local_address = { 0, 0, 0, 0 }, peer_address = { 0, 0, 0, 1 } })
  end)

  it("closed sockets, unknown states, large user IDs", function()
    local nowhere = "0.0.0.0:0               0.0.0.0:0               0000 "
    assert.equal(header .. "\nCLOSED         00000 0000000 " .. nowhere
      .. "\n0x1c?          -0002 0000000 " .. nowhere .. "\n",
      rows(m.socket { state = "CLOSED" } .. m.socket { state = 28, uid = 0xfffffffe }))
  end)

  it("both reasons, and explains them when asked", function()
    local datagram = m.socket({ mode = "tcp" }, m.fallback(0x05000000, 0x03030000))
    local text = rows(datagram)
    assert.match(" TCP 0x05000000/0x03030000\n$", text)
    local explained = rows(datagram, "--reasons")
    assert.equal(text, explained:sub(1, #text))
    assert.match("\n0x03030000 NOSMCDEV: .*\n    .*\n0x05000000 PEERDECL: .*\n    ", explained:sub(#text))
    for line in explained:sub(#text + 1):gmatch("[^\n]+") do
      assert.is_true(#line <= 100)
    end
    assert.equal(rows(m.smcd()), rows(m.smcd(), "--reasons"))
  end)
end)

describe("smcss.lua --json", function()
  it("has the records of smc.diag", function()
    local text = rows(all, "--json", "--all")
    local records = assert(json.decode(text))
    assert.equal(4, #records)
    assert.equal("TCP", records[1].mode)
    assert.equal("0x03010000", records[1].fallback.code)
    local why = reason.get("PEERNOSMC")
    assert.same({ code = "0x03010000", name = "PEERNOSMC", meaning = why.meaning, advice = why.advice },
      records[1].fallback)
    assert.equal("b4d8560004204cd9", records[2].dmb.peer_token)
    assert.equal("00000100", records[2].dmb.linkid)
    assert.same({ wrap = 5, count = 6 }, records[2].connection.rx_prod)
    assert.same({ state = "INIT", uid = 0, inode = 7, interface = 0, cookie = 0 }, records[4])
    assert.equal(text, rows(all, "--json", "--all"))
  end)

  it("knows what is SMC-R and what is not", function()
    assert.equal("[]\n", rows(all, "--json", "-aR"))
    assert.equal(1, #json.decode(rows(all, "--json", "-D")))
    assert.equal(1, #json.decode(rows(all, "--json", "-l")))
    assert.equal(2, #json.decode(rows(all, "--json")))
  end)
end)

describe("smcss.lua takes options", function()
  local function usage_error(message, ...)
    local result = smcss(all, ...)
    assert.equal(1, result.status)
    assert.equal("", result.stdout)
    assert.equal(message .. "\n" .. smcss(nil, "-h").stdout, result.stderr)
  end

  it("and shows its usage", function()
    for _, option in ipairs { "-h", "--help", "--he", "-ah" } do
      local result = smcss(nil, option)
      assert.equal(0, result.status)
      assert.equal("", result.stderr)
      assert.match("^Usage: smcss.lua %[ OPTIONS %]\n\t%-h, %-%-help          this message\n", result.stdout)
      assert.match("\n\tno OPTIONS          show all connected sockets\n$", result.stdout)
    end
  end)

  it("and shows its version", function()
    for _, option in ipairs { "-v", "--version", "-avx" } do
      local result = smcss(nil, option)
      assert.equal(0, result.status)
      assert.match("^smcss%.lua utility, smc%-%d[%d.]+\n$", result.stdout)
    end
  end)

  it("in one word, abbreviated, and among operands", function()
    local wide = rows(all, "-a", "-W")
    assert.equal(wide, rows(all, "-aW"))
    assert.equal(wide, rows(all, "--al", "--w"))
    assert.equal(wide, rows(all, "operand", "-aW", "-"))
    assert.equal(rows(all), rows(all, "--", "-aW", "--nonsense"))
  end)

  it("and refuses others in getopt's words", function()
    usage_error("smcss.lua: invalid option -- 'x'", "-x")
    usage_error("smcss.lua: invalid option -- 'x'", "-ax")
    usage_error("smcss.lua: invalid option -- '-'", "-a-")
    usage_error("smcss.lua: unrecognized option '--nonsense'", "--nonsense")
    usage_error("smcss.lua: unrecognized option '--nonsense=1'", "--nonsense=1")
    usage_error("smcss.lua: unrecognized option '--js'", "--js")
    usage_error("smcss.lua: option '--smc' is ambiguous; possibilities: '--smcd' '--smcr'", "--smc")
    usage_error("smcss.lua: option '--all' doesn't allow an argument", "--al=1")
  end)

  it("and refuses combinations", function()
    usage_error("--smcd together with --smcr is not supported", "-DR")
    usage_error("--smcd together with --smcr is not supported", "-lDR")
    usage_error("--listening together with --debug is not supported", "-ladR")
    usage_error("--listening together with --all is not supported", "-laD")
    usage_error("--listening together with --smcr is not supported", "-lR")
    usage_error("--listening together with --smcd is not supported", "-lD")
  end)
end)

describe("smcss.lua ends", function()
  it("with 1 and a message where the kernel does not answer", function()
    for _, option in ipairs { "-a", "--json" } do
      local result = smcss(m.failure(E.EIO), option)
      assert.equal(1, result.status)
      assert.equal("smcss.lua: cannot list the SMC sockets: Input/output error\n", result.stderr)
      local report = option == "--json" and { success = false, errno = E.EIO,
        message = result.stderr:match("^smcss%.lua: (.*)\n$") } or nil
      assert.same(report, (json.decode(result.stdout)))
    end
  end)

  it("with 1 where the answer breaks off, after what there was", function()
    local result = smcss(m.smcd() .. m.failure(105))
    assert.equal(1, result.status)
    assert.match("\nACTIVE [^\n]*\n$", result.stdout)
    assert.match("^smcss%.lua: cannot list the SMC sockets: No buffer space", result.stderr)
  end)

  it("quietly when nobody reads on, and not when the disk is full", function()
    local environment = ("env LUA_PATH=%q LUA_CPATH=%q "):format(package.path, package.cpath)
    local function sh(command)
      local pipe <close> = assert(io.popen(environment .. "sh -c '" .. command .. "' 2>&1"))
      return pipe:read("a")
    end
    assert.equal("0\n", sh [[trap "" PIPE; (
      while echo; do :; done 2>/dev/null # until nobody reads
      lua5.4 examples/smcss.lua -h; echo $? >&2) | true]])
    assert.equal("smcss.lua: cannot write the output: No space left on device\n1\n",
      sh "lua5.4 examples/smcss.lua -h >/dev/full; echo $?")
  end)
end)

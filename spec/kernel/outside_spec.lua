-- Text from outside with what a terminal obeys and with ends of lines: no script prints it as it is.
local json = require "dkjson"
local lfs = require "lfs"
local netlink = require "smc.core.netlink"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"
local sysfs_tree = require "sysfs_tree"

local EVIL <const> = "\27]0;evil\7\nFORGED\u{9b}31m\x9bm"

-- Checks what a script said, and that the text is in it where it has to be seen.
local function check(result, what, seen)
  local said = result.stdout .. result.stderr
  assert.not_matches("[\0-\8\11-\31\127]", said, what)
  assert.not_matches("\nFORGED", said, what)
  assert.is_nil(said:find("\u{9b}", 1, true), what)
  assert(utf8.len(said), what)
  if seen ~= false then assert(said:find(seen or "\\x1b]0;evil\\x07", 1, true), what .. ": " .. said) end
end

describe("an argument", function()
  -- EVIL stands for the text, alone or in a word.
  local CALLS <const> = {
    ["smcss.lua"] = { "-EVIL", "--EVIL", "--json=EVIL" },
    ["smcd.lua"] = { "EVIL", "-EVIL", "ueid add EVIL", "ueid del EVIL", "--baseline /EVIL/x stats reset",
      "--baseline=/proc/EVIL stats reset", "ueid add EVIL --json" },
    ["smcr.lua"] = { "EVIL", "-EVIL", "ueid add EVIL", "--baseline /proc/EVIL stats reset" },
    ["smc_pnet.lua"] = { "-EVIL", "--EVIL", "-P EVIL", "-a EVIL -I lo", "-a A -I EVIL", "-a A -D EVIL",
      "-s EVIL", "-d EVIL", "-s -I EVIL", "-d A -D EVIL", "-s EVIL --json" },
    ["smc_chk.lua"] = { "EVIL", "--EVIL", "-C EVIL", "-C EVIL --json", "-p EVIL", "-t EVIL", "-i EVIL",
      "-i EVIL --json" },
    ["smc_clc.lua"] = { "EVIL", "--EVIL", "-i EVIL", "-i EVIL --json", "-f /EVIL/x", "-f /EVIL/x --json",
      "-p EVIL" },
    ["smc_rnics.lua"] = { "EVIL", "--EVIL", "-d EVIL", "-e EVIL", "-t EVIL", "1 EVIL", "EVIL --json" },
    ["smc_run.lua"] = { "--EVIL x", "-r EVIL x", "-t EVIL x", "EVIL", "./EVIL", "--fallback EVIL x" },
    ["echo_server.lua"] = { "EVIL", "--EVIL", "--host EVIL", "--port EVIL", "--max-clients EVIL",
      "--idle-timeout EVIL" },
    ["send_data.lua"] = { "EVIL", "--EVIL", "--host EVIL", "--port EVIL", "--timeout EVIL", "--file EVIL",
      "--file /EVIL/x" },
  }
  -- Where the message does not quote it.
  local UNSEEN <const> = { ["--json=EVIL"] = false, ["EVIL"] = false,
    ["1 EVIL"] = false, ["--fallback EVIL x"] = false }

  for name, calls in pairs(CALLS) do
    for _, call in ipairs(calls) do
      it(("of %s: %s"):format(name, call), function()
        local words = {}
        for word in call:gmatch("%S+") do words[#words + 1] = (word:gsub("EVIL", EVIL)) end
        local result = support.script(name, table.unpack(words))
        check(result, name .. " " .. call, call == "-EVIL" and "\\x1b" or UNSEEN[call])
        if call:find "%-%-json$" and name ~= "smcss.lua" and result.stdout ~= "" then
          assert.equal(false, assert(json.decode(result.stdout)).success)
        end
      end)
    end
  end

  it("is the name of the script", function()
    local folder <close> = support.tree { [EVIL .. ".lua"] = { lfs.currentdir() .. "/examples/smcss.lua" } }
    for _, words in ipairs { { "-h" }, { "-x" } } do
      local result = support.run { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath,
        "lua5.4", folder.root .. "/" .. EVIL .. ".lua", table.unpack(words) }
      check(result, words[1])
    end
  end)
end)

describe("a name", function()
  it("of an interface in the table of PNET IDs", function()
    assert(netlink.pnet_add("EVIL", "\27]0;evil\7"))
    finally(function() assert(netlink.pnet_remove("EVIL")) end)
    check(support.script("smc_pnet.lua"), "smc_pnet.lua")
    local records = assert(json.decode(support.script("smc_pnet.lua", "--json").stdout))
    assert.equal("\27]0;evil\7", records[1].netdev)
  end)

  it("of a process that keeps a function from being powered off #ism", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0))
    local holder <close> = assert(process.spawn({ "env", "LUA_PATH=" .. package.path,
      "LUA_CPATH=" .. package.cpath, "lua5.4", "-e", ([[
      local socket = require "smc.socket"
      local sock = assert(socket.connect("127.0.0.1", %d))
      assert(sock:mode() == "SMC-D")
      local comm <close> = assert(io.open("/proc/self/comm", "w"))
      comm:write("\27]0;evil\7\nFORG") comm:flush()
      print "ready" io.stdout:flush()
      io.read()]]):format(select(2, server:getsockname())) }, { stdin = "pipe", stdout = "pipe" }))
    local accepted <close> = assert(server:accept())
    assert.equal("ready", holder.stdout:read())
    local result = support.script("smc_rnics.lua", "-d", "32", "-t", "0.5")
    accepted:close()
    holder:close()
    local ism = require "smc.ism"
    repeat socket.sleep(0.05) until assert(ism.find("32")).power == false
    assert(ism.power_on("32"))
    assert.equal(7, result.status)
    check(result, "smc_rnics.lua")
  end)

  it("in sysfs: slots, devices, interfaces", function()
    local t = sysfs_tree.new(finally)
    t.ism(0x32)
    t.slot(EVIL, "0\n", "0033:00:00")
    t.device("0032:00:00.0", { ["net/" .. EVIL .. "/dev_port"] = "0\n",
      ["infiniband/" .. EVIL .. "/ports/1/state"] = "4: ACTIVE\n" })
    local visible <const> = "\\x1b]0;evil"
    for words, seen in pairs { ["-a"] = visible, ["-aI"] = visible, ["-a --json"] = "\\u001b" } do
      local done = support.run { "unshare", "--mount", "env", "LUA_PATH=" .. package.path,
        "LUA_CPATH=" .. package.cpath, "sh", "-c",
        'mount --bind "$1" /sys && shift && exec lua5.4 examples/smc_rnics.lua $1', "sh", t.root, words }
      check(done, words, seen)
    end
  end)
end)

describe("a peer", function()
  -- The records of link groups and devices, each text in them from outside.
  it("names itself, its devices and its EID", function()
    local stub <const> = ([[
      local EVIL = %q
      local group = { type = "SMC-R", id = 256, role = "server", lgr_type = EVIL, pnetid = EVIL, version = 2,
        peer_release = 1, peer_hostname = EVIL, peer_os = EVIL, eid = EVIL, conns_num = 1, links = { {
        netdev = EVIL, state = EVIL, ibdev = EVIL, gid = EVIL, peer_gid = EVIL } } }
      require "smc.linkgroup".list = function() return { group } end
      local port = { netdev = EVIL, ibport = 1, state = EVIL, pnetid = EVIL, pnetid_source = "user" }
      require "smc.device".list = function()
        return { { type = "SMC-R", ibdev = EVIL, model = EVIL, pci_id = EVIL, pnetid = EVIL,
          ports = { port } } }
      end
      require "smc.system".info = function()
        return { version = 2, release = 1, hostname = EVIL, seid = EVIL, smcd = {}, smcr = {}, ism = {},
          roce = {} }
      end
      require "smc.eid".list = function() return { EVIL } end
      require "smc.eid".seid = function() return { seid = EVIL, enabled = true } end
    ]]):format(EVIL)
    for _, call in ipairs { "smcd l", "smcd -d l", "smcr l", "smcr -d l", "smcr l link-show",
      "smcr -d l link", "smcr -dd l link", "smcd device", "smcr device", "smcr -d device", "smcd info",
      "smcr info", "smcd ueid", "smcd seid" } do
      local words = {}
      for word in call:gmatch("%S+") do words[#words + 1] = word end
      words[1] = "examples/" .. words[1] .. ".lua"
      local result = support.run { "lua5.4", "-e", ("package.path, package.cpath = %q, %q\n"):format(
        package.path, package.cpath) .. stub, table.unpack(words) }
      assert.same({ 0, "" }, { result.status, result.stderr })
      check(result, call)
    end
  end)

  it("is not believed in its answer to a check", function()
    local answer = "smc-check answer 1 " .. EVIL .. " 0x00000000 0x00000000"
    assert.is_nil(require "smc.check.protocol".read_answer(answer))
  end)
end)

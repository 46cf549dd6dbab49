-- Text from outside with what a terminal obeys and with ends of lines: no script prints it as it is.
local json = require "dkjson"
local netlink = require "smc.core.netlink"
local outside = require "outside"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"
local sysfs_tree = require "sysfs_tree"

local EVIL <const>, check <const> = outside.EVIL, outside.check

describe("an argument", function()
  for name, calls in pairs {
    ["smc_chk.lua"] = { "-C EVIL", "-C EVIL --json", "-i EVIL" },
    ["smcd.lua"] = { "--baseline /EVIL/x stats reset", "--baseline=/proc/EVIL stats reset", "ueid add EVIL" },
    ["smcr.lua"] = { "--baseline /proc/EVIL stats reset" },
    ["smc_pnet.lua"] = { "-a A -I EVIL", "-s -I EVIL" },
    ["smc_run.lua"] = { "./EVIL" },
  } do
    for _, call in ipairs(calls) do
      it(("of %s: %s"):format(name, call), function() outside.try(name, call) end)
    end
  end
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

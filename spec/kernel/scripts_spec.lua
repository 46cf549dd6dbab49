-- The scripts as users run them: their text, their streams, their exit statuses.
local errno = require "smc.errno"
local ism = require "smc.ism"
local json = require "dkjson"
local support = require "support"

describe("smc_chk.lua", function()
  it("prints what smc_chk prints, with evidence, and ends with 0 #smcd", function()
    local server <close> = support.start("smc_chk.lua", "-S")
    local port = server.stdout:read():match("%d+$")
    local result = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", port)
    assert.same({ 0, "" }, { result.status, result.stderr })
    assert.matches("^Test with target IP 127%.0%.0%.1 and port " .. port ..
      "\n  Live test %(SMC%-D and SMC%-R%)\n     Success, using SMC%-D\n     Evidence:\n" ..
      "          mode: SMC%-D by ",
      result.stdout)
  end)

  it("gives the same as JSON #smcd", function()
    local server <close> = support.start("smc_chk.lua", "-S", "-p", "38000")
    local port = server.stdout:read():match("%d+$")
    local result = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", port, "--json")
    assert.equal(0, result.status)
    local report = assert(json.decode(result.stdout))
    assert.equal("SMC-D", report.mode)
    assert.matches("^%x+$", report.evidence.dmb.token)
    assert.equal(16, #report.evidence.dmb.token)
  end)

  it("analyses an interface, and tests connections over it, as text and JSON #smcd", function()
    local result = support.script("smc_chk.lua", "-s", "lo")
    assert.same({ 0, "" }, { result.status, result.stderr })
    assert.matches("^Checking active link:    lo\n  Static analysis\n     Interface:          lo, up, ",
      result.stdout)
    assert.matches("\n     Configuration:      SMC%-Dv2\n", result.stdout)
    result = support.script("smc_chk.lua", "-l", "lo")
    assert.same({ 0, "" }, { result.status, result.stderr })
    assert.matches("^Checking active link:    lo\n  Live test %(SMC%-D and SMC%-R%)\n     Success, using "
      .. "SMC%-D\n", result.stdout)
    local found = assert(json.decode(support.script("smc_chk.lua", "-s", "-l", "--json").stdout))
    assert.same({ "lo", "SMC-D" }, { found[1].path.interface.name, found[1].report.mode })
    assert.equal(0, support.run({ "ip", "link", "add", "live0", "type", "dummy" }).status)
    finally(function() support.run { "ip", "link", "del", "live0" } end)
    found = assert(json.decode(support.script("smc_chk.lua", "-l", "live0", "--json").stdout))
    assert.same({ { interface = "live0", message = "interface live0 has no address to connect to",
      errno = errno.EADDRNOTAVAIL } }, found)
    assert.equal(2, support.script("smc_chk.lua", "-l", "live0").status)
    assert.matches("no interface nosuch0", support.script("smc_chk.lua", "-l", "nosuch0").stderr)
  end)

  it("ends with 1 after a fallback, and says what to do #smcd #ism", function()
    local server <close> = support.start("smc_chk.lua", "-S")
    local port = server.stdout:read():match("%d+$")
    assert(ism.power_off("32"))
    finally(function() assert(ism.power_on("32")) end)
    local result = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", port)
    assert.equal(1, result.status)
    assert.matches("Failed  %(TCP fallback%), reasons:\n          Client:        0x03030000   ",
      result.stdout)
    assert.matches("          Server:        0x05000000   ", result.stdout)
    assert.matches("What is wrong:", result.stdout)
  end)

  it("ends with 2 where there is no connection or the words are wrong, and says why", function()
    for _, case in ipairs {
      { { "-C", "127.0.0.1", "-p", "4444" }, "connection refused" },
      { { "-C", "no.such.host.invalid" }, "unknown destination" },
      { { "-C", "127.0.0.1", "-p", "0" }, "1 to 65535" },
      { { "-C", "127.0.0.1", "-p", "70000" }, "1 to 65535" },
      { { "-C", "127.0.0.1", "-S" }, "can not be used together" },
      { { "-C", "127.0.0.1", "-t", "soon" }, "not a number of seconds" },
      { { "-i", "nosuch0" }, "nosuch0" },
      { { "-s", "nosuch0" }, "nosuch0" },
      { { "-i", "../../etc" }, "interface" },
      { {}, "is required" },
      { { "--nonsense" }, "unknown option" },
    } do
      local result = support.script("smc_chk.lua", table.unpack(case[1]))
      assert.equal(2, result.status, table.concat(case[1], " "))
      assert.matches(case[2], result.stderr)
      assert.matches("^smc_chk.lua: ", result.stderr)
    end
  end)

  it("prints an interface's PNET ID: that of its PCI function or channel path, or the table's", function()
    local net25 <const> = "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11) -- EBCDIC
    local sysfs <close> = support.tree {
      ["class/net/eno1/device"] = { "../../../devices/pci0001:00/0001:00:00.0" },
      ["devices/pci0001:00/0001:00:00.0/util_string"] = net25 .. ("\0"):rep(48),
      ["class/net/enc1000/device/chpid"] = "B4\n",
      ["class/net/enc1000/device/portno"] = "1\n",
      ["devices/css0/chp0.b4/util_string"] = ("\0"):rep(16) .. net25 .. ("\0"):rep(32),
    }
    for _, interface in ipairs { "eno1", "enc1000" } do
      assert.equal(0, support.run({ "ip", "link", "add", interface, "type", "dummy" }).status)
      local done = support.run { "unshare", "--mount", "sh", "-c",
        'mount --bind "$1" /sys && exec lua5.4 examples/smc_chk.lua -i "$2"', "sh", sysfs.root, interface }
      support.run { "ip", "link", "del", interface }
      assert.same({ status = 0, stdout = "NET25\n", stderr = "" }, done)
    end
    assert.equal(0, support.run({ "lab-setup", "pnet", "add", "TABLE", "eth", "lo" }).status)
    local done = support.script("smc_chk.lua", "-i", "lo")
    support.run { "lab-setup", "pnet", "del", "TABLE" }
    assert.same({ status = 0, stdout = "TABLE*\n", stderr = "" }, done)
  end)

  it("ends quietly on Ctrl-C", function()
    local server = support.start("smc_chk.lua", "-S")
    server.stdout:read()
    assert.same({ "exit", 130 }, { server.stop("INT") })
  end)

  it("has help and a version", function()
    for _, name in ipairs { "smc_chk.lua", "smcss.lua", "smc_run.lua", "echo_server.lua", "send_data.lua" } do
      local help, version = support.script(name, "--help"), support.script(name, "-v")
      assert.same({ 0, 0 }, { help.status, version.status })
      assert.matches("Usage: " .. name:gsub("%.", "%%."), help.stdout)
      assert.matches("^" .. name:gsub("%.", "%%."), version.stdout)
    end
  end)
end)

describe("echo_server.lua and send_data.lua", function()
  it("echo lines over SMC, and say so #smcd", function()
    local server <close> = support.start("echo_server.lua", "--host", "127.0.0.1", "--port", "12400")
    assert.equal("listening on 127.0.0.1 port 12400", server.stdout:read())
    local result = support.run({ "lua5.4", "examples/send_data.lua", "--port", "12400" }, "one\ntwo\n\nlast")
    assert.same({ 0, "one\ntwo\n\nlast" }, { result.status, result.stdout })
    assert.matches("connected over SMC%-D\n13 bytes sent, all came back; the kernel counted 13 of them ",
      result.stderr)
    assert.matches("connected, SMC%-D", server.stdout:read())
    assert.matches("closed after 13 bytes", server.stdout:read())
  end)

  it("have clear answers to bad input", function()
    local refused = support.run({ "lua5.4", "examples/send_data.lua", "--port", "4444" }, "x\n")
    assert.equal(2, refused.status)
    assert.matches("connection refused", refused.stderr)
    assert.equal(2, support.script("send_data.lua", "--port", "0").status)
    assert.equal(2, support.script("echo_server.lua", "--port", "70000").status)
    local server = support.script("echo_server.lua", "--host", "203.0.113.77")
    assert.equal(2, server.status)
    assert.matches("cannot listen on 203.0.113.77 port 12345", server.stderr)
  end)
end)

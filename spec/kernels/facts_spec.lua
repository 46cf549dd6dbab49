-- What belongs to some kernels and not to others: each fact with the versions that have it, asked of the
-- kernel at hand. It runs on every kernel of the lab, and on any that a developer brings.
local at_hand = require "kernel_at_hand"
local errno = require "smc.errno"
local smc = require "smc.socket"
local support = require "support"
local system = require "smc.system"

local function exists(path)
  local file <close> = io.open(path)
  return file ~= nil
end

-- What Python sees of a socket(2) that has no name in Lua: true, or the name of its error.
local function python(lines)
  local result = support.run { "python3", "-c", "import errno, socket\ntry:\n " .. lines:gsub("\n", "\n ")
    .. "\n print('yes')\nexcept OSError as e: print(errno.errorcode[e.errno])" }
  assert.equal("", result.stderr)
  return result.stdout:match("%S+")
end

describe("net/smc " .. at_hand.version, function()
  -- Since when, and a value that it takes.
  local SYSCTLS <const> = {
    autocorking_size = { "6.0", 65536 }, wmem = { "6.0", 65536 }, rmem = { "6.0", 65536 },
    smcr_buf_type = { "6.0", 0 }, smcr_testlink_time = { "6.0", 30 },
    smcr_max_links_per_lgr = { "6.7", 2 }, smcr_max_conns_per_lgr = { "6.7", 255 },
    limit_smc_hs = { "6.10", 0 },
  }
  for name, about in pairs(SYSCTLS) do
    local version <const>, value <const> = table.unpack(about)
    it(("has the sysctl %s since %s: before, it is absent and no zero"):format(name, version), function()
      local there = at_hand.since(version)
      assert.equal(there, exists("/proc/sys/net/smc/" .. name))
      local one, message, code = system.sysctl(name)
      if there then
        assert.equal(value, one.value, message)
      else
        assert.is_nil(one)
        assert.matches("has no sysctl net%.smc%." .. name, message)
        assert.equal(errno.ENOENT, code)
        assert.equal(errno.ENOENT, select(3, system.set_sysctl(name, value)))
      end
      local listed = false
      for _, sysctl in ipairs(system.sysctls()) do listed = listed or sysctl.name == name end
      assert.equal(there, listed)
    end)
  end

  it("has the class dibs since 6.18", function()
    assert.equal(at_hand.since "6.18", support.run({ "test", "-d", "/sys/class/dibs" }).status == 0)
  end)

  it("has SMC as a protocol of the Internet families since 6.11", function()
    assert.equal(at_hand.since "6.11" and "yes" or "EPROTONOSUPPORT",
      python "socket.socket(socket.AF_INET, socket.SOCK_STREAM, 256)")
    local sock, message = smc.tcp4 { protocol = "inet" }
    if at_hand.since "6.11" then return sock:close() end
    assert.is_nil(sock)
    assert.matches("older than 6%.11: IPPROTO_SMC is missing$", message)
    assert.same({ nil, message, errno.EPROTONOSUPPORT }, { system.available { protocol = "inet" } })
    smc.tcp4({ protocol = "auto" }):close()
  end)

  it("lets the commands list what there is, and be silent about what is not", function()
    for _, argv in ipairs { { "smcss", "-a" }, { "smcd", "info" }, { "smcd", "device" }, { "smcr", "device" },
      { "smcd", "linkgroup" }, { "smcr", "linkgroup" }, { "smcd", "stats" } } do
      local result = support.run { "lua5.4", ("examples/%s.lua"):format(argv[1]), argv[2] }
      assert.same({ 0, "" }, { result.status, result.stderr }, table.concat(argv, " "))
    end
  end)
end)

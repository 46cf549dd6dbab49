-- What fails answers nil, a message and an errno that has a name, and nothing else. A row for every public
-- function of these modules has calls that must fail everywhere, or a call that fails where the kernel has no
-- SMC; a function without a row fails.

local E = require "smc.errno"
local smc = require "smc"

-- Calls that fail on any machine, by the errno.
local FAILING <const> = {
  ["device.find"] = { { E.EINVAL, { fid = "xyz" } } },
  ["device.list"] = { { E.EINVAL, { fid = "xyz" } } },
  ["diag.sockets"] = { { E.ESRCH, { pid = 0x7fffffff } } },
  ["eid.add"] = { { E.EINVAL, "a_b" }, { E.EINVAL, "" }, { E.EINVAL, "A..B" }, { E.EINVAL, ("A"):rep(33) } },
  ["eid.ensure"] = { { E.EINVAL, "a_b" }, { E.EINVAL, "A..B", "present" }, { E.EINVAL, "a_b", "absent" } },
  ["eid.remove"] = { { E.EINVAL, "a_b" } },
  ["ism.ensure"] = { { E.EINVAL, "xyz", "on" }, { E.ENOENT, "7fffffff", "off" },
    { E.ENOENT, { slot = "no" }, "on" } },
  ["ism.fid"] = { { E.EINVAL, "123456789" }, { E.EINVAL, -1 } },
  ["ism.find"] = { { E.EINVAL, "0x" }, { E.ENOENT, "7fffffff" }, { E.ENOENT, "ffff:00:00.0" } },
  ["ism.list"] = { { E.EINVAL, { fid = "xyz" } }, { E.EINVAL, { pchid = -1 } } },
  ["ism.power_off"] = { { E.EINVAL, "xyz" }, { E.ENOENT, "7fffffff" } },
  ["ism.power_on"] = { { E.EINVAL, "xyz" }, { E.ENOENT, "7fffffff" } },
  ["linkgroup.find"] = { { E.EINVAL, "xyz" } },
  ["linkgroup.list"] = { { E.EINVAL, { id = "xyz" } } },
  ["pnet.add"] = { { E.EINVAL, { pnetid = "A-B", netdev = "lo" } },
    { E.EINVAL, { pnetid = "A", netdev = "a b" } }, { E.EINVAL, { pnetid = "A", ibdev = "x", ibport = 3 } } },
  ["pnet.ensure"] = { { E.EINVAL, { pnetid = "A-B", netdev = "lo" } },
    { E.EINVAL, { pnetid = "A-B" }, "absent" } },
  ["pnet.find"] = { { E.EINVAL, "A-B" } },
  ["pnet.list"] = { { E.EINVAL, { pnetid = "A-B" } } },
  ["pnet.of_interface"] = { { E.EINVAL, "a b" }, { E.ENODEV, "nosuch0" } },
  ["pnet.remove"] = { { E.EINVAL, "A-B" } },
  ["reason.get"] = { { E.ENOENT, "NOSUCH" }, { E.ENOENT } },
}

-- Calls that change nothing, and fail where there is no SMC, no such socket or no SEID.
local DEPENDING <const> = {
  ["device.dibs"] = {}, ["diag.find"] = { 1 << 62 }, ["diag.watch"] = {}, ["eid.find"] = { "NOSUCH" },
  ["eid.list"] = {},
  ["eid.seid"] = {}, ["ism.watch"] = {}, ["pnet.devices"] = {},
}

-- These change something where there is SMC, so that specs of the kernel call them; or they cannot fail.
local ELSEWHERE <const> = {
  ["eid.disable_seid"] = true, ["eid.enable_seid"] = true, ["eid.flush"] = true, ["pnet.flush"] = true,
  ["pnet.from_util_string"] = true, ["reason.all"] = true, ["reason.describe"] = true,
}

local function function_of(name)
  local module, key = name:match("^(%w+)%.(.+)$")
  return smc[module][key]
end

local function check(name, errno, results)
  assert.is_nil(results[1], name)
  assert.is_string(results[2], name)
  assert.is_true(#results[2] > 0)
  assert.equal("integer", math.type(results[3]), name)
  assert.is_string(E.name(results[3]), name)
  if errno then assert.equal(E.name(errno), E.name(results[3]), name) end
  assert.equal(3, results.n, name)
end

describe("what fails answers nil, message, errno:", function()
  for name, calls in pairs(FAILING) do
    it(name, function()
      for _, call in ipairs(calls) do
        check(name, call[1], table.pack(function_of(name)(table.unpack(call, 2))))
      end
    end)
  end

  for name, call in pairs(DEPENDING) do
    it(name .. ", where it fails", function()
      local results = table.pack(function_of(name)(table.unpack(call)))
      if results[1] == nil then return check(name, nil, results) end
      if name:find("watch$") then results[1]:close() end
    end)
  end

  it("every function has a row", function()
    for _, module in ipairs { "device", "diag", "eid", "ism", "linkgroup", "pnet", "reason" } do
      for key, value in pairs(smc[module]) do
        local name = module .. "." .. key
        if type(value) == "function" then
          assert.is_truthy(FAILING[name] or DEPENDING[name] or ELSEWHERE[name], name)
        end
      end
    end
  end)
end)

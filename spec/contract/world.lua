--- The implementations that the contract spec runs on, each with a peer process.

local process = require "smc.core.process"

local world = {}

local function luasocket() return require "socket" end
local function smc() return require "smc.socket" end

-- name; the module under test; the peer's module; where the peer runs; the mode that is expected
local all = {
  { "LuaSocket over TCP", luasocket, "socket", "127.0.0.1", nil },
  { "smc.socket over SMC-D", smc, "smc.socket", "127.0.0.1", "SMC-D" },
  { "smc.socket over a fallback to TCP", smc, "socket", "127.0.0.1", "TCP" },
}
local other_host = os.getenv "SMC_CONTRACT_PEER" -- has a peer.lua of smc.socket on port 9900
if other_host then table.insert(all, { "smc.socket over SMC-R", smc, "smc.socket", other_host, "SMC-R" }) end

local function start_peer(module, host, port)
  local pid, _, stdout = process.spawn({ "lua5.4", "spec/contract/peer.lua", module, host, tostring(port) },
    nil, { stdin = "null", stdout = "pipe" })
  assert(pid, _)
  assert(stdout:read() == "ready")
  return pid, stdout
end

--- The implementations, ready to be used after `open`.
function world.implementations()
  local list = {}
  for i, entry in ipairs(all) do
    local name, module, peer_module, host, mode = table.unpack(entry, 1, 5)
    local self = { name = name, host = host, mode = mode, ours = module == smc, module = module() }

    function self.open()
      local port = host == other_host and 9900 or 9900 + i
      if host ~= other_host then self.pid, self.stdout = start_peer(peer_module, host, port) end
      self.control = assert(self.module.connect(host, port))
      self.control:setoption("tcp-nodelay", true)
      self.port = tonumber(self.remote "return (select(2, server:getsockname()))")
    end

    function self.close()
      self.control:close()
      if self.pid then
        process.wait(self.pid)
        self.stdout:close()
      end
    end

    --- Has the peer do something and waits for the answer.
    function self.remote(code)
      assert(self.control:send((code:gsub("%s+", " ")) .. "\n"))
      local status, answer = assert(self.control:receive()):match("^(%a+) ?(.*)")
      assert(status == "ok", answer)
      return answer
    end

    --- Has the peer do something meanwhile.
    function self.later(code) return self.remote("later " .. code) end

    --- A new connection; the peer's end is its `data`.
    function self.connect()
      self.later "accept()"
      return assert(self.module.connect(host, self.port))
    end

    list[i] = self
  end
  return list
end

return world

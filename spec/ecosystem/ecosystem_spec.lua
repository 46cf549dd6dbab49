-- Real libraries drive SMC sockets, by the examples that show how.
local process = require "smc.core.process"
local socket = require "smc.socket"
local support = require "support"

-- Debian has copas and lua-http for Lua up to 5.3 only; these versions run on 5.4 as they are.
local LUA_PATH <const> = os.getenv("LUA_PATH") ..
  ";/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua;/usr/share/lua/5.3/?/init.lua"

local function example(name, ...)
  return support.run { "env", "LUA_PATH=" .. LUA_PATH, "lua5.4", "examples/ecosystem/" .. name, ... }
end

local function start(argv)
  local pid, _, stdout = process.spawn(argv, nil, { stdin = "null", stdout = "pipe" })
  assert(pid, _)
  return setmetatable({ stdout = stdout }, { __close = function()
    process.kill(pid, process.signals.TERM)
    process.wait(pid)
    stdout:close()
  end })
end

local function await_listener(port)
  support.await(function() return socket.connect("127.0.0.1", port) end):close()
end

-- A page served over SMC by a program that knows nothing of it.
local function web_server(port)
  local server = start { "lua5.4", "examples/smc_run.lua", "python3", "-m", "http.server", "--bind",
    "127.0.0.1", "--directory", "spec/ecosystem", tostring(port) }
  await_listener(port)
  return server
end

local function prints(expected, result)
  assert.same({ 0, "" }, { result.status, result.stderr })
  assert.matches(expected, result.stdout)
end

describe("an example without its arguments", function()
  for _, name in ipairs { "http_get.lua", "ltn12_pump.lua", "lua_http.lua", "luasec.lua" } do
    it("says how it is called: " .. name, function()
      local result = example(name)
      assert.same({ 2, "" }, { result.status, result.stdout })
      assert.matches("^usage: " .. name:gsub("%.", "%%."), result.stderr)
    end)
  end
end)

describe("over SMC-D", function()
  it("copas serves and connects", function()
    local result = example("copas_echo.lua")
    prints("SMC%-D\techo of client 1\n", result)
    assert.equal(5, select(2, result.stdout:gsub("SMC%-D\techo of client %d\n", "")))
  end)

  it("LuaSocket's http fetches a page", function()
    local server <close> = web_server(12360)
    assert.is_table(server)
    local url = "http://127.0.0.1:12360/ecosystem_spec.lua"
    prints("^SMC%-D\t200\t%d+ bytes\n$", example("http_get.lua", url))
  end)

  it("LTN12 pumps a file there and back", function()
    local server <close> = support.start("echo_server.lua", "--host", "127.0.0.1", "--port", "12361")
    server.stdout:read()
    prints("^SMC%-D\t%d+ bytes\tthe same came back\n$",
      example("ltn12_pump.lua", "127.0.0.1", "12361", "spec/ecosystem/ecosystem_spec.lua"))
  end)

  it("cqueues waits for sockets", function()
    prints("^SMC%-D\techo of hello\n$", example("cqueues_echo.lua"))
  end)

  it("luv watches sockets", function()
    prints("^SMC%-D\techo of hello\n$", example("luv_echo.lua"))
  end)

  it("lua-http takes a descriptor over", function()
    local server <close> = web_server(12362)
    assert.is_table(server)
    prints("^SMC%-D\t200\t%d+ bytes\n$", example("lua_http.lua", "127.0.0.1", "12362"))
  end)

  it("LuaSec takes both descriptors over", function()
    local key, certificate = os.tmpname(), os.tmpname()
    support.run { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
      "-subj", "/CN=lab", "-keyout", key, "-out", certificate }
    local server <close> = start { "lua5.4", "examples/ecosystem/luasec.lua", "server", key, certificate,
      "12363" }
    assert.equal("ready", server.stdout:read())
    prints("^SMC%-D\tTLSv1%.%d\techo of hello\n$", example("luasec.lua", "client", "12363"))
    os.remove(key)
    os.remove(certificate)
  end)
end)

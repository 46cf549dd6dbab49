--- LuaSocket's HTTP client over SMC: http_get.lua URL
local http = require "socket.http"
local ltn12 = require "ltn12"
local socket = require "smc.socket"
local try = socket.try -- ends the program with a message

if not arg[1] then
  io.stderr:write "usage: http_get.lua URL\n"
  os.exit(2)
end
local url, mode = arg[1], "no connection"
local page = {}

local ok, status = http.request {
  url = url,
  sink = ltn12.sink.table(page),
  create = function()
    local sock = try(socket.tcp())
    -- http closes the socket when it is done: the mode is asked when it has connected
    return setmetatable({}, { __index = function(_, name)
      return function(_, ...)
        local a, b, c = sock[name](sock, ...)
        if name == "connect" and a then mode = sock:mode() end
        return a, b, c
      end
    end })
  end,
}
print(mode, ok and status or "failed: " .. status, #table.concat(page) .. " bytes")

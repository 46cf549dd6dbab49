--- lua-http takes over the descriptor of a connected SMC socket: lua_http.lua HOST PORT
local client = require "http.client"
local cqueues_socket = require "cqueues.socket"
local headers = require "http.headers"
local socket = require "smc.socket"
local try = socket.try -- ends the program with a message

local host, port = table.unpack(arg)
if not port then
  io.stderr:write "usage: lua_http.lua HOST PORT\n"
  os.exit(2)
end
local sock = try(socket.connect(host, port))
local mode = sock:mode()
local descriptor = sock:getfd()
sock:setfd(-1) -- it is theirs now
local connection = try(client.negotiate(try(cqueues_socket.fdopen(descriptor)), { tls = false }))

local request = headers.new()
request:append(":method", "GET")
request:append(":scheme", "http")
request:append(":authority", host .. ":" .. port)
request:append(":path", "/")
local stream = connection:new_stream()
try(stream:write_headers(request, true, 10))
local answer = try(stream:get_headers(10))
print(mode, answer:get(":status"), #stream:get_body_as_string(10) .. " bytes")
connection:close()

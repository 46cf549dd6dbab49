-- Text with a zero byte is refused wherever C would take the part in front of it for all.

local netlink = require "smc.core.netlink"
local os_core = require "smc.core.os"
local packet = require "smc.core.packet"
local poller = require "smc.core.poller"
local process = require "smc.core.process"
local socket = require "smc.socket"
local socket_core = require "smc.core.socket"
local sysfs = require "smc.core.sysfs"

describe("text with a zero byte is refused by", function()
  local sock = assert(socket.tcp { fallback = "tcp" })
  local epoll = assert(poller.new())

  for name, call in pairs {
    ["os.entries"] = function() os_core.entries("/\0x") end,
    ["os.readlink"] = function() os_core.readlink("/proc/self\0x") end,
    ["os.make_folder"] = function() os_core.make_folder("/proc\0x") end,
    ["os.temporary_folder"] = function() os_core.temporary_folder("/none/\0x") end,
    ["packet.open"] = function() packet.open("lo\0x", ("\0"):rep(8)) end,
    ["netlink.route"] = function() netlink.route("127.0.0.1\0x") end,
    ["sysfs.attributes, the directory"] = function() sysfs.attributes("/proc\0x", {}) end,
    ["sysfs.attributes, a name"] = function() sysfs.attributes("/proc", { "uptime\0x" }) end,
    ["sysfs.async_write"] = function() sysfs.async_write("/dev/null\0x", "1") end,
    ["process.realpath"] = function() process.realpath("/proc\0x") end,
    ["process.executable"] = function() process.executable("/bin/sh\0x") end,
    ["process.permissions"] = function() process.permissions("/bin/sh\0x") end,
    ["process.needs_secure_exec"] = function() process.needs_secure_exec("/bin/sh\0x") end,
    ["process.exec, an argument"] = function() process.exec { "true", "x\0" } end,
    ["process.exec, a variable"] = function() process.exec({ "true" }, { A = "x\0" }) end,
    ["process.spawn"] = function() process.spawn { "true\0" } end,
    ["poller:add"] = function() epoll:add(0, "r\0w") end,
    ["poller.signals"] = function() poller.signals("USR1\0") end,
    ["pnet_add"] = function() netlink.pnet_add("NET1\0x", "lo") end,
    ["pnet_add, an interface"] = function() netlink.pnet_add("NET1", "lo\0x") end,
    ["pnet_add, a device"] = function() netlink.pnet_add("NET1", nil, "mlx5_0\0x", 1) end,
    ["pnet_remove"] = function() netlink.pnet_remove("NET1\0x") end,
    ["ueid_add"] = function() netlink.ueid_add("UEID\0x") end,
    ["ueid_remove"] = function() netlink.ueid_remove("UEID\0x") end,
    ["sock:bind"] = function() sock:bind("*\0", 0) end,
    ["sock:bind, a service"] = function() sock:bind("*", "http\0") end,
    ["sock:connect"] = function() sock:connect("localhost\0", 1) end,
    ["sock:setoption"] = function() sock:setoption("keepalive\0", true) end,
    ["sock:getoption"] = function() sock:getoption("keepalive\0") end,
    ["the option bindtodevice"] = function() sock:setoption("bindtodevice", "lo\0x") end,
    ["socket.lookup"] = function() socket_core.lookup("localhost\0") end,
    ["socket.nameinfo"] = function() socket_core.nameinfo("localhost\0") end,
    ["socket.resolve"] = function() socket_core.resolve("localhost\0", 1, 0) end,
  } do
    it(name, function() assert.error_matches(call, "bad argument #%d to ") end)
  end
end)

-- Descriptors that only garbage holds are there for whoever needs one: the collector counts bytes, not
-- descriptors, and would come too late.

local support = require "support"

describe("where garbage holds all descriptors", function()
  for what, code in pairs {
    ["a socket is opened"] = "socket.tcp4 { fallback = 'tcp' }",
    ["a socket listens"] = "socket.bind('127.0.0.1', 0, 1, { fallback = 'tcp' })",
    ["a poller is made"] = "poller.new()",
    ["signals are waited for"] = "poller.signals('USR1')",
    ["a program is started"] = "process.spawn({ 'true' }, { stdin = 'pipe', stdout = 'pipe' })",
    ["a folder is listed, and files are read"] = "ism.list { all = true }",
    ["functions are watched"] = "ism.watch()",
    ["a program is looked at"] = "run.convertible 'sh'",
    ["a program is started with /dev/null"] = "process.spawn({ 'true' }, { stdin = 'null' })",
    ["a connection is accepted"] = "server:accept()",
    ["a socket connects"] = "socket.connect('127.0.0.1', port, { fallback = 'tcp' })",
    ["a name is resolved"] = "socket.resolve('localhost')",
    ["a service is resolved"] = "socket.bind('127.0.0.1', 'http-alt', { fallback = 'tcp' }) or true",
    ["LuaSocket's dns resolves a name"] = "socket.dns.toip('localhost')",
    ["LuaSocket's dns resolves an address"] = "socket.dns.tohostname('127.0.0.1')",
    ["an interface is named"] = "netlink.interface_name(1)",
    ["TCP sockets are listed"] = "netlink.inet_diag(false, true)",
    ["a timer is made"] = "os_core.timer(1)",
    ["uevents are received"] = "sysfs.uevents()",
    ["a file is written in another process"] = "sysfs.async_write('/dev/null', '1'):wait(60)",
    ["a process is waited for by its descriptor"] = "child:getfd() > 0",
    ["SMC is looked for"] = "select(3, system.available()) ~= E.EMFILE",
    ["a sysctl is written"] = "select(3, system.set_sysctl('rmem', 65536)) ~= E.EMFILE",
    ["a file of /proc is read"] = "run.attainable { receive_buffer = '1m' } ~= nil",
  } do
    it(what, function()
      assert.equal("fine\n", support.run_by({ "sh", "-c", 'ulimit -n 40; exec "$@"', "sh" }, ([[
        local socket, poller, process = require "smc.socket", require "smc.poller", require "smc.process"
        local ism, run, system = require "smc.ism", require "smc.run", require "smc.system"
        local netlink, os_core = require "smc.core.netlink", require "smc.core.os"
        local sysfs, E = require "smc.core.sysfs", require "smc.errno"
        local server = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
        local port = select(2, server:getsockname())
        local client = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
        local child = assert(process.spawn { "true" })
        assert(client)
        system.set_sysctl("rmem", 1) -- refused, but loads what it needs
        require "smc.ism.watch"
        require "smc.device"
        assert(socket.dns)
        require "smc.internal.kernel_module"
        collectgarbage("stop")
        repeat until not io.open("/dev/null")
        assert(%s)
        print("fine")
      ]]):format(code)))
    end)
  end
end)

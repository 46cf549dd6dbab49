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
    ["a file of /proc is read"] = "run.attainable { receive_buffer = '1m' } ~= nil",
  } do
    it(what, function()
      assert.equal("fine\n", support.run_by({ "sh", "-c", 'ulimit -n 40; exec "$@"', "sh" }, ([[
        local socket, poller, process = require "smc.socket", require "smc.poller", require "smc.process"
        local ism, run = require "smc.ism", require "smc.run"
        require "smc.ism.watch"
        require "smc.device"
        require "smc.internal.kernel_module"
        collectgarbage("stop")
        repeat until not io.open("/dev/null")
        assert(%s)
        print("fine")
      ]]):format(code)))
    end)
  end
end)

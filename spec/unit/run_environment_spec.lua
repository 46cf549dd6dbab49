-- smc.run: sizes, the library, and the environment that it is put into.

local E = require "smc.errno"
local run = require "smc.run"
local support = require "unit.run_support"

local ENOENT <const>, EINVAL <const> = E.ENOENT, E.EINVAL

local sh = support.sh

describe("smc.run", function()
  local folder

  setup(function()
    folder = support.open_workshop()
  end)

  teardown(support.close_workshop)

  describe("size", function()
    it("reads bytes, and suffixes k and m in either case", function()
      for text, bytes in pairs {
        ["8k"] = 8192, ["8192"] = 8192, ["64K"] = 65536, ["1m"] = 1048576, ["1M"] = 1048576,
        ["512m"] = 1 << 29,
        ["1024k"] = 1048576, ["0000000000000000000064k"] = 65536, [10000] = 10000,
      } do
        local got = run.size(text)
        assert.equal(bytes, got)
        assert.equal("integer", math.type(got))
      end
    end)

    it("wants 8k to 512m", function()
      for text, word in pairs {
        ["7k"] = "small", ["8191"] = "small", ["0"] = "small", [0] = "small", ["536870913"] = "large",
        ["513m"] = "large", ["9223372036854775807k"] = "large", ["17592186044416m"] = "large",
        [("9"):rep(400)] = "large",
      } do
        support.fails("too " .. word .. ": 8k to 512m", EINVAL, run.size(text))
      end
    end)

    it("refuses what is no size", function()
      for _, text in ipairs {
        "", "k", "64 k", " 64k", "64kb", "-64k", "+64k", "0x10000", "1e5", "1.5m", "64k\0",
      } do
        support.fails("is not a buffer size", EINVAL, run.size(text))
      end
    end)

    it("throws for other types", function()
      assert.error_matches(function() run.size(nil) end, "got nil")
      assert.error_matches(function() run.size {} end, "got table")
      assert.error_matches(function() run.size(65536.5) end, "got 65536.5")
    end)
  end)

  describe("library", function()
    local cpath = package.cpath
    after_each(function() package.cpath = cpath end)

    it("is an absolute path", function()
      local path = assert(run.library())
      assert.equal("/", path:sub(1, 1))
      assert.matches("/smc/preload%.so$", path)
    end)

    it("is missed with a message", function()
      package.cpath = folder .. "/?.so"
      local path, message, errno = run.library()
      assert.is_nil(path)
      assert.matches("preload.so", message, 1, true)
      assert.equal(ENOENT, errno)
    end)

    it("is refused where LD_PRELOAD cannot name it", function()
      for _, name in ipairs { "a b", "a:b", "a$b" } do
        sh("mkdir -p '%s/%s/smc'; : > '%s/%s/smc/preload.so'", folder, name, folder, name)
        package.cpath = folder .. "/" .. name .. "/?.so"
        support.fails("Install the module elsewhere", EINVAL, run.library())
      end
    end)
  end)

  describe("library below a path with blanks", function()
    local cpath = package.cpath

    after_each(function() package.cpath = cpath end)

    it("is preloaded by way of a symbolic link without them", function()
      local installed = run.library()
      sh("mkdir -p '%s/an installation/smc' && cp %s '%s/an installation/smc'", folder, installed, folder)
      sh("ln -s 'an installation' %s/link && cc -o %s/chain spec/kernel/programs/chain.c", folder, folder)
      local expected = { support.finish { folder .. "/chain", "0" } }
      assert.not_equal("2\n", expected[3])
      package.cpath = folder .. "/link/?.so;" .. cpath
      assert.equal(folder .. "/link/smc/preload.so", run.library())
      assert.same(expected, { support.finish { folder .. "/chain", "0" } })
    end)
  end)

  describe("environment", function()
    it("adds the library, and nothing that was not asked for", function()
      local given = { HOME = "/root" }
      assert.same({ HOME = "/root", LD_PRELOAD = run.library() }, run.environment { env = given })
      assert.same({ HOME = "/root" }, given)
    end)

    it("puts the options into variables", function()
      assert.same({
        LD_PRELOAD = run.library(), SMC_DEBUG = "1", SMC_FALLBACK = "tcp",
        SMC_RCVBUF = "65536", SMC_SNDBUF = "131072",
      }, run.environment {
        receive_buffer = "64k", send_buffer = 131072, debug = true, fallback = "tcp", env = {},
      })
      assert.equal("0", run.environment({ debug = false, env = { SMC_DEBUG = "1" } }).SMC_DEBUG)
    end)

    it("keeps the caller's LD_PRELOAD, and does not add twice", function()
      local ours = run.library()
      local function after(preload)
        return run.environment({ env = { LD_PRELOAD = preload } }).LD_PRELOAD
      end
      assert.equal(ours, after(""))
      assert.equal("/a.so b.so:" .. ours, after("/a.so b.so"))
      assert.equal(ours .. " /a.so", after(ours .. " /a.so"))
      assert.equal("/a.so:" .. ours, after("/a.so:" .. ours))
      assert.equal(after("/a.so"), after(after("/a.so")))
      assert.equal(ours .. ".old:" .. ours, after(ours .. ".old"))
    end)

    it("begins with this process's environment, or with `env`", function()
      assert.equal(os.getenv("PATH"), run.environment().PATH)
      assert.equal("/here", run.environment({ env = { PATH = "/here" } }).PATH)
    end)

    it("is read by all where the command is not one that changes its user", function()
      for command, changes in pairs { ["su"] = true, ["/usr/bin/su"] = true, ["./sshd"] = true,
        ["cat"] = false, ["/su/cat"] = false, ["sux"] = false, [""] = false } do
        assert.equal(changes, require "smc.run.users"(command), command)
      end
    end)

    it("answers with an error for a bad size", function()
      support.fails("4k is too small", EINVAL, run.environment { receive_buffer = "4k" })
    end)

    it("throws for a caller's mistake", function()
      for pattern, options in pairs {
        ["bad option 'recieve_buffer' (it is unknown"] = { recieve_buffer = "64k" },
        ["bad option '1' (it is unknown"] = { "64k" },
        ["bad option 'stdin' (it is unknown"] = { stdin = "pipe" },
        ["bad option 'receive_buffer' (integer or string expected"] = { receive_buffer = true },
        ["bad option 'send_buffer' (integer or string expected"] = { send_buffer = 65536.5 },
        ["bad option 'debug' (boolean expected"] = { debug = "yes" },
        ["bad option 'fallback' (\"tcp\" expected"] = { fallback = "TCP" },
        ["bad option 'unreachable' (\"run\" expected"] = { unreachable = true },
        ["bad argument #1 to 'environment' (table expected, got string)"] = "64k",
      } do
        assert.error_matches(function() run.environment(options) end, pattern, 1, true)
      end
    end)
  end)
end)

-- smc.run: which programs can be turned into SMC.

local E = require "smc.errno"
local run = require "smc.run"
local support = require "unit.run_support"

local sh, read_all, write = support.sh, support.read_all, support.write

describe("smc.run", function()
  local folder, sockets

  setup(function()
    folder, sockets = support.open_workshop()
  end)

  teardown(support.close_workshop)

  describe("convertible", function()
    it("says yes to dynamic programs, by name or path, and to scripts that run in one", function()
      assert.is_true(run.convertible("ls"))
      assert.is_true(run.convertible("/bin/sh"))
      assert.is_true(run.convertible(sockets))
      assert.is_true(run.convertible(write("script", "#!/bin/sh -e\nexit\n")))
      assert.is_true(run.convertible(write("env_script", "#!/usr/bin/env -S A=1 sh\nexit\n")))
      assert.is_true(run.convertible(write("bare_script", "exit\n")))
    end)

    it("says no to static programs, and to scripts that run in one", function()
      local fine, why = run.convertible("busybox")
      assert.is_false(fine)
      assert.equal("busybox is a static program: its sockets stay TCP", why)

      local busybox = read_all("command -v busybox"):gsub("%s+$", "")
      local script = write("static_script", "#! " .. busybox .. " sh\nexit\n")
      fine, why = run.convertible(script)
      assert.is_false(fine)
      assert.matches(busybox .. ", which runs " .. script .. ", is a static program", why, 1, true)
      assert.is_false(run.convertible(write("script_of_script", "#!" .. script .. "\n")))
      assert.is_false(run.convertible(write("env_static", "#!/usr/bin/env -S busybox sh\n")))
    end)

    it("tells static from dynamic in what the compiler makes", function()
      local source = "spec/kernel/programs/early_main.c"
      for flags, fine in pairs {
        ["-static"] = false, ["-static-pie"] = false, ["-pie"] = true, ["-no-pie"] = true,
      } do
        local path = folder .. "/compiled" .. flags
        sh("cc -fPIE -Dearly_domain=getpid -w %s -o %s %s", flags, path, source)
        assert.equal(fine, (run.convertible(path)))
      end
    end)

    it("reads programs of other architectures, of either width and byte order", function()
      -- types are those of the program headers: 3 is PT_INTERP, 6 PT_PHDR
      local function elf64(order, machine, ...)
        local image = { "\x7fELF\2" .. (order == ">" and "\2" or "\1") .. "\1" .. ("\0"):rep(9)
          .. string.pack(order .. "I2I2I4I8I8I8I4I2I2I2I2I2I2",
            2, machine, 1, 0, 64, 0, 0, 64, 56, select("#", ...), 0, 0, 0) }
        for _, kind in ipairs { ... } do
          image[#image + 1] = string.pack(order .. "I4", kind) .. ("\0"):rep(52)
        end
        return table.concat(image)
      end
      local arm32 = "\x7fELF\1\1\1" .. ("\0"):rep(9)
        .. string.pack("<I2I2I4I4I4I4I4I2I2I2I2I2I2", 2, 40, 1, 0, 52, 0, 0, 52, 32, 1, 0, 0, 0)
        .. string.pack("<I4", 3) .. ("\0"):rep(28)
      local SPARC <const>, RISCV <const> = 43, 243
      -- patchelf(1) puts the program headers behind everything else
      local function moved(image)
        return image:sub(1, 32) .. string.pack("<I8", 100000) .. image:sub(41, 64) .. ("\0"):rep(100000 - 64)
          .. image:sub(65)
      end
      for why, images in pairs {
        ["of another architecture"] = { elf64(">", SPARC, 6, 3), elf64("<", RISCV, 6, 3), arm32,
          moved(elf64("<", RISCV, 6, 3)) },
        ["a static program"] = {
          elf64(">", SPARC, 6, 1), elf64("<", RISCV), moved(elf64("<", RISCV, 6)),
          (arm32:gsub("\3(\0+)$", "\1%1")),
        },
      } do
        for _, image in ipairs(images) do
          local fine, message = run.convertible(write("foreign", image))
          assert.is_false(fine)
          assert.matches(why, message)
        end
      end
    end)

    it("says yes to the dynamic linker as a command, which preloads what it is told", function()
      sh("musl-gcc -o %s/musl_sockets spec/kernel/programs/sockets.c", folder)
      for _, path in ipairs { sockets, folder .. "/musl_sockets" } do
        local linker = read_all("readelf -l " .. path):match("interpreter: ([^%]]*)")
        assert.is_true(run.convertible(linker))
        if path == sockets or support.suits_musl() then
          local _, _, out = support.finish { linker, path, "2,1,0" }
          assert.equal(read_all(path .. " 43,1,0"), out)
        end
        assert.equal("socket 2 1 6", read_all(("%s %s 2,1,0"):format(linker, path)):sub(1, 12))
      end
    end)

    it("leaves broken files to exec", function()
      local far = "\x7fELF\2\1\1" .. ("\0"):rep(9) .. string.pack("<I2I2I4i8i8i8I4I2I2I2", 2, 62, 1, 0,
        math.maxinteger - 2, 0, 0, 64, 56, 1) .. ("\0"):rep(6)
      assert.is_boolean((run.convertible(write("far", far))))
      local file <close> = assert(io.open(sockets, "rb"))
      local image = file:read("a")
      for _, length in ipairs { 0, 3, 4, 5, 20, 63, 64, 100, 200 } do
        assert.is_true(run.convertible(write("broken", image:sub(1, length))))
      end
      for at = 33, 58 do
        local fine = run.convertible(write("broken", image:sub(1, at - 1) .. "\xff" .. image:sub(at + 1)))
        assert.is_boolean(fine)
      end
    end)

    it("ends with scripts that run themselves", function()
      local loop = folder .. "/loop"
      for _, line in ipairs { "#!", "#!/usr/bin/env ", "#!/usr/bin/env -S A=1 " } do
        local fine, message, errno = run.convertible(write("loop", line .. loop .. "\n"))
        assert.is_nil(fine)
        assert.matches(loop, message, 1, true)
        assert.equal(E.ELOOP, errno)
      end
    end)

    it("tells a look that failed", function()
      local busybox = read_all("command -v busybox"):gsub("%s+$", "")
      local said = support.lua({ "sh", "-c", 'ulimit -n 30; exec "$@"', "-" }, ([[
        local run = require "smc.run"
        run.library() -- loads all that is loaded when it is needed
        local held, file = {}, nil
        repeat
          file = io.open("/dev/null")
          held[#held + 1] = file
        until not file
        print(run.convertible(%q))
        print(require "smc.run.program".preloadable(%q))]]):format(busybox, busybox))
      local words = "nil\t%s: Too many open files\t" .. E.EMFILE .. "\n"
      assert.equal(words:format(run.library()) .. words:format(busybox), said)
    end)

    it("says no to programs that gain privileges", function()
      local program = "/usr/bin/passwd" -- setuid root
      if read_all("id -u"):find("^0") then
        program = folder .. "/setuid"
        sh("cp %s %s && chown 1 %s && chmod 4755 %s", sockets, program, program, program)
      end
      local fine, why = run.convertible(program)
      assert.is_false(fine)
      assert.matches("gains privileges", why)
    end)

    it("says no to programs with capabilities, but to root, who gains none by them", function()
      local program, user = folder .. "/capable", { "unshare", "--user" } -- some other user than root
      local is_root = read_all("id -u"):find "^0"
      sh("cp %s %s", sockets, program)
      if is_root then -- cap_net_raw, as struct vfs_cap_data of revision 2 has it
        local bytes = string.pack("<I4I4I4I4I4", 0x02000001, 1 << 13, 0, 0, 0):gsub(".", function(byte)
          return ("\\x%02x"):format(byte:byte())
        end)
        sh([[python3 -c "import os; os.setxattr('%s', 'security.capability', b'%s')"]], program, bytes)
        assert.is_true((run.convertible(program)))
      end
      if not os.execute "unshare --user true 2>/dev/null" then user = { "env" } end
      local said = support.lua(user, ([[
        local convertible = require "smc.run".convertible
        print((convertible(%q)), (convertible(%q)))]]):format(sockets, program))
      assert.equal(is_root and user[1] == "unshare" and "true\tfalse\n" or "true\ttrue\n", said)
    end)

    -- execve(2): the bits alone do nothing, only another owner's.
    it("says no by owner, group and mode together", function()
      local program = write("modes", "x", "755")
      sh("cp %s %s", sockets, program)
      for modes, fine in pairs {
        ["4755"] = { own = true, other = false }, ["2755"] = { own = true, other = false },
        ["2745"] = { own = true, other = true }, ["6745"] = { own = true, other = false },
        ["1755"] = { own = true, other = true },
      } do
        for owner, is_fine in pairs(fine) do
          local can = owner == "own" or read_all("id -u"):find "^0"
          if can then
            sh("chown %s %s && chmod %s %s", owner == "own" and "$(id -u):$(id -g)" or "1:1", program, modes,
              program)
            assert.equal(tonumber(modes, 8), require "smc.core.process".permissions(program))
            assert.equal(is_fine, (run.convertible(program)), modes .. " " .. owner)
          end
        end
      end
    end)

    it("says yes to them where nothing gains privileges", function()
      local program = folder .. "/unprivileged"
      sh("cp %s %s; chown 1 %s 2>/dev/null; chmod 4755 %s", sockets, program, program, program)
      local said = support.lua({ "setpriv", "--no-new-privs" },
        ("print((require 'smc.run'.convertible(%q)))"):format(program))
      assert.equal("true\n", said)
      local _, _, out = support.finish { "setpriv", "--no-new-privs", program, "2,1,0" }
      assert.equal(read_all(sockets .. " 43,1,0"), out)
    end)

    it("tells what cannot be executed", function()
      local fine, message, errno = run.convertible("no-such-program")
      assert.is_nil(fine)
      assert.matches("no%-such%-program: not found in PATH", message)
      assert.equal(E.ENOENT, errno)
      fine, message, errno = run.convertible("/no/such/program")
      assert.is_nil(fine)
      assert.matches("/no/such/program: No such file", message)
      assert.equal(E.ENOENT, errno)
      assert.equal(E.EACCES, select(3, run.convertible(write("plain", "x", "644"))))
      assert.equal(E.EACCES, select(3, run.convertible("/")))
      -- One of that name which may not be executed is said, whatever comes after it in PATH.
      local code = 'print(select(3, require "smc.run".convertible "plain"))'
      local words = { "env", ("PATH=/none:%s:/bin:/none"):format(folder) }
      assert.equal(E.EACCES .. "\n", support.lua(words, code))
    end)

    -- execvp(3): the first file of that name that can be started is the one, though it starts nothing then.
    it("looks in PATH as far as there is something to start", function()
      sh("mkdir -p %s/first %s/second", folder, folder)
      local first, second = write("first/tool", "#!/usr/bin/env no-such-tool\n"), folder .. "/second/tool"
      sh("cp %s %s && chmod 755 %s", sockets, second, second)
      local function said(...)
        local words = { "env", "PATH=" .. table.concat({ ... }, ":") .. ":/bin:/usr/bin" }
        return support.lua(words, [[local can, _, errno = require "smc.run".convertible "tool"
          print(can, can == nil and errno)]])
      end
      assert.equal("true\tfalse\n", said("/none", sockets, folder .. "/second")) -- sockets is no folder
      assert.equal("nil\t" .. E.ENOENT .. "\n", said(folder .. "/first", folder .. "/second"))
      assert.is_string(first)
    end)

    it("finds a library in a list of ld.so's, in whose separators blanks count", function()
      local is_listed = require "smc.run.program".is_listed
      for list, is_in in pairs { ["/a.so"] = true, ["/b.so:/a.so"] = true, ["/b.so /a.so"] = true,
        ["/a.so /b.so:/c.so"] = true, [" /a.so "] = true, ["/a.so.1"] = false, ["/b/a.so"] = false,
        [""] = false } do
        assert.equal(is_in, is_listed(list, "/a.so"), list)
      end
      assert.is_false(is_listed(nil, "/a.so"))
    end)
  end)

  describe("attainable", function()
    it("is a boolean with a reason", function()
      local fine, why = run.attainable { receive_buffer = "1m", send_buffer = "1m" }
      assert.is_boolean(fine)
      assert.equal(fine, why == nil)
      assert.is_true(run.attainable { receive_buffer = "8k" })
      assert.is_true(run.attainable())
    end)
  end)
end)

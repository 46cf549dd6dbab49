-- The lab itself: real guests, as few as will do. `make test` leaves out what is #slow; `make check` has it.

local here = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$") or "."

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function capture(command)
  local pipe = assert(io.popen(command, "r"))
  local text = pipe:read("a")
  pipe:close()
  return (text:gsub("\n$", ""))
end

local function quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local lab = quote(capture("readlink -f " .. quote(here)) .. "/lab")
local top = capture("readlink -f " .. quote(here .. "/../.."))

describe("the lab", function()
  local scratch

  -- Runs a shell command on the host: exit status, standard output, standard error.
  local function host(command)
    local _, _, status = os.execute(
      ("( %s ) >%s/stdout 2>%s/stderr </dev/null"):format(command, scratch, scratch))
    return status, read(scratch .. "/stdout"), read(scratch .. "/stderr")
  end

  -- lab with options and a script for the guest's shell, and that script's arguments.
  local function guest(options, script, ...)
    local words = {lab, "run", options, "--", "sh -c", quote(script), "sh"}
    for _, word in ipairs {...} do
      words[#words + 1] = quote(word)
    end
    return host(table.concat(words, " "))
  end

  setup(function()
    scratch = capture("mktemp -d")
    assert(os.execute(lab .. " build"))
  end)

  teardown(function()
    os.execute("rm -rf " .. quote(scratch))
  end)

  it("refuses wrong use with status 2", function()
    local wrong = {"", "fly", "run", "run --fly -- true", "run --memory much -- true", "pair -- true",
      "run --ism fid=x -- true", "run --ism size=1 -- true", "run --ism --loopback -- true",
      "run --loopback --hosts -- true ::: true", "run --ism fid=1 --hosts -- true ::: true",
      "run --tcp-only --hosts -- true ::: true", "run --hosts -- true", "pair --ism -- true ::: true",
      "run --kernel 5 -- true", "run --kernel own -- true", "run --modules / -- true", "build --kernel",
      "run --kernel 6.12 --kernel-image x -- true", "run --kernel-image /none --modules / -- true",
      "run --kernel-image /etc/passwd --modules / -- true", "run --kernel-image /etc/passwd -- true"}
    for _, words in ipairs(wrong) do
      local status, out, err = host(lab .. " " .. words)
      assert.equal(2, status, words)
      assert.equal("", out)
      assert.truthy(err:find("^lab: "), words)
    end
    local status, out = host(lab .. " pair --help")
    assert.equal(0, status)
    assert.truthy(out:find("COMMAND10… ::: COMMAND12…", 1, true))
  end)

  it("says what each of its kernels is and costs", function()
    local status, out = host(lab .. " build --help")
    assert.equal(0, status)
    local kernels = 0
    for name in capture("ls " .. quote(here .. "/lib/kernels")):gmatch("(%S+)%.bash") do
      if name ~= "own" then
        kernels = kernels + 1
        assert.truthy(out:find("\n  " .. name:gsub("%.", "%%.") .. " [^\n]+\n +[^\n]*%d+ MB"), name)
      end
    end
    assert.is_true(kernels > 0)
  end)

  it("runs a command as it is, and gives its streams and status back", function()
    local mark = "/etc/lab-was-here." .. scratch:match("[^.]+$")
    local script = ([[
      printf 'out\000\377'; echo err >&2
      for word; do printf '<%%s>' "$word"; done; echo
      pwd; echo "$SMC_LAB $GREETING"; echo "$LUA_PATH|$LUA_CPATH"
      echo kept > "$LAB_OUT/file"
      echo lost > %s && cat %s; echo lost > %s/lost && cat %s/lost
      grep -c '^SMC' /proc/net/protocols; ls -d /sys/module/smc_diag
      lab-setup ueid del SMCV2-LAB && echo ueid; cat /sys/class/net/lo/operstate
      ip netns add there && echo netns; date +%%s
      exit 7]]):format(mark, mark, quote(scratch), quote(scratch))
    local words = {"a b", "it's \"quoted\"", "two\nlines", "", "*", "$HOME"}
    local status, out, err = guest(
      "--env 'GREETING=good day' --out " .. quote(scratch .. "/back"), script, table.unpack(words))
    assert.equal("err\n", err)
    assert.equal(7, status)
    local expected = "out\0\255<" .. table.concat(words, "><") .. ">\n"
      .. capture("pwd -P") .. "\n1 good day\n"
      .. ("%s/lua/?.lua;%s/lua/?/init.lua;;|%s/build/?.so;;\n"):format(top, top, top)
      .. "lost\nlost\n2\n/sys/module/smc_diag\nueid\nunknown\nnetns\n"
    assert.equal(expected, out:sub(1, #expected))
    assert.near(os.time(), tonumber(out:sub(#expected + 1)), 60)
    assert.equal("kept\n", read(scratch .. "/back/file"))
    assert.is_nil(io.open(mark))
    assert.is_nil(io.open(scratch .. "/lost"))
  end)

  -- What a guest says of its SMC-D devices, as far as that is the lab's own doing.
  local devices = [[lspci; for slot in /sys/bus/pci/slots/*; do
      [ -e $slot ] && echo "$(basename $slot) $(cat $slot/power $slot/address)"; done
    lua5.4 -e 'print((require "smc.eid".seid() or {}).seid)
      for _, f in ipairs(require "smc.ism".list { all = true }) do
        print(("%x %s %s"):format(f.fid, f.power, f.ports[1] and f.ports[1].pnetid))
      end']]
  local ism = "Non-VGA unclassified device: IBM Internal Shared Memory (ISM) virtual PCI device\n"

  -- Where a guest's kernel measures its clock itself, a busy machine's guests stop in the middle of it.
  it("gives a guest an ISM function with its slot, an SEID, and the speed of its clock", function()
    local status, out, err = guest("", devices .. [[;
      cat /sys/devices/system/clocksource/clocksource0/current_clocksource; dmesg | grep tsc:]])
    assert.equal("", err)
    assert.equal(0, status)
    local expected = "00:00.0 " .. ism .. "00000032 1\n0000:00:00\nIBM-SYSZ-ISMSEID0000000000008561\n"
      .. "32 true nil\n"
    assert.equal(expected, out:sub(1, #expected))
    local clock = out:sub(#expected + 1)
    assert.truthy(clock:find("^tsc\n") or clock:find("^kvm%-clock\n"), clock)
    assert.is_nil(clock:find("unstable", 1, true), clock)
  end)

  it("gives it the functions that are asked for #slow", function()
    local status, out = guest("--ism fid=50,pnetid=NET1 --ism fid=51,power=0", devices)
    assert.equal(0, status)
    assert.equal("00:00.0 " .. ism .. "00000050 1\n0000:00:00\n00000051 0\n0000:00:01\n"
      .. "IBM-SYSZ-ISMSEID0000000000008561\n50 true NET1\n51 false nil\n", out)
  end)

  it("gives it loopback-ism instead, with neither slot nor SEID #slow", function()
    local status, out = guest("--loopback", devices .. [[;
      dmesg | grep -c 'smc: adding smcd device loopback-ism']])
    assert.equal(0, status)
    assert.is_nil(out:find("Internal Shared Memory", 1, true))
    assert.equal("nil\n1\n", out:match("[^\n]*\n[^\n]*\n$"))
  end)

  it("boots a kernel of the caller's #slow", function()
    -- The lab's own, as if somebody had built it.
    local built = capture('echo "${SMC_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smc-lab}"/kernel-6.12-*')
    local options = ("--kernel-image %s/vmlinuz --modules %s"):format(quote(built), quote(built))
    local status, out, err = guest(options,
      "uname -r; echo $SMC_LAB_KERNEL; grep -c '^SMC ' /proc/net/protocols; lspci | grep -c ISM")
    assert.equal(1, status, err)
    assert.equal(read(built .. "/release") .. "own\n1\n0\n", out)
  end)

  it("makes two hosts of a guest, with a network and a function each", function()
    local script = [[hostname; busybox ping -c 1 -W 5 "$0" >/dev/null && echo heard
      ls /sys/class/net; ls /sys/bus/pci/slots; echo oops >&2; exit $1]]
    local back = scratch .. "/hosts"
    local command = "%s run --hosts --out %s -- sh -c %s host12 0 ::: sh -c %s host10 4"
    local status, out, err = host(command:format(lab, quote(back), quote(script), quote(script)))
    assert.equal(4, status, err)
    for _, name in ipairs {"host10", "host12"} do
      assert.equal(name .. "\nheard\neth0\nlo\n00000031\n00000032\n", read(back .. "/" .. name .. ".stdout"))
      assert.equal("oops\n", read(back .. "/" .. name .. ".stderr"))
      assert.truthy(out:find(name .. ": heard\n", 1, true))
      assert.truthy(err:find(name .. ": oops\n", 1, true))
    end
    assert.equal("0\n4\n", read(back .. "/host10.status") .. read(back .. "/host12.status"))
  end)

  it("streams output while the command runs, and takes input", function()
    local fifo = scratch .. "/fifo"
    assert(os.execute("mkfifo " .. fifo))
    local loop = "'while read -r line; do echo \"$line\"; done'"
    local output = assert(io.popen(lab .. " run --stdin -- sh -c " .. loop .. " <" .. fifo))
    local input = assert(io.open(fifo, "w"))
    for _, line in ipairs {"first", "second"} do
      input:write(line, "\n")
      input:flush()
      assert.equal(line, output:read("l"))
    end
    input:close()
    assert.is_true(output:close())
  end)

  it("says what has not ended when the limit is near #slow", function()
    local status, _, err = guest("--timeout 120", "sleep 200")
    assert.equal(124, status)
    assert.matches("^lab: the time limit is near, and these processes have not ended:\nlab: 1 ", err)
    assert.matches("\nlab: %d+ S %S*nanosleep: sleep 200\n", err)
  end)

  it("kills a guest at its limit", function()
    local start = os.time()
    local status, _, err = guest("--timeout 5", "sleep 100")
    assert.equal(124, status)
    assert.matches("lab: time limit of 5 s reached: the guest was killed\n$", err)
    assert.is_true(os.time() - start < 90)
  end)

  it("says so when a guest dies, with what its kernel said", function()
    local status, _, err = guest("", "echo c > /proc/sysrq-trigger")
    assert.equal(125, status)
    assert.truthy(err:find("the guest died", 1, true))
    assert.truthy(err:find("sysrq triggered crash", 1, true))
    assert.truthy(err:find("sysrq_handle_crash+0x", 1, true)) -- in the call trace
  end)

  it("can leave SMC out #slow", function()
    local status, out = guest("--tcp-only",
      "cut -d' ' -f1 /proc/net/protocols; modprobe smc 2>/dev/null || echo none")
    assert.equal(0, status)
    assert.truthy(out:find("TCP\n", 1, true))
    assert.is_nil(out:find("SMC", 1, true))
    assert.truthy(out:find("none\n$"))
  end)

  it("serves a project anywhere, a user without privileges, and no UEID nor smc_diag #slow", function()
    local project = scratch .. "/it's a project"
    assert(os.execute(("chmod 755 %s; mkdir -p %s/spec && cp -r %s %s/spec/lab"):format(
      quote(scratch), quote(project), quote(here), quote(project))))
    local script = [[pwd; id -u; touch /etc/mine 2>/dev/null || echo no
      touch "$HOME/mine" "$LAB_OUT/mine" && echo yes
      ls -d /sys/module/smc /sys/module/smc_diag 2>/dev/null; echo $LUA_PATH]]
    local command = "cd %s && LUA_PATH=mine spec/lab/lab run --user 1234 --no-diag -- sh -c %s"
    local status, out, err = host(command:format(quote(project), quote(script)))
    assert.equal("", err)
    assert.equal(0, status)
    assert.equal(project .. "\n1234\nno\nyes\n/sys/module/smc\nmine\n", out)
    assert.equal(1, (guest("--no-ueid", "lab-setup ueid del SMCV2-LAB")))
  end)

  it("pairs two guests over Ethernet with Soft-RoCE #slow", function()
    local script = [[hostname; busybox ping -c 1 -W 5 "$0" >/dev/null && echo heard
      cat /sys/class/infiniband/rxe0/ports/1/state; dmesg | grep -c "user defined pnetid LAB"
      lab-setup ueid del SMCV2-LAB && lab-setup pnet del LAB && echo set; echo oops >&2
      hostname > "$LAB_OUT/name"; exit $1]]
    local back = quote(scratch .. "/pair")
    local status, out, err = host(("%s pair --out %s -- sh -c %s host12 0 ::: sh -c %s host10 4"):format(
      lab, back, quote(script), quote(script)))
    assert.equal(4, status, err)
    for _, name in ipairs {"host10", "host12"} do
      local raw = name .. "\nheard\n4: ACTIVE\n2\nset\n"
      assert.equal(raw, read(scratch .. "/pair/" .. name .. ".stdout"))
      assert.equal("oops\n", read(scratch .. "/pair/" .. name .. ".stderr"))
      assert.equal(name .. "\n", read(scratch .. "/pair/" .. name .. "/name"))
      assert.truthy(out:find(name .. ": heard\n", 1, true))
      assert.truthy(err:find(name .. ": oops\n", 1, true))
    end
    assert.equal("0\n", read(scratch .. "/pair/host10.status"))
    assert.equal("4\n", read(scratch .. "/pair/host12.status"))
  end)

  it("ends with all its guests and files when it is told to", function()
    local place = scratch .. "/tmp"
    host(("mkdir %s; TMPDIR=%s timeout -s TERM 3 %s run -- sleep 100"):format(place, place, lab))
    assert.equal("", capture("ls " .. place))
    local pattern = quote(place:gsub("^/", "[/]")) -- which does not find itself
    local found
    for _ = 1, 60 do
      found = capture("grep -lz " .. pattern .. " /proc/[0-9]*/cmdline 2>/dev/null")
      if found == "" then break end
      os.execute("sleep 1")
    end
    assert.equal("", found)
  end)
end)

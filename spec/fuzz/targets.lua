--- Decoders in Lua of bytes that come from outside of the process, with recorded or right inputs.
--
-- A target has `corpus()`, a list of inputs; `decode(bytes)`; `words` that its inputs may have; `most`: their
-- length; `explains`: nil is followed by a message and an errno.

local file = require "smc.internal.file"
local support = require "support"

local targets = {}

-- A decoder that reads a file, on a file in memory.
local function on_file(read)
  local opened = assert(io.tmpfile())
  opened:setvbuf("full")
  return function(bytes)
    opened:close()
    opened = assert(io.tmpfile())
    opened:write(bytes)
    opened:seek("set")
    return read(opened)
  end
end

-- A decoder that opens a file by its name.
local function on_path(read)
  local path = os.tmpname()
  return function(bytes)
    local opened <close> = assert(io.open(path, "wb"))
    opened:write(bytes)
    opened:close()
    return read(path)
  end
end

local function contents(paths)
  local list = {}
  for _, path in ipairs(paths) do list[#list + 1] = (assert(file.read(path)):sub(1, 8192)) end
  return list
end

-- ---- the check protocol ----

local protocol = require "smc.check.protocol"
local message = require "smc.check.message"
local view = require "smc.check.view"

targets.request = {
  most = 4096, words = { "smc-check probe 1\n", "test 2 ", "1,2,3", "\n", "," },
  corpus = function() return { protocol.request(7, { 1, 4096, 65536 }), ("."):rep(4096) } end,
  decode = protocol.read_request,
}

targets.answer = {
  most = 200, words = { "SMC-D", "SMC-R", "TCP", "unknown", "0x", " " },
  corpus = function()
    return { (protocol.answer { mode = "SMC-D", dmb = { token = 5 } }:gsub("\n$", "")),
      (protocol.answer { mode = "TCP", fallback = { code = 0x03010000 } }:gsub("\n$", "")) }
  end,
  decode = function(line) return protocol.read_answer(line) or false end,
}

targets.view = {
  words = { "mode=", "dmb.token#", "link.gid=", "fallback#", "\n", "facts.", "?true", "%41" },
  corpus = function()
    return { message.encode { mode = "SMC-D", state = "ACTIVE", dmb = { token = 1, gid = 2 } },
      message.encode { mode = "TCP", fallback = 0x03010000, facts = { smcd = { v = 2 }, list = { 1 } } },
      message.encode { mode = "SMC-R", link = { ibdev = "mlx5_0", ibport = 1, gid = "fe80::1" } } }
  end,
  decode = function(bytes)
    local given = message.decode(bytes)
    if not given then return false end
    local seen = view.read(given)
    local evidence = require "smc.check.evidence"
    evidence.near_end(seen)
    return evidence.ends(seen)
  end,
}

-- ---- programs ----

local elf, shebang = require "smc.run.elf", require "smc.run.shebang"

targets.elf = {
  corpus = function() return contents { "/bin/sh", "/bin/true", "/bin/ls" } end,
  decode = on_file(elf.read), explains = true, words = { "\127ELF\2\1\1", "\127ELF\1\2\1" },
}

targets.shebang = {
  most = 300, corpus = function() return { "#!/bin/sh -e\n", "#! /usr/bin/env -S a=b lua\n", "#!\n" } end,
  decode = on_file(function(opened)
    local name = shebang.read(opened)
    return name or false
  end),
  words = { "#!", " ", "\t", "\n", "\0" },
}

local env = require "smc.run.env"
targets.env = {
  most = 400, words = { "-S", "-i", "-u", "A=1", "${HOME}", "\\_", "'", '"', "--", "\n", "-C", "--split=" },
  corpus = function() return { "-S\nA=1 lua5.4 -e 'x y'", "-i\n-u\nHOME\nlua", "--chdir=/\nlua\n-v" } end,
  decode = function(bytes)
    local argv = { "env" }
    for word in (bytes:gsub("%z", "") .. "\n"):gmatch("([^\n]*)\n") do argv[#argv + 1] = word end
    return env.read(argv, { HOME = "/root", PATH = "/bin" }) or false
  end,
}

-- ---- files ----

local baseline = require "smc.cli.smcd.baseline"
targets.baseline = {
  explains = true, words = { "smcd.", "fallback.reasons.1.code ", " 5", "\n", "boot ", "smcd 5" },
  corpus = function()
    return { "smc statistics 1\nboot abc\nfallback.client 0\nfallback.reasons.1.client 2\n"
      .. "fallback.reasons.1.code 5\nfallback.reasons.1.server 0\nfallback.server 1\n"
      .. "smcd.rx_bytes 77\nsmcd.rx_rmb.full 1\ntime 1.5\n" }
  end,
  decode = on_path(function(path)
    local before, text, errno = baseline.read(path)
    if not before then return nil, text, errno end
    local stats = require "smc.stats"
    local now = { fallback = { client = 1, server = 1, reasons = {} }, time = 5, boot = "abc",
      smcd = { rx_bytes = 100, rx_rmb = { full = 3 } }, smcr = {}, handshake_errors = { client = 1 } }
    local ok, change = pcall(stats.since, before, now)
    if not ok then -- a snapshot that is none is a caller's mistake
      if tostring(change):find("snapshot of smc.stats expected", 1, true) then return false end
      error(change, 0)
    end
    return true
  end),
}

local pcap = require "smc.handshake.pcap"
local handshake = require "smc.handshake"

local CLC <const> = "\xe2\xd4\xc3\xd9"

-- Ethernet, IPv4, TCP.
local function packet(payload, flags)
  local tcp = string.pack(">I2I2I4I4BBI2I2I2", 40000, 12345, 100, 200, 5 << 4, flags, 1000, 0, 0) .. payload
  local ip = string.pack(">BBI2I2I2BBI2", 0x45, 0, 20 + #tcp, 1, 0, 64, 6, 0) .. "\10\0\0\1\10\0\0\2"
  return ("\2"):rep(12) .. "\8\0" .. ip .. tcp
end

local function capture(...)
  local bytes = string.pack("<I4I2I2i4I4I4I4", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
  for _, one in ipairs { ... } do bytes = bytes .. string.pack("<I4I4I4I4", 5, 6, #one, #one) .. one end
  return bytes
end

targets.pcap = {
  explains = true, words = { CLC, "\xd4\xc3\xb2\xa1", "\x0a\x0d\x0d\x0a", "\x4d\x3c\x2b\x1a",
    "\xfe\x06\xe2\xd4\xc3\xd9" },
  corpus = function()
    local decline = CLC .. "\4\0\28\16" .. ("\1"):rep(8) .. "\3\1\0\0" .. "\0\0\0\0" .. CLC
    local option = "\xfe\6\xe2\xd4\xc3\xd9\1\1"
    local ng = string.pack("<I4I4I4I2I2i8I4", 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28)
      .. string.pack("<I4I4I2I2I4I4", 1, 20, 1, 0, 65535, 20)
    return { capture(packet("", 2), packet("", 0x12), packet(decline, 0x18)), capture(packet(option, 2)),
      capture(), ng }
  end,
  decode = on_path(function(path)
    local opened, text, errno = pcap.open(path)
    if not opened then return nil, text, errno end
    opened:close()
    local list
    list, text, errno = handshake.read(path)
    for _, one in ipairs(list or {}) do handshake.conclusions(one) end
    return list, text, errno
  end),
}

targets.clc = {
  most = 1024, explains = true, words = { CLC, "\1", "\2", "\3", "\4" },
  corpus = function()
    local list = { CLC .. "\4\0\28\16" .. ("\1"):rep(8) .. "\3\1\0\0" .. "\0\0\0\0" .. CLC }
    for kind = 1, 3 do
      for _, length in ipairs { 52, 68, 78, 108, 200 } do
        for _, last in ipairs { 0x10, 0x11, 0x12, 0x20, 0x21, 0x28, 0x29 } do
          list[#list + 1] = CLC .. string.pack(">BI2B", kind, length, last) .. ("\1"):rep(length - 12) .. CLC
        end
      end
    end
    return list
  end,
  decode = function(bytes) return handshake.decode(bytes) end,
}

-- ---- text of the kernel ----

local util_string = require "smc.internal.util_string"
targets.util_string = {
  most = 80, corpus = function() return { "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11) .. ("\0"):rep(48) } end,
  decode = function(bytes)
    for port = 0, 4 do
      local name = util_string.pnetid(bytes, port)
      if name and #name > 16 then error "too long" end
    end
    return true
  end,
}

-- A tree of sysfs with a function and a slot whose attributes are the lines of the input.
local ATTRIBUTES <const> = { "vendor", "device", "class", "function_id", "pchid", "pft", "vfn", "uid",
  "port" }

targets.sysfs = {
  most = 300, explains = true, words = { "0x1014", "0x04ed", "0x05", "\n\n", "0x", "ffffffffffffffff" },
  corpus = function()
    return { "0x1014\n0x04ed\n0x000000\n0x00000032\n0x07c0\n0x05\n0x0003\n0x32\n0\n1\n",
      "0x15b3\n0x1016\n0x020000\n0x00000051\n0x01c8\n0x0a\n0x0000\n0x1\n1\n0\n" }
  end,
  decode = (function()
    local root = os.tmpname()
    os.remove(root)
    local folder = root .. "/bus/pci/devices/0032:00:00.0"
    support.write(root .. "/bus/pci/slots/00000032/address", "0032:00:00\n")
    support.write(folder .. "/x", "")
    return function(bytes)
      local i = 0
      for line in (bytes .. "\n"):gmatch("([^\n]*)\n") do
        i = i + 1
        local path = ATTRIBUTES[i] and folder .. "/" .. ATTRIBUTES[i]
          or root .. "/bus/pci/slots/00000032/power"
        local opened <close> = assert(io.open(path, "wb"))
        opened:write(line, "\n")
        if i == #ATTRIBUTES + 1 then break end
      end
      return require "smc.ism.pci".read(root)
    end
  end)(),
}

local text = require "smc.internal.text"
targets.printable = {
  most = 200, corpus = function() return { "a\27[31m\u{9b}\u{202e}\xff", "plain" } end,
  words = { "\27[", "\u{9b}", "\u{202e}", "\u{e0001}", "\xf4\x90\x80\x80", "\xc0\x80" },
  decode = function(bytes)
    local shown = text.printable(bytes)
    if shown:find("[\0-\31\127]") or not utf8.len(shown) or shown:find("\u{9b}", 1, true) then
      error("it is shown as " .. ("%q"):format(shown))
    end
    return true
  end,
}

return targets

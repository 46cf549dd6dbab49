#!/usr/bin/env lua5.4
-- Shows the SMC sockets of this network namespace: smcss of smc-tools, in Lua.
--
-- The options, the table and the exit status are those of smcss(8), so that what parses its output
-- parses this. Beyond it: --json, with every detail the kernel has, and --reasons, which explains the
-- codes of the connections that fell back to TCP.
--
-- Some of the table is odd, and stays so for the parsers' sake:
-- * SMCR stands in the Mode column for every connection that is neither SMC-D nor TCP, also when its
--   link group is gone, and -R shows sockets that never were connected. --json tells them apart.
-- * The state APPFINCLOSEWAIT has a 1 behind its name.
-- * Addresses are told apart by their last 96 bits, so the IPv6 wildcard reads 0.0.0.0.
-- * User IDs from 2^31 on are printed as negative numbers.

local diag = require "smc.diag"

local program = arg[0]:match("[^/]*$")
local stdout, stderr = io.stdout, io.stderr
local format, write = string.format, stdout.write

local usage = [[
Usage: %s [ OPTIONS ]
	-h, --help          this message
	-v, --version       show version information
	-a, --all           show all sockets
	-l, --listening     show listening sockets
	-d, --debug         show debug socket information
	-W, --wide          do not truncate IP addresses
	-D, --smcd          show detailed SMC-D information (shows only SMC-D sockets)
	-R, --smcr          show detailed SMC-R information (shows only SMC-R sockets)
	    --json          print a JSON array, with all details
	    --reasons       explain the fallback reasons below the table
	no OPTIONS          show all connected sockets
]]

-- Output is flushed here, so that a full disk is not taken for success. A reader that went away, as in
-- `smcss.lua | head -1`, is no news.
local function leave(status, message)
  local ok, err, errno = stdout:flush()
  if not ok then
    local EPIPE <const> = 32
    if errno ~= EPIPE then
      stderr:write(program, ": ", err, "\n")
    end
    status = 1
  end
  if message then
    stderr:write(message)
  end
  os.exit(status)
end

local function refuse(message)
  leave(1, message .. "\n" .. usage:format(program))
end

--- Options. They follow getopt_long(3), which argparse does not: abbreviated long options, the words of
-- its messages, and operands that are passed over.

local short_options = {
  a = "all", l = "listening", d = "debug", D = "smcd", R = "smcr", h = "help", v = "version", W = "wide",
}
local long_options = { "all", "debug", "listening", "smcd", "smcr", "version", "wide", "help" }
local own_options = { json = true, reasons = true } -- not to be abbreviated: --r stays --smcr's neighbour

local function find_long_option(given)
  local name, value = given:match("^%-%-([^=]*)(=?)")
  local found = {}
  if own_options[name] then
    found = { name }
  end
  for _, option in ipairs(long_options) do
    if option == name then
      found = { option }
      break
    elseif option:sub(1, #name) == name then
      found[#found + 1] = option
    end
  end
  if #found == 0 then
    refuse(format("%s: unrecognized option '%s'", program, given))
  elseif #found > 1 then
    refuse(format("%s: option '%s' is ambiguous; possibilities: '--%s'", program, given,
      table.concat(found, "' '--")))
  elseif value ~= "" then
    refuse(format("%s: option '--%s' doesn't allow an argument", program, found[1]))
  end
  return found[1]
end

local function parse_options(words)
  local options = {}
  local function set(name)
    if name == "help" then
      stdout:write(usage:format(program))
      leave(0)
    elseif name == "version" then
      stdout:write("smcss.lua utility, ", (require("smc")._VERSION:gsub(" ", "-")), "\n")
      leave(0)
    end
    options[name] = true
  end
  for _, word in ipairs(words) do
    if word == "--" then
      break
    elseif word:sub(1, 2) == "--" then
      set(find_long_option(word))
    elseif word:sub(1, 1) == "-" then
      for letter in word:sub(2):gmatch(".") do
        if not short_options[letter] then
          refuse(format("%s: invalid option -- '%s'", program, letter))
        end
        set(short_options[letter])
      end
    end
  end
  if options.smcr and options.smcd then
    refuse("--smcd together with --smcr is not supported")
  end
  for _, other in ipairs { "debug", "all", "smcr", "smcd" } do
    if options.listening and options[other] then
      refuse(format("--listening together with --%s is not supported", other))
    end
  end
  return options
end

--- The table.

local state_names = { APPFINCLOSEWAIT = "APPFINCLOSEWAIT1" }
local mode_names = { ["SMC-D"] = "SMCD ", ["SMC-R"] = "SMCR " }
local shutdown_names = { none = " <->  ", receive = " R->  ", send = " <-W  ", both = " R-W  " }
local connection_format <const> = "%08x %08x %08x %08x "
  .. "%04x:%08x %04x:%08x %02x:%02x   %04x:%08x %04x:%08x %02x:%02x   %04x:%08x %04x:%08x %04x:%08x "
local address_width <const> = 23

local function print_header(options)
  stdout:write("State          UID   Inode   Local Address           Peer Address            Intf Mode ")
  if options.debug then
    stdout:write("Shutd Token    Sndbuf   Rcvbuf   Peerbuf  rxprod-Cursor rxcons-Cursor rxFlags ",
      "txprod-Cursor txcons-Cursor txFlags txprep-Cursor txsent-Cursor txfin-Cursor  ")
  end
  if options.smcr then
    stdout:write("Role IB-device       Port Linkid GID                                      Peer-GID")
  end
  if options.smcd then
    stdout:write("GID              Token            Peer-GID         Peer-Token       Linkid")
  end
  stdout:write("\n")
end

-- Values repeat from row to row: what they look like in the table is made once.
local function remembered(make)
  return setmetatable({}, {
    __index = function(texts, value)
      local text = make(value)
      texts[value] = text
      return text
    end,
  })
end

local state_column = remembered(function(state) return format("%-14s ", state_names[state] or state) end)
local interface_column = remembered(function(index) return format("%04x ", index) end)
local uid_column = remembered(function(uid)
  return format("%05d ", uid < 1 << 31 and uid or uid - (1 << 32))
end)

-- An address that smcss takes for IPv4: none of the last three words of the four is set.
local function ipv4_reading(address)
  local high, low = address:match("^(%x*):?(%x*)::$")
  if not high then
    return address
  end
  high, low = tonumber(high, 16) or 0, tonumber(low, 16) or 0
  return format("%d.%d.%d.%d", high >> 8, high & 255, low >> 8, low & 255)
end

local function digits(n)
  return n < 10 and 1 or n < 100 and 2 or n < 1000 and 3 or n < 10000 and 4 or n < 100000 and 5 or 6
end

local padding = {}
for size = 0, address_width do
  padding[size] = (" "):rep(address_width - size + 1)
end

-- What to write for the address, the port, and the blanks behind them.
local function address_column(address, port, wide)
  address, port = address or "0.0.0.0", port or 0
  if address:byte(-1) == 58 then -- a colon
    address = ipv4_reading(address)
  end
  local size = #address + 1 + digits(port)
  if size > address_width and not wide then
    return address:sub(1, address_width - 3 - digits(port)) .. "..", port, " "
  end
  return address, port, padding[size] or " "
end

local function debug_text(s)
  local text = shutdown_names[s.shutdown] or ""
  local c = s.connection
  if c and c.tx_fin then
    text = text .. format(connection_format,
      c.token, c.sndbuf_size, c.rmbe_size, c.peer_rmbe_size,
      c.rx_prod.wrap, c.rx_prod.count, c.rx_cons.wrap, c.rx_cons.count,
      c.rx_prod_flags, c.rx_conn_state_flags,
      c.tx_prod.wrap, c.tx_prod.count, c.tx_cons.wrap, c.tx_cons.count,
      c.tx_prod_flags, c.tx_conn_state_flags,
      c.tx_prep.wrap, c.tx_prep.count, c.tx_sent.wrap, c.tx_sent.count, c.tx_fin.wrap, c.tx_fin.count)
  end
  return text
end

local function smcr_text(s)
  local group = s.link_group
  if not group or not group.role then
    return ""
  end
  local link = group.links[1]
  return format("%4s %-15s %02x   %02x     %-40s %s", group.role == "server" and "SERV" or "CLNT",
    link.ibname, link.ibport, link.link_id, link.gid, link.peer_gid)
end

local function smcd_text(s)
  local d = s.dmb
  if not d or not d.peer_token then
    return ""
  end
  return format("%016x %016x %016x %016x %08x ", d.my_gid, d.token, d.peer_gid, d.peer_token, d.linkid)
end

local function mode_column(s, options)
  if s.mode ~= "TCP" then
    local text = mode_names[s.mode] or "SMCR "
    if options.debug then
      text = text .. debug_text(s)
    end
    if options.smcr then
      text = text .. smcr_text(s)
    elseif options.smcd then
      text = text .. smcd_text(s)
    end
    return text
  elseif s.peer_reason then
    return format("TCP 0x%08x/0x%08x", s.fallback_reason, s.peer_reason)
  elseif s.fallback_reason then
    return format("TCP 0x%08x", s.fallback_reason)
  else
    return "TCP "
  end
end

-- Everything is written in one call, with no string made that is not needed: with thousands of
-- sockets, this is where the time goes.
local function print_row(s, options)
  local state, inode = s.state, s.inode
  local zeros = inode >= 1000000 and "" or ("0"):rep(7 - digits(inode))
  if state == "INIT" then
    return write(stdout, state_column[state], uid_column[s.uid], zeros, inode, " \n")
  end
  local address, port, blanks = address_column(s.local_address, s.local_port, options.wide)
  if state == "LISTEN" then
    return write(stdout, state_column[state], uid_column[s.uid], zeros, inode, " ",
      address, ":", port, blanks, "\n")
  end
  local peer_address, peer_port, peer_blanks = address_column(s.peer_address, s.peer_port, options.wide)
  return write(stdout, state_column[state], uid_column[s.uid], zeros, inode, " ",
    address, ":", port, blanks, peer_address, ":", peer_port, peer_blanks, interface_column[s.interface],
    state == "CLOSED" and "" or mode_column(s, options), "\n")
end

-- Whether a row belongs into the table. -l and -D are filters of the query.
local function is_wanted(s, options)
  if not options.all and not options.listening and (s.state == "LISTEN" or s.state == "INIT") then
    return false
  end
  return not options.smcr or s.mode ~= "TCP" and s.mode ~= "SMC-D"
end

local function print_reasons(seen)
  local reason, wrap = require "smc.reason", require "smc.wrap"
  local codes = {}
  for code in pairs(seen) do
    codes[#codes + 1] = code
  end
  table.sort(codes)
  for _, code in ipairs(codes) do
    stdout:write("\n", reason.describe(code), "\n", wrap(reason.get(code).advice, "    "), "\n")
  end
end

-- The quick way, for the options that need no more than a row of plain fields: the iterator gives their
-- values in this order, without a table for each socket.
local plain_fields = { "state", "uid", "inode", "interface", "mode", "family", "local_endpoint",
  "peer_endpoint", "local_port", "peer_port", "fallback_reason", "peer_reason" }

local plain_modes = { ["SMC-D"] = "SMCD \n", ["SMC-R"] = "SMCR \n", TCP = "TCP " }

-- "State UID" and "Intf Mode", whose values repeat from row to row.
local plain_heads = remembered(function(state)
  return remembered(function(uid) return state_column[state] .. uid_column[uid] end)
end)
local plain_tails = remembered(function(interface)
  return remembered(function(mode) return interface_column[interface] .. (plain_modes[mode] or "SMCR \n") end)
end)
local plain_padding = remembered(function(size) return (" "):rep(math.max(address_width - size, 0) + 1) end)
local finished_states = { INIT = true, LISTEN = true, CLOSED = true }

-- An endpoint as it stands in the table, with the blanks behind it.
local function plain_endpoint(endpoint, port, wide)
  local address, number = address_column(endpoint and endpoint:match("^(.*):"), port, wide)
  local text = address .. ":" .. number
  return text .. plain_padding[#text]
end

-- A row of a kind that is rare in long tables.
local function print_rare_row(state, number, interface, mode, here, there, reason, peer_reason)
  local head = state .. number
  if there == nil and here == nil then return write(stdout, head, "\n") end
  if there == nil then return write(stdout, head, here, "\n") end
  local tail = interface_column[interface]
  if mode then
    tail = tail .. mode_column({ mode = mode, fallback_reason = reason, peer_reason = peer_reason }, {})
  end
  return write(stdout, head, here, there, tail, "\n")
end

-- With thousands of sockets, this loop is where the time goes.
local function print_plain_table(sockets, closing, options)
  local _ <close> = closing
  local wide, every = options.wide, options.all or options.listening
  print_header(options)
  for state, uid, inode, interface, mode, family, here, there, port, peer_port, reason, peer_reason
    in sockets do
    local head, number, ok = plain_heads[state][uid], format("%07d ", inode), true
    if family == "inet" and here and there and mode ~= "TCP" and not finished_states[state] then
      ok = write(stdout, head .. number .. here .. plain_padding[#here] .. there .. plain_padding[#there]
        .. plain_tails[interface][mode or ""])
    elseif every or state ~= "LISTEN" and state ~= "INIT" then
      here = state ~= "INIT" and plain_endpoint(here, port, wide) or nil
      there = state ~= "INIT" and state ~= "LISTEN" and plain_endpoint(there, peer_port, wide) or nil
      ok = print_rare_row(head, number, interface, state ~= "CLOSED" and (mode or ""), here, there, reason,
        peer_reason)
    end
    if not ok then leave(1) end
  end
end

local function print_table(sockets, closing, options)
  local _ <close> = closing
  local seen = {}
  print_header(options)
  for s in sockets do
    if is_wanted(s, options) then
      if not print_row(s, options) then
        leave(1)
      end
      if options.reasons then
        seen[s.fallback_reason or 0] = true
        seen[s.peer_reason or 0] = true
      end
    end
  end
  seen[0] = nil
  if next(seen) then
    print_reasons(seen)
  end
end

--- JSON: the records of smc.diag in the schema of smc.json, one a line. Where a record has a reason code,
-- `fallback` and `peer_fallback` explain it.

local function print_json(sockets, closing, options)
  local _ <close> = closing
  local json = require "smc.json"
  local reason = require "smc.reason"
  local separator = "["
  for s in sockets do
    if is_wanted(s, options) and (not options.smcr or s.mode == "SMC-R") then
      s.fallback = s.fallback_reason and reason.get(s.fallback_reason)
      s.peer_fallback = s.peer_reason and reason.get(s.peer_reason)
      if not write(stdout, separator, "\n", json.encode(s, true)) then
        leave(1)
      end
      separator = ","
    end
  end
  write(stdout, separator == "[" and "[]\n" or "\n]\n")
end

local function main()
  local options = parse_options(arg)
  local details = {}
  for option, detail in pairs { debug = "connection", smcr = "link_group", smcd = "dmb" } do
    details[#details + 1] = options[option] and detail
  end
  local plain = not (options.json or options.reasons or options.debug or options.smcr or options.smcd)
  local sockets, message, _, closing = diag.sockets {
    fields = plain and plain_fields or nil,
    state = options.listening and "LISTEN" or nil,
    mode = options.smcd and "SMC-D" or nil,
    details = options.json or details,
  }
  if not sockets then
    leave(1, format("%s: %s\n", program, message))
  end
  stdout:setvbuf("full", 1 << 16)
  local print = plain and print_plain_table or options.json and print_json or print_table
  local ok, err = pcall(print, sockets, closing, options)
  if not ok then
    leave(1, format("%s: %s\n", program, err))
  end
  leave(0)
end

main()

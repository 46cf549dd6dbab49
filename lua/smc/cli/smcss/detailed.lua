-- The tables of smcss(8) with details: -d, -D, -R, and --reasons.

local columns = require "smc.cli.smcss.columns"
local is_wanted = require "smc.cli.smcss.wanted"
local app = require "smc.cli.app"
local text = require "smc.internal.text"

local format, stdout = string.format, io.stdout

local shutdown_names = { none = " <->  ", receive = " R->  ", send = " <-W  ", both = " R-W  " }
local connection_format <const> = "%08x %08x %08x %08x "
  .. "%04x:%08x %04x:%08x %02x:%02x   %04x:%08x %04x:%08x %02x:%02x   %04x:%08x %04x:%08x %04x:%08x "

local function header(options)
  local more = ""
  if options.debug then
    more = "Shutd Token    Sndbuf   Rcvbuf   Peerbuf  rxprod-Cursor rxcons-Cursor rxFlags "
      .. "txprod-Cursor txcons-Cursor txFlags txprep-Cursor txsent-Cursor txfin-Cursor  "
  end
  if options.smcr then
    more = more .. "Role IB-device       Port Linkid GID                                      Peer-GID"
  elseif options.smcd then
    more = more .. "GID              Token            Peer-GID         Peer-Token       Linkid"
  end
  return columns.header(more)
end

local function debug_text(s)
  local shutdown = shutdown_names[s.shutdown] or ""
  local c = s.connection
  if c and c.tx_fin then
    return shutdown .. format(connection_format,
      c.token, c.sndbuf_size, c.rmbe_size, c.peer_rmbe_size,
      c.rx_prod.wrap, c.rx_prod.count, c.rx_cons.wrap, c.rx_cons.count,
      c.rx_prod_flags, c.rx_conn_state_flags,
      c.tx_prod.wrap, c.tx_prod.count, c.tx_cons.wrap, c.tx_cons.count,
      c.tx_prod_flags, c.tx_conn_state_flags,
      c.tx_prep.wrap, c.tx_prep.count, c.tx_sent.wrap, c.tx_sent.count, c.tx_fin.wrap, c.tx_fin.count)
  end
  return shutdown
end

local function smcr_text(s)
  local group = s.link_group
  if not group or not group.role then
    return ""
  end
  local link = group.links[1]
  return format("%4s %-15s %02x   %02x     %-40s %s", group.role == "server" and "SERV" or "CLNT",
    text.printable(link.ibdev), link.ibport, link.link_id, link.gid, link.peer_gid)
end

local function smcd_text(s)
  local d = s.dmb
  if not d or not d.peer_token then
    return ""
  end
  return format("%016x %016x %016x %016x %08x ", d.gid, d.token, d.peer_gid, d.peer_token, d.linkid)
end

local function row(s, options)
  local head = columns.state[s.state] .. columns.uid[s.uid] .. table.concat { columns.inode(s.inode) }
  if s.state == "INIT" then
    return head .. "\n"
  end
  head = head .. columns.endpoint(s.local_address, s.local_port, options.wide)
  if s.state == "LISTEN" then
    return head .. "\n"
  end
  head = head .. columns.endpoint(s.peer_address, s.peer_port, options.wide) .. columns.interface[s.interface]
  if s.state == "CLOSED" then
    return head .. "\n"
  end
  local mode = columns.mode(s.mode, s.fallback and s.fallback.code, s.peer_fallback and s.peer_fallback.code)
  if s.mode == "TCP" then
    return head .. mode .. "\n"
  end
  return head .. mode .. (options.debug and debug_text(s) or "")
    .. (options.smcr and smcr_text(s) or options.smcd and smcd_text(s) or "") .. "\n"
end

local function print_reasons(seen)
  local reason = require "smc.reason"
  local width = text.width(1)
  local codes = {}
  for code in pairs(seen) do
    codes[#codes + 1] = code
  end
  table.sort(codes)
  for _, code in ipairs(codes) do
    app.write("\n", reason.describe(code), "\n", text.wrap(seen[code].advice, "    ", width), "\n")
  end
end

-- Prints the table. Returns the result of the last write.
return function(sockets, options)
  local seen = {}
  app.write(header(options))
  for s in sockets do
    if is_wanted(s, options) then
      local ok, message, errno = stdout:write(row(s, options))
      if not ok then return nil, message, errno end
      if s.fallback then seen[s.fallback.code] = s.fallback end
      if s.peer_fallback then seen[s.peer_fallback.code] = s.peer_fallback end
    end
  end
  seen[0] = nil
  if options.reasons then
    print_reasons(seen)
  end
  return true
end

-- The table of smcss(8) for the options that need only plain fields: the iterator returns their values in
-- this order, without a table for each socket. With thousands of sockets, most of the time is spent here.
-- (smc.cli.smcss.detailed can print this table, too, in 2.3 times the processor time.)

local columns = require "smc.cli.smcss.columns"
local app = require "smc.cli.app"

local write, stdout = io.stdout.write, io.stdout
local remembered, padding, inode_column = columns.remembered, columns.padding, columns.inode

local plain = {
  fields = { "state", "uid", "inode", "interface", "mode", "family", "local_endpoint", "peer_endpoint",
    "local_port", "peer_port", "fallback_code", "peer_fallback_code" },
}

-- "State UID" and "Intf Mode", whose values repeat from row to row.
local heads = remembered(function(state)
  return remembered(function(uid) return columns.state[state] .. columns.uid[uid] end)
end)
local tails = remembered(function(interface)
  return remembered(function(mode) return columns.interface[interface] .. columns.mode(mode) .. "\n" end)
end)
local tcp_tails = remembered(function(interface)
  return remembered(function(reason)
    return remembered(function(peer_reason)
      return columns.interface[interface] .. columns.mode("TCP", reason or nil, peer_reason or nil) .. "\n"
    end)
  end)
end)
local unusual_states = { INIT = true, LISTEN = true, CLOSED = true }

-- Looks up addresses in inet_diag if the kernel's smc_diag does not know them.
local complete
local function completed(state, there, port, peer_port)
  complete = complete or require "smc.internal.addresses".completer()
  local record = { state = state, peer_address = there, local_port = port, peer_port = peer_port }
  local ok, message = complete(record)
  if not ok then error(message, 0) end
  return record.local_address, record.peer_address
end

-- The part after the first columns of a row that is rare in long tables.
local function rare_row(state, interface, mode, here, there, port, peer_port, reason, peer_reason, wide)
  if state == "INIT" then
    return "\n"
  end
  here, there = here and here:match("^(.*):"), there and there:match("^(.*):")
  if port and (here or "0.0.0.0") == "0.0.0.0" then here, there = completed(state, there, port, peer_port) end
  local text = columns.endpoint(here, port, wide)
  if state ~= "LISTEN" then
    text = text .. columns.endpoint(there, peer_port, wide) .. columns.interface[interface]
      .. (state == "CLOSED" and "" or columns.mode(mode, reason, peer_reason))
  end
  return text .. "\n"
end

-- Prints the table. Returns the result of the last write.
function plain.print(sockets, options)
  local every, wide = options.all or options.listening, options.wide
  app.write(columns.header "")
  for state, uid, inode, interface, mode, family, here, there, port, peer_port, reason, peer_reason
    in sockets do
    local ok, message, errno = true, nil, nil
    local hundreds, rest = inode_column(inode)
    if family == "inet" and here and there and not unusual_states[state] then
      local tail = mode == "TCP" and tcp_tails[interface][reason or false][peer_reason or false]
        or tails[interface][mode or ""]
      ok, message, errno = write(stdout, heads[state][uid] .. hundreds .. rest .. here .. padding[#here]
        .. there .. padding[#there] .. tail)
    elseif every or state ~= "LISTEN" and state ~= "INIT" then
      ok, message, errno = write(stdout, heads[state][uid], hundreds, rest, rare_row(state, interface, mode,
        here, there, port, peer_port, reason, peer_reason, wide))
    end
    if not ok then return nil, message, errno end
  end
  return true
end

return plain

-- The first columns, which all tables of smcss(8) share. For the programs that parse them, the state
-- APPFINCLOSEWAIT has a 1 after its name, and user IDs from 2^31 on are printed as negative numbers.

local columns = {}

local format = string.format
local state_names = { APPFINCLOSEWAIT = "APPFINCLOSEWAIT1" }

columns.address_width = 23

-- Values repeat from row to row, so each is formatted only once.
local function remembered(make)
  return setmetatable({}, {
    __index = function(texts, value)
      local text = make(value)
      texts[value] = text
      return text
    end,
  })
end

columns.remembered = remembered
columns.state = remembered(function(state) return format("%-14s ", state_names[state] or state) end)
columns.interface = remembered(function(index) return format("%04x ", index) end)
columns.uid = remembered(function(uid)
  return format("%05d ", uid < 1 << 31 and uid or uid - (1 << 32))
end)
columns.padding = remembered(function(size)
  return (" "):rep(math.max(columns.address_width - size, 0) + 1)
end)

-- Inode numbers of adjacent rows are close: the digits above the last two repeat, and so do the last two.
local hundreds = remembered(function(number) return format("%05d", number) end)
local rest = remembered(function(number) return format("%02d ", number) end)

-- Returns two strings that form the inode's column when concatenated.
function columns.inode(inode)
  return hundreds[inode // 100], rest[inode % 100]
end

-- An address and its port, padded with blanks.
function columns.endpoint(address, port, wide)
  address, port = address or "0.0.0.0", tostring(port or 0)
  local excess = #address + 1 + #port - columns.address_width
  if excess > 0 and not wide then
    address = address:sub(1, #address - excess - 2) .. ".."
  end
  local text = address .. ":" .. port
  return text .. columns.padding[#text]
end

local mode_names = { ["SMC-D"] = "SMCD ", ["SMC-R"] = "SMCR " }

-- The mode; empty if the socket has none (any more).
function columns.mode(mode, reason, peer_reason)
  if mode ~= "TCP" then
    return mode_names[mode] or ""
  elseif peer_reason then
    return format("TCP 0x%08x/0x%08x", reason, peer_reason)
  end
  return reason and format("TCP 0x%08x", reason) or "TCP "
end

-- The header of a table; `more` follows the columns that all tables have.
function columns.header(more)
  return "State          UID   Inode   Local Address           Peer Address            Intf Mode "
    .. more .. "\n"
end

return columns

--- Messages of smc_diag made by hand, in the byte order of this host, for specs and the fuzzer.
--
-- Layouts: <linux/netlink.h>, <linux/inet_diag.h>, <linux/smc_diag.h>.

local messages = {}

local NLMSG_ERROR <const>, NLMSG_DONE <const>, SOCK_DIAG_BY_FAMILY <const> = 2, 3, 20
local NLM_F_MULTI <const> = 2
local AF_SMC <const> = 43

messages.states = {
  ACTIVE = 1, INIT = 2, CLOSED = 7, LISTEN = 10, PEERCLOSEWAIT1 = 20, PEERCLOSEWAIT2 = 21,
  APPCLOSEWAIT1 = 22, APPCLOSEWAIT2 = 23, APPFINCLOSEWAIT = 24, PEERFINCLOSEWAIT = 25,
  PEERABORTWAIT = 26, PROCESSABORT = 27,
}
messages.modes = { smcr = 0, tcp = 1, smcd = 2 }

local function padded(bytes, to)
  return bytes .. ("\0"):rep(-#bytes % to)
end

--- A netlink message.
function messages.message(kind, payload, flags)
  return padded(string.pack("=I4I2I2I4I4", 16 + #payload, kind, flags or NLM_F_MULTI, 0, 0) .. payload, 4)
end

--- A netlink attribute.
function messages.attribute(kind, payload)
  return padded(string.pack("=I2I2", 4 + #payload, kind) .. payload, 4)
end

--- The 16 bytes of an address: four words as given, or of a dotted quad.
function messages.address(words)
  if type(words) == "string" then
    local a, b, c, d = words:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
    return string.char(a, b, c, d) .. ("\0"):rep(12)
  end
  return string.pack(">I4I4I4I4", table.unpack(words or { 0, 0, 0, 0 }))
end

--- The base struct of a socket.
function messages.base(s)
  local cookie = s.cookie or 0
  return string.pack("=BBBB", s.family or AF_SMC, messages.states[s.state] or s.state or 1,
      messages.modes[s.mode] or s.mode or 0, 0)
    .. string.pack(">I2I2", s.local_port or 0, s.peer_port or 0)
    .. messages.address(s.local_address) .. messages.address(s.peer_address)
    -- The cookie is two words, the low one first on every machine.
    .. string.pack("=I4I4I4", s.interface or 0, cookie & 0xffffffff, cookie >> 32)
    .. string.pack("=I4I8", s.uid or 0, s.inode or 0)
end

function messages.shutdown(mask)
  return messages.attribute(3, string.char(mask))
end

function messages.fallback(code, peer_code)
  return messages.attribute(5, string.pack("=I4I4", code, peer_code or 0))
end

--- CONNINFO of distinct numbers, or of those given in its order: 4 integers, 4 cursors of two
-- integers, 4 flags, 3 cursors.
function messages.conninfo(numbers)
  local n = numbers or {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
  }
  return messages.attribute(1, string.pack("=I4I4I4I4" .. ("I2I2I4"):rep(4) .. "BBBB" .. ("I2I2I4"):rep(3),
    n[1], n[2], n[3], n[4], 0, n[5], n[6], 0, n[7], n[8], 0, n[9], n[10], 0, n[11], n[12],
    n[13], n[14], n[15], n[16], 0, n[17], n[18], 0, n[19], n[20], 0, n[21], n[22]))
end

function messages.lgrinfo(g)
  return messages.attribute(2, string.pack("=Bc64Bc40c40B", g.link_id, g.ibdev, g.ibport, g.gid, g.peer_gid,
    g.role))
end

--- DMBINFO: 40 bytes, or 56 where the GIDs have their other halves.
function messages.dmbinfo(d)
  local bytes = string.pack("=I4I4I8I8I8I8", d.linkid, 0, d.peer_gid, d.gid, d.token, d.peer_token)
  if d.peer_gid_ext then
    bytes = bytes .. string.pack("=I8I8", d.peer_gid_ext, d.gid_ext)
  end
  return messages.attribute(4, bytes)
end

--- A socket's message: the base struct, then the attributes.
function messages.socket(s, ...)
  return messages.message(SOCK_DIAG_BY_FAMILY, messages.base(s) .. table.concat({ ... }))
end

function messages.done(code)
  return messages.message(NLMSG_DONE, string.pack("=i4", code or 0))
end

function messages.failure(errno)
  return messages.message(NLMSG_ERROR, string.pack("=i4", -errno) .. ("\0"):rep(16), 0)
end

--- One SMC-D connection with everything that a kernel sends: 6.1 sends 40 bytes of DMBINFO.
function messages.smcd(dmb_ext, cookie)
  return messages.socket({
    state = "ACTIVE", mode = "smcd", local_address = "127.0.0.1", local_port = 12223,
    peer_address = "127.0.0.1", peer_port = 35164, inode = 1231, cookie = cookie or 0x100000002,
  }, messages.shutdown(0), messages.fallback(0), messages.conninfo(), messages.dmbinfo {
    linkid = 0x100, gid = 0x1f4a514fcca54834, token = 0x1a6f8abfdc4eb07d,
    peer_gid = 0x1f4a514fcca54834, peer_token = 0xb4d8560004204cd9,
    peer_gid_ext = dmb_ext, gid_ext = dmb_ext,
  })
end

return messages

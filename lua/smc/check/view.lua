--- What one side of a connection sees of it, for the other side.
--
-- A view has the fields of a record of `smc.diag`: `mode`, `fallback`, `peer_fallback`, and `dmb` or
-- `link_group`; also `host`, the name of the host, and `device`, that carries the data. That of a server says
-- of a connection over TCP too whether the SYN arrived with the option of SMC: `syn` has `smc`.
-- @module smc.check.view

local require = require "smc.internal.load"
local evidence = require "smc.check.evidence"
local has_type = require "smc.internal.args".has_type

local view = {}

local TEXTS <const>, INTEGERS <const> = "string", "integer"

-- The fields of the tables in a view, and their types.
local DMB <const> = { linkid = INTEGERS, gid = INTEGERS, gid_ext = INTEGERS, peer_gid = INTEGERS,
  peer_gid_ext = INTEGERS, token = INTEGERS, peer_token = INTEGERS }
local LINK <const> = { ibdev = TEXTS, ibport = INTEGERS, link_id = INTEGERS, gid = TEXTS, peer_gid = TEXTS }
local MODES <const> = { ["SMC-D"] = true, ["SMC-R"] = true, TCP = true }

local function code_of(record)
  return record and record.code
end

-- The SYN of a connection that was accepted, as it arrived; nil if the kernel has not kept it.
local function syn_of(sock)
  local headers = require "smc.core.socket".saved_syn(sock)
  local segment = headers and require "smc.internal.segment".read(headers, 1)
  return segment and { smc = segment.smc } or nil
end

--- This side's view, as a message for the other side.
-- @tparam ?table info result of `sock:info()`; without it, the mode is unknown
-- @tparam ?string peer_address whose path from here is described too, unless SMC is used
-- @param sock the accepted socket
-- @treturn table for `message.encode`
function view.of(info, peer_address, sock)
  if not info then return {} end
  local is_explained = info.mode == "TCP" and peer_address
  return {
    mode = info.mode, state = info.state, host = require "smc.core.socket".gethostname(),
    device = evidence.device(info), dmb = info.dmb, link = evidence.link(info),
    fallback = code_of(info.fallback), peer_fallback = code_of(info.peer_fallback),
    facts = is_explained and require "smc.check.facts".here(peer_address) or nil,
    syn = is_explained and syn_of(sock) or nil,
  }
end

-- The fields of a table from the network that have their type.
local function known(given, fields)
  if type(given) ~= "table" then return nil end
  local result = {}
  for name, kind in pairs(fields) do
    if has_type(given[name], kind) then result[name] = given[name] end
  end
  return result
end

local function reason_of(code)
  local is_code = math.type(code) == "integer" and code > 0 and code <= 0xffffffff
  return is_code and require "smc.reason".get(code) or nil
end

--- The other side's view, from its message.
-- @tparam table given result of `message.decode`
-- @treturn table
function view.read(given)
  local result = known(given, { state = TEXTS, host = TEXTS, device = TEXTS })
  result.mode = MODES[given.mode] and given.mode or nil
  result.fallback, result.peer_fallback = reason_of(given.fallback), reason_of(given.peer_fallback)
  result.dmb = known(given.dmb, DMB)
  local link = known(given.link, LINK)
  result.syn = known(given.syn, { smc = "boolean" })
  result.link_group = link and { links = { link } }
  result.facts = given.facts -- which `smc.check.facts` reads
  return result
end

return view

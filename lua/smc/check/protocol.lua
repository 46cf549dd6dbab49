--- What both sides of a check say to each other.
--
-- The client sends one probe: a line and padding, `SIZE` bytes in all. A server that knows it
-- answers with one line: how the connection looks from its side, and what names its end of it. IBM's server
-- answers nothing, IBM's client sends nothing, and neither minds.
-- @module smc.check.protocol

local evidence = require "smc.check.evidence"
local reason = require "smc.reason"

local protocol = {
  PORT = 37373,
  PORTS = 11, -- how many from there on are those of servers for checks: they alone are sent a probe unasked
  SIZE = 4096,
  ANSWER_MAX = 128,
}

local GREETING <const> = "smc-check probe 1\n"
local UNKNOWN <const>, NO_END <const> = "unknown", "-"
local CODE <const> = "0x(" .. ("%x"):rep(8) .. ")"
local ANSWER_BEGINS <const> = "smc-check answer "
local ANSWER <const> = "^smc%-check answer 1 (%S+) " .. CODE .. " " .. CODE .. " (%S+)$"
local MODES <const> = { ["SMC-D"] = "SMC-D", ["SMC-R"] = "SMC-R", TCP = "TCP", [UNKNOWN] = false }

--- Whether a port is one of those where servers for checks listen, as long as one of them is free.
-- @tparam integer port
-- @treturn boolean
function protocol.is_port(port)
  return port >= protocol.PORT and port < protocol.PORT + protocol.PORTS
end

--- The bytes of a probe.
protocol.request = GREETING .. ("."):rep(protocol.SIZE - #GREETING)

--- Whether what has come of a client is a probe: all of it, so that an answer says that it has come.
-- @tparam string data what has come so far
-- @treturn ?boolean nil while too little has come
function protocol.is_request(data)
  if data:sub(1, #GREETING) ~= GREETING:sub(1, #data) then return false end
  if #data < protocol.SIZE then return nil end
  return true
end

--- The answer to a probe.
-- @tparam ?table info what `sock:info()` gives; without it the answer is that this side cannot tell
function protocol.answer(info)
  info = info or {}
  return ("smc-check answer 1 %s 0x%08x 0x%08x %s\n"):format(info.mode or UNKNOWN,
    info.fallback and info.fallback.code or 0, info.peer_fallback and info.peer_fallback.code or 0,
    evidence.near_end(info) or NO_END)
end

--- Whether what has come, without the end of a line, may become an answer.
-- @tparam string data
-- @treturn boolean
function protocol.begins_answer(data)
  local known = math.min(#data, #ANSWER_BEGINS)
  return known > 0 and data:sub(1, known) == ANSWER_BEGINS:sub(1, known)
end

--- Reads an answer; it comes from the network, so nothing but its exact form counts.
-- @tparam string line without its end
-- @treturn ?table `mode`, `fallback`, `peer_fallback` (records of `smc.reason`) and `near_end` (see
--   `smc.check.evidence`) of the other side, without a mode where it cannot tell; nil for anything else
function protocol.read_answer(line)
  local mode, own, peer, near_end = line:match(ANSWER)
  if MODES[mode] == nil then return nil end
  local function cause(hex)
    local code = tonumber(hex, 16)
    return code ~= 0 and reason.get(code) or nil
  end
  return {
    mode = MODES[mode] or nil, fallback = cause(own), peer_fallback = cause(peer),
    near_end = near_end ~= NO_END and near_end or nil,
  }
end

return protocol

--- The protocol between both sides of a check.
--
-- The client sends one probe: a line and padding, `SIZE` bytes in total. A server that supports the protocol
-- answers with one line: the mode of the connection on its side, and the identifier of its end. IBM's server
-- does not answer and IBM's client does not send a probe; both work with this protocol.
-- @module smc.check.protocol

local evidence = require "smc.check.evidence"
local reason = require "smc.reason"

local protocol = {
  PORT = require "smc.check.port",
  PORTS = 11, -- number of ports of check servers: only to these a probe is sent by default
  SIZE = 4096,
  ANSWER_MAX = 128,
}

local GREETING <const> = "smc-check probe 1\n"
local UNKNOWN <const>, NO_END <const> = "unknown", "-"
local CODE <const> = "0x(" .. ("%x"):rep(8) .. ")"
local ANSWER_BEGINS <const> = "smc-check answer "
local ANSWER <const> = "^smc%-check answer 1 (%S+) " .. CODE .. " " .. CODE .. " (%S+)$"
local MODES <const> = { ["SMC-D"] = "SMC-D", ["SMC-R"] = "SMC-R", TCP = "TCP", [UNKNOWN] = false }

--- Whether a port is one of those on which check servers listen by default.
-- @tparam integer port
-- @treturn boolean
function protocol.is_port(port)
  return port >= protocol.PORT and port < protocol.PORT + protocol.PORTS
end

--- The bytes of a probe.
protocol.request = GREETING .. ("."):rep(protocol.SIZE - #GREETING)

--- Whether the data from a client is a complete probe, so that an answer confirms that it has arrived.
-- @tparam string data received so far
-- @treturn ?boolean nil while the data is incomplete
function protocol.is_request(data)
  if data:sub(1, #GREETING) ~= GREETING:sub(1, #data) then return false end
  if #data < protocol.SIZE then return nil end
  return true
end

--- The answer to a probe.
-- @tparam ?table info result of `sock:info()`; without it the answer is that the mode is unknown
function protocol.answer(info)
  info = info or {}
  return ("smc-check answer 1 %s 0x%08x 0x%08x %s\n"):format(info.mode or UNKNOWN,
    info.fallback and info.fallback.code or 0, info.peer_fallback and info.peer_fallback.code or 0,
    evidence.near_end(info) or NO_END)
end

--- Whether data without the end of a line may be the beginning of an answer.
-- @tparam string data
-- @treturn boolean
function protocol.begins_answer(data)
  local known = math.min(#data, #ANSWER_BEGINS)
  return known > 0 and data:sub(1, known) == ANSWER_BEGINS:sub(1, known)
end

--- Parses an answer; it comes from the network, so it must have exactly the right form.
-- @tparam string line without its end
-- @treturn ?table `mode`, `fallback`, `peer_fallback` (records of `smc.reason`) and `near_end` (see
--   `smc.check.evidence`) of the other side, without a mode if it is unknown there; nil for anything else
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

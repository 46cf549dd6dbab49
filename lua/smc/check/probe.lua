--- What both sides of a check say to each other.
--
-- The client sends one probe: a line and padding, `SIZE` bytes in all. A server that knows it
-- answers with one line: how the connection looks from its side. IBM's server answers nothing,
-- IBM's client sends nothing, and neither minds.
-- @module smc.check.probe

local probe = { PORT = 37373, SIZE = 4096, ANSWER_MAX = 128 }

local GREETING = "smc-check probe 1\n"
local MODES = { ["SMC-D"] = true, ["SMC-R"] = true, ["TCP"] = true }

--- The bytes of a probe.
probe.request = GREETING .. ("."):rep(probe.SIZE - #GREETING)

--- Whether the first bytes of a client are those of a probe.
-- @tparam string data what has come so far
-- @return true, false, or nil while too little has come
function probe.is_request(data)
  if #data >= #GREETING then return data:sub(1, #GREETING) == GREETING end
  if GREETING:sub(1, #data) ~= data then return false end
  return nil
end

--- The answer to a probe.
-- @tparam table info what `sock:info()` gives
function probe.answer(info)
  return ("smc-check answer 1 %s 0x%08x 0x%08x\n"):format(info.mode or "unknown",
    info.fallback_reason or 0, info.peer_reason or 0)
end

--- Reads an answer; it comes from the network, so nothing but its exact form counts.
-- @tparam string line without its end
-- @treturn table mode, fallback_reason and peer_reason of the other side; nil for anything else
function probe.read_answer(line)
  local mode, own, peer = line:match("^smc%-check answer 1 (%S+) 0x(%x%x%x%x%x%x%x%x) 0x(%x%x%x%x%x%x%x%x)$")
  if not MODES[mode] then return nil end
  local function code(hex)
    local number = tonumber(hex, 16)
    return number ~= 0 and number or nil
  end
  return { mode = mode, fallback_reason = code(own), peer_reason = code(peer) }
end

return probe

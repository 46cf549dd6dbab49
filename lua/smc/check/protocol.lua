--- The protocol between both sides of a check.
--
-- The client sends a request: lines and padding, `SIZE` bytes in total. The first line is that of version 1,
-- to which a server answers with one line: the mode of the connection on its side, and the identifier of its
-- end. The second line asks for version 2: the server answers with its view of the connection, both sides
-- exchange random data, and the server reports what it has received (see `smc.check.exchange`). A server of
-- version 1 takes the second line for padding. IBM's server does not answer, and IBM's client does not send
-- a request; both work with this protocol.
-- @module smc.check.protocol

local require = require "smc.internal.load"
local evidence = require "smc.check.evidence"
local message = require "smc.check.message"
local transfer = require "smc.check.transfer"
local view = require "smc.check.view"

local protocol = {
  PORT = require "smc.check.port",
  PORTS = 11, -- number of ports of check servers: only to these a probe is sent by default
  SIZE = 4096,
  ANSWER_MAX = 128,
  READY = "ready\n", -- the answer to a command, before the first message
  DONE = "!", -- after the last message of a sink
}

local GREETING <const> = "smc-check probe 1\n"
local TEST <const> = "test 2 %016x %s\n"
local TEST_READ <const> = "^test 2 (" .. ("%x"):rep(16) .. ") ([%d,-]*)\n"
local MOST_BLOCKS <const>, LARGEST_BLOCK <const> = 16, 1 << 20
local MOST_MESSAGES <const> = 10000000
local FRAME <const>, FRAME_READ <const> = "smc-check %s 2 %d\n", "^smc%-check (%l+) 2 (%d+)$"
local UNKNOWN <const>, NO_END <const> = "unknown", "-"
local CODE <const> = "0x(" .. ("%x"):rep(8) .. ")"
local UNREADABLE <const> = "it cannot be decoded"
local ANSWER_BEGINS <const> = "smc-check answer "
local ANSWER <const> = "^smc%-check answer 1 (%S+) " .. CODE .. " " .. CODE .. " (%S+)$"
local MODES <const> = { ["SMC-D"] = "SMC-D", ["SMC-R"] = "SMC-R", TCP = "TCP", [UNKNOWN] = false }

--- Whether a port is one of those on which check servers listen by default.
-- @tparam integer port
-- @treturn boolean
function protocol.is_port(port)
  return port >= protocol.PORT and port < protocol.PORT + protocol.PORTS
end

--- The bytes of a request.
-- @tparam integer seed of the random data
-- @tparam ?{integer,...} sizes of the blocks that go to and fro; nil: the server's view is not needed either
-- @treturn string
function protocol.request(seed, sizes)
  local lines = GREETING .. TEST:format(seed, sizes and table.concat(sizes, ",") or "-")
  return lines .. ("."):rep(protocol.SIZE - #lines)
end

-- The sizes in a request; nil if they are too many or too large.
local function sizes_of(text)
  local sizes = {}
  for word in text:gmatch("%d+") do
    local size = math.tointeger(tonumber(word))
    if not size or size < 1 or size > LARGEST_BLOCK or #sizes == MOST_BLOCKS then return nil end
    sizes[#sizes + 1] = size
  end
  return sizes
end

--- Parses a request.
-- @tparam string data received so far
-- @treturn ?table `seed`, `sizes` and `is_silent` (no view is asked for) of version 2, empty for version 1;
--   false if it is something else; nil while the data is incomplete
function protocol.read_request(data)
  if data:sub(1, #GREETING) ~= GREETING:sub(1, #data) then return false end
  if #data < protocol.SIZE then return nil end
  local seed, words = data:match(TEST_READ, #GREETING + 1)
  local sizes = seed and sizes_of(words)
  if not sizes then return {} end
  return { seed = math.tointeger(tonumber(seed, 16)), sizes = sizes, is_silent = words == "-" or nil }
end

--- The answer of version 1.
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

--- Parses an answer of version 1; it comes from the network, so it must have exactly the right form.
-- @tparam string line without its end
-- @treturn ?table `mode`, `fallback`, `peer_fallback` (records of `smc.reason`) and `near_end` (see
--   `smc.check.evidence`) of the other side, without a mode if it is unknown there; nil for anything else
function protocol.read_answer(line)
  local mode, own, peer, near_end = line:match(ANSWER)
  if MODES[mode] == nil then return nil end
  local function cause(hex)
    local code = tonumber(hex, 16)
    return code ~= 0 and require "smc.reason".get(code) or nil
  end
  return {
    mode = MODES[mode] or nil, fallback = cause(own), peer_fallback = cause(peer),
    near_end = near_end ~= NO_END and near_end or nil,
  }
end

--- A line by which a client, after its test, asks for so many messages of one size.
-- @tparam string kind what the server does with them: `"echo"` or `"sink"`
-- @tparam integer size
-- @tparam integer count
-- @treturn string
function protocol.command(kind, size, count)
  return ("%s %d %d\n"):format(kind, size, count)
end

--- Parses such a line.
-- @tparam string line without its end
-- @treturn ?string kind; nil for anything else
-- @treturn integer size
-- @treturn integer count
function protocol.read_command(line)
  local kind, size, count = line:match("^(%l+) (%d+) (%d+)$")
  size, count = math.tointeger(tonumber(size)), math.tointeger(tonumber(count))
  if kind ~= "echo" and kind ~= "sink" or not (size and count) then return nil end
  if size < 1 or size > LARGEST_BLOCK or count < 1 or count > MOST_MESSAGES then return nil end
  return kind, size, count
end

--- A table as a message of version 2.
-- @tparam string kind `"answer"` or `"result"`
-- @tparam table value
-- @treturn string
function protocol.frame(kind, value)
  local body = message.encode(value)
  return FRAME:format(kind, #body) .. body
end

--- Receives the rest of a message of version 2.
-- @param sock
-- @tparam string kind
-- @tparam string line its first line
-- @tparam number deadline
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message; nil if the line is not that of such a message
function protocol.receive_rest(sock, kind, line, deadline)
  local found, length = line:match(FRAME_READ)
  length = math.tointeger(tonumber(length))
  if found ~= kind or not length or length > message.MAX then return nil end
  local body, why = "", nil
  if length > 0 then body, why = transfer.receive(sock, length, deadline) end
  if not body then return nil, why end
  local value = message.decode(body)
  return value, not value and UNREADABLE or nil
end

--- Receives an answer: the first line has come.
-- @param sock
-- @tparam string line without its end
-- @tparam number deadline
-- @treturn[1] table as `read_answer` returns it; of version 2, the other side's view, with `ends` too
-- @treturn[2] nil
-- @treturn[2] string message; nil if the line does not begin as an answer does
function protocol.receive_answer(sock, line, deadline)
  local answer = protocol.read_answer(line)
  if answer then return answer end
  local given, why = protocol.receive_rest(sock, "answer", line, deadline)
  if not given then
    local begins = line:sub(1, #ANSWER_BEGINS) == ANSWER_BEGINS
    return nil, why or begins and UNREADABLE or nil
  end
  answer = view.read(given)
  answer.near_end, answer.ends = evidence.near_end(answer), evidence.ends(answer)
  return answer
end

return protocol

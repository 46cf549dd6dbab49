--- The client's part of a live test: what it sends, what the server answers, and what both compare. The
-- server's part is in `smc.check.session`.
--
-- After the answer of the server, each block of random data goes to the server and one of the same size comes
-- back. Both sides know both streams, which are those of the seed and of its complement, and compare every
-- byte. At the end the server reports what it has received, and how much its kernel says was written into
-- its memory and into the client's.
-- @module smc.check.exchange

local has_type = require "smc.internal.args".has_type
local os_core = require "smc.core.os"
local protocol = require "smc.check.protocol"
local transfer = require "smc.check.transfer"

local exchange = {}

-- The largest one does not fit into buffers of the kernel's default size.
local SIZES <const> = { 1, 100, 1500, 4096, 16384, 65537 }

-- The fields of a result, and their types.
local RESULT <const> = { received = "integer", difference = "integer", memory_in = "integer",
  memory_out = "integer", mode = "string" }

-- How long to wait for the answer to the request. IBM's server never answers, so a check of it always takes
-- this long; but a shorter limit could miss an answer that is late because it passes through a proxy.
local ANSWER_SECONDS <const> = 2

local function sum(sizes)
  local total = 0
  for _, size in ipairs(sizes) do total = total + size end
  return total
end

-- What is wrong with the part that the client sent or received itself; nil: nothing.
local function fault_of_blocks(data, sock, deadline)
  for _, size in ipairs(data.sizes) do
    local sent, message = transfer.send_random(sock, data.seed, data.sent, size, deadline)
    data.sent = data.sent + sent
    if message then return ("only %d of %d bytes of random data could be sent: %s"):format(
      data.sent, data.bytes, message), message end
    local received, difference
    received, message, difference = transfer.receive_random(sock, ~data.seed, data.received, size, deadline)
    data.received = data.received + received
    if difference then
      return ("byte %d of the random data that was received is not the one that was sent"):format(difference)
    elseif message then
      return ("only %d of %d bytes of random data were received: %s"):format(
        data.received, data.bytes, message), message
    end
  end
end

-- What is wrong with the result that the peer reports; nil: nothing.
local function fault_of_result(result, mode, sent, received, data)
  if result.difference then
    return ("byte %s of the random data that the peer received is not the one that was sent"):format(
      result.difference)
  elseif result.received ~= data.bytes then
    return ("the peer received only %s of %d bytes of random data"):format(result.received, data.bytes)
  elseif not (result.memory_in and result.memory_out) then
    return "the peer could not read its kernel's record of the connection a second time"
  elseif result.memory_in ~= sent or result.memory_out ~= received then
    return ("by the peer's kernel %s bytes were written into its memory, but %d were sent; and %s bytes were "
      .. "written into the memory of this host, but %d were received"):format(
      result.memory_in, sent, result.memory_out, received)
  elseif result.mode ~= mode then
    return ("the peer's kernel does not say any more that the connection uses %s"):format(mode)
  end
end

-- Whether a table from the network has the fields of a result, with their types.
local function is_result(given)
  for name, kind in pairs(RESULT) do
    if given[name] ~= nil and not has_type(given[name], kind) then return false end
  end
  return given.received ~= nil
end

local function receive_result(sock, deadline)
  local line, why = transfer.receive(sock, "*l", deadline, protocol.ANSWER_MAX)
  if not line then return nil, why end
  local result
  result, why = protocol.receive_rest(sock, "result", line, deadline)
  if result and is_result(result) then return result end
  return nil, why or "it is not a result"
end

-- Exchanges the random data; completes the facts.
local function exchange_data(sock, mode, facts, data, deadline)
  facts.data = data
  local message
  data.fault, message = fault_of_blocks(data, sock, deadline)
  facts.sent = facts.sent + data.sent
  facts.to_send = facts.to_send + data.bytes
  if not data.fault then
    local received, sent = sock:getstats()
    local result
    result, message = receive_result(sock, deadline)
    if result then
      data.fault = fault_of_result(result, mode, sent, received, data)
    else
      data.fault = "the peer did not report what it received: " .. message
    end
  end
  facts.closed = message == "closed"
end

--- Makes the live test over a connection. A task calls it.
-- @param sock
-- @tparam string mode of the connection; over TCP, only the answer of the peer is asked for
-- @tparam number deadline of all of it
-- @treturn table facts for `verdict.judge`: `to_send`, `sent`, `send_message`, `received`, `answer`,
--   `answer_fault`, `closed`, `data`
function exchange.run(sock, mode, deadline)
  local sizes = mode == "TCP" and {} or SIZES
  local seed = math.floor(os_core.gettime() * 1e6)
  local request = protocol.request(seed, sizes)
  local facts = { to_send = #request }
  facts.sent, facts.send_message = transfer.send(sock, request, deadline)
  if facts.send_message then
    facts.closed = facts.send_message == "closed"
    return facts
  end
  local answer_deadline = math.min(deadline, os_core.monotonic() + ANSWER_SECONDS)
  local line, message, rest = transfer.receive(sock, "*l", answer_deadline, protocol.ANSWER_MAX)
  if line then
    facts.answer, message = protocol.receive_answer(sock, line, deadline)
  elseif message == "timeout" and not protocol.begins_answer(rest) then
    message = nil -- a peer that never answers
  end
  facts.closed = message == "closed"
  facts.answer_fault = message
  if facts.answer and facts.answer.ends and #sizes > 0 then
    exchange_data(sock, mode, facts,
      { seed = seed, sizes = sizes, bytes = sum(sizes), sent = 0, received = 0 }, deadline)
  end
  facts.received = sock:getstats()
  return facts
end

return exchange

--- What the fuzz programs have in common: messages changed at random, for so many seconds, by a seed that
-- is printed first and repeats the run. A crash prints nothing more.
--
-- The words of such a program are [seconds [seed]]. SMC_BUILD names the folder that the C modules are taken
-- from, best one built under sanitizers.

local loop = {}

-- What is done to a message; others are what a piece can come from.
local changes = {
  function(s) -- one byte
    local at = math.random(#s)
    return s:sub(1, at - 1) .. string.char(math.random(0, 255)) .. s:sub(at + 1)
  end,
  function(s) -- 16 bits of either byte order where lengths and types are
    local at = math.random(0, (#s - 2) // 2) * 2 + 1
    local length = math.random(0, 1) * 65535 ~ math.random(0, 80)
    return s:sub(1, at - 1) .. string.pack(math.random(2) == 1 and "<I2" or ">I2", length) .. s:sub(at + 2)
  end,
  function(s) return s:sub(1, math.random(#s)) end,
  function(s, others) return s .. others[math.random(#others)] end,
  function(s, others) return s:sub(1, math.random(#s)) .. others[math.random(#others)] end,
}

local function changed(message, others)
  for _ = 1, math.random(0, 4) do
    message = #message > 2 and changes[math.random(#changes)](message, others) or message
  end
  return message
end

--- Decodes one message after the other. What a decoder cannot take it has to say in words and an errno.
-- @tparam table words of the command line
-- @tparam {string,...} corpus
-- @tparam {function,...} decoders each takes a message; it gives how many records there were, or nil, a
--   message and an errno
-- @tparam string complaint a pattern that every message has to match
function loop.run(words, corpus, decoders, complaint)
  local seconds, seed = tonumber(words[1]) or 10, tonumber(words[2]) or os.time()
  io.stdout:write("seed ", seed, "\n"):flush()
  math.randomseed(seed)
  local stop = os.time() + seconds
  local runs, records, errors = 0, 0, 0
  repeat
    local message = changed(corpus[math.random(#corpus)], corpus)
    local found, fault, errno = decoders[math.random(#decoders)](message)
    if found then
      records = records + found
    else
      assert(tostring(fault):find(complaint), fault)
      assert(errno == nil or math.type(errno) == "integer" and errno > 0, errno)
      errors = errors + 1
    end
    runs = runs + 1
  until os.time() >= stop
  assert(records > 0 and errors > 0, "a run that decodes everything, or nothing, tests nothing")
  print(("%d datagrams, %d records, %d errors"):format(runs, records, errors))
end

return loop

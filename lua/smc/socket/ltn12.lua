--- Sources and sinks of sockets for LTN12 pumps, as LuaSocket has them.
-- @module smc.socket.ltn12

local args = require "smc.internal.args"

local ltn12 = { sourcet = {}, sinkt = {} }

local sourcet, sinkt = ltn12.sourcet, ltn12.sinkt

-- A callable object that `select` can wait for.
local function on(called, sock, call)
  args.check(called, 1, sock, "object")
  return setmetatable({
    getfd = function() return sock:getfd() end,
    dirty = function() return sock:dirty() end,
  }, { __call = call })
end

local function send(sock, chunk)
  return sock:send(args.check("sink", 1, chunk, "string or number"))
end

sinkt["keep-open"] = function(sock)
  return on("keep-open", sock, function(_, chunk)
    if not chunk then return 1 end
    return send(sock, chunk)
  end)
end

sinkt["close-when-done"] = function(sock)
  return on("close-when-done", sock, function(_, chunk)
    if chunk then return send(sock, chunk) end
    sock:close()
    return 1
  end)
end

sinkt.default = sinkt["keep-open"]

-- Sources keep the data that arrived before a timeout; the next call returns it with the rest.

sourcet["by-length"] = function(sock, length)
  local kept = ""
  local source = on("by-length", sock, function()
    if length <= 0 then return nil end
    local chunk, message, partial = sock:receive(math.min(ltn12.block_size(), length), kept)
    if message == "closed" and partial ~= "" then -- the next call returns the end
      chunk, partial = partial, ""
    end
    kept = partial or ""
    if not chunk then return nil, message end
    length = length - #chunk
    return chunk
  end)
  args.check("by-length", 2, length, "number")
  return source
end

sourcet["until-closed"] = function(sock)
  local done, kept = false, ""
  return on("until-closed", sock, function()
    if done then return nil end
    local chunk, message, partial = sock:receive(ltn12.block_size(), kept)
    kept = partial or ""
    if chunk then return chunk end
    if message ~= "closed" then return nil, message end
    sock:close()
    done = true
    return partial
  end)
end

sourcet.default = sourcet["until-closed"]

--- Returns a function that calls the entry of a table that its first argument names, or `default`.
-- @tparam table entries name → function
function ltn12.choose(entries)
  args.check("choose", 1, entries, "table")
  return function(name, ...)
    local entry
    if type(name) == "string" then
      entry = entries[name]
      if not entry then args.throw(("unknown key (%s)"):format(name)) end
      return entry(...)
    end
    return entries.default(name, ...)
  end
end

return ltn12

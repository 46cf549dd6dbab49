--- Sources and sinks of sockets for LTN12 pumps, as LuaSocket has them.
-- @module smc.socket.ltn12

local ltn12 = { sourcet = {}, sinkt = {} }

local sourcet, sinkt = ltn12.sourcet, ltn12.sinkt

-- A callable object that `select` can wait for.
local function on(sock, call)
  return setmetatable({
    getfd = function() return sock:getfd() end,
    dirty = function() return sock:dirty() end,
  }, { __call = call })
end

sinkt["keep-open"] = function(sock)
  return on(sock, function(_, chunk)
    if not chunk then return 1 end
    return sock:send(chunk)
  end)
end

sinkt["close-when-done"] = function(sock)
  return on(sock, function(_, chunk)
    if chunk then return sock:send(chunk) end
    sock:close()
    return 1
  end)
end

sinkt.default = sinkt["keep-open"]

sourcet["by-length"] = function(sock, length)
  return on(sock, function()
    if length <= 0 then return nil end
    local chunk, message = sock:receive(math.min(ltn12.block_size(), length))
    if not chunk then return nil, message end
    length = length - #chunk
    return chunk
  end)
end

sourcet["until-closed"] = function(sock)
  local done = false
  return on(sock, function()
    if done then return nil end
    local chunk, message, partial = sock:receive(ltn12.block_size())
    if chunk then return chunk end
    if message ~= "closed" then return nil, message end
    sock:close()
    done = true
    return partial
  end)
end

sourcet.default = sourcet["until-closed"]

--- A function that calls the entry of a table that its first argument names, or `default`.
-- @tparam table entries name → function
function ltn12.choose(entries)
  return function(name, ...)
    local entry
    if type(name) == "string" then
      entry = entries[name]
      if not entry then error(("unknown key (%s)"):format(name), 3) end
      return entry(...)
    end
    return entries.default(name, ...)
  end
end

return ltn12

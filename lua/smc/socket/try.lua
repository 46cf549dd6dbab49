--- Converts failures to errors and back: `newtry` and `protect`, as in LuaSocket.
-- @module smc.socket.try

local args = require "smc.internal.args"

local try = {}

-- lua(1) prints the text of an error that nothing catches; if the error is a string, a traceback, too.
local exception = { __metatable = false, __tostring = function(thrown) return tostring(thrown[1]) end }

local function is_exception(value)
  return type(value) == "table" and debug.getmetatable(value) == exception
end

local function nothing() end

--- Returns a function that returns its arguments; if the first is nil or false, it calls the finalizer and
-- raises the second.
-- @tparam[opt] function finalizer
function try.newtry(finalizer)
  finalizer = args.optional("newtry", 1, finalizer, "callable") or nothing
  return function(...)
    if ... then return ... end
    finalizer()
    error(setmetatable({ (select(2, ...)) }, exception), 0)
  end
end

local function finish(ok, ...)
  if ok then return ... end
  local thrown = ...
  if is_exception(thrown) then return nil, thrown[1] end
  error(thrown, 0)
end

--- Returns a function that calls another, and returns `nil, message` if a `try` in it failed; other errors
-- are raised again.
-- @tparam function called
function try.protect(called)
  args.check("protect", 1, called, "callable")
  return function(...) return finish(pcall(called, ...)) end
end

return try

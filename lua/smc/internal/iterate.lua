--- Reads iterators over the kernel's answers.
-- @module smc.internal.iterate

local iterate = {}

--- Calls a function with what each step of an iterator returns, until the function returns true. Only what
-- the iterator itself raises, when the kernel's answer ends with an error, becomes a result. Other errors go
-- on to the caller, such as the one that Ctrl-C raises in any line of Lua.
-- @tparam Iterator iterator of `smc.core.netlink` or `smc.diag.sockets`; it has `errno`
-- @tparam function f
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function iterate.each(iterator, f)
  local function step(...)
    return ... ~= nil and not f(...)
  end
  local ok, raised = pcall(function()
    while step(iterator()) do end
  end)
  if ok then return true end
  local errno = iterator:errno()
  if not errno then error(raised, 0) end
  return nil, raised, errno
end

return iterate

--- Reads parts of files.
-- @module smc.run.reading

local reading = {}

--- Reads bytes of an open file from an offset: fewer than requested at the end of the file.
-- @param file
-- @tparam integer offset from 0
-- @tparam integer count
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function reading.read_at(file, offset, count)
  local ok, message, errno = file:seek("set", offset)
  if not ok then return nil, message, errno end
  local bytes
  bytes, message, errno = file:read(count)
  if not bytes and errno then return nil, message, errno end -- at the end there is no errno
  return bytes or ""
end

return reading

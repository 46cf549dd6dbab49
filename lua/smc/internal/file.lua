--- Opens and reads files.
-- @module smc.internal.file

local E = require "smc.errno"

local file = {}

--- Opens a file for reading. If there are no free descriptors, it collects garbage once, which may free some.
-- @tparam string path
-- @treturn[1] file
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function file.open(path)
  local opened, message, errno = io.open(path, "rb")
  if not opened and (errno == E.EMFILE or errno == E.ENFILE) then
    collectgarbage()
    opened, message, errno = io.open(path, "rb")
  end
  return opened, message, errno
end

--- Reads a whole file.
-- @tparam string path
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function file.read(path)
  local opened <close>, message, errno = file.open(path)
  if not opened then return nil, message, errno end
  local text
  text, message, errno = opened:read("a")
  if not text then return nil, ("%s: %s"):format(path, message), errno end
  return text
end

--- Reads bytes of an open file from an offset: fewer than requested at the end of the file.
-- @tparam file opened
-- @tparam integer offset from 0
-- @tparam integer count
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function file.read_at(opened, offset, count)
  local ok, message, errno = opened:seek("set", offset)
  if not ok then return nil, message, errno end
  local bytes
  bytes, message, errno = opened:read(count)
  if not bytes and errno then return nil, message, errno end -- at the end there is no errno
  return bytes or ""
end

return file

-- Writes the archive: every section is a file of it, and so is the JSON document. tar(1) makes it in a
-- directory that only this user can enter, in the directory of the archive; then it is renamed. So an archive
-- is complete or not there, and a symbolic link in its place is replaced, not followed.

local collect = require "smc.cli.smc_dbg.collect"
local json = require "smc.json"
local os_core = require "smc.core.os"
local process = require "smc.process"
local sections = require "smc.cli.smc_dbg.sections"
local text = require "smc.internal.text"

-- Removes a directory with everything in it.
local function remove(path)
  for _, name in ipairs(os_core.entries(path) or {}) do remove(path .. "/" .. name) end
  os.remove(path)
end

-- A directory that is removed when it is closed, also by Ctrl-C.
local function temporary_folder(prefix)
  local path, message, errno = os_core.temporary_folder(prefix)
  if not path then return nil, text.printable(message), errno end
  return setmetatable({ path = path }, { __close = function() remove(path) end })
end

local function write(path, content)
  local file <close>, message = io.open(path, "w")
  local ok = file
  if ok then ok, message = file:write(content) end
  if ok then ok, message = file:flush() end
  if not ok then return nil, message end
  return true
end

-- Writes all files into a new directory of that name.
local function write_files(parent, name)
  local made, message = os_core.make_folder(parent .. "/" .. name)
  if not made then return nil, message end
  local found = collect()
  local ok
  ok, message = write(made .. "/smc_dbg.json", json.encode(found) .. "\n")
  for _, section in ipairs(ok and sections or {}) do
    ok, message = write(made .. "/" .. section.name, section.text(found))
    if not ok then break end
  end
  return ok, message
end

local function pack(folder, name)
  local tar <close>, message = process.spawn({ "tar", "-C", folder, "-czf", folder .. "/archive", name },
    { stdin = "null", stderr = "pipe" })
  if not tar then return nil, message end
  local said = tar.stderr:read "a"
  local how, status = tar:wait()
  if how == "exit" and status == 0 then return true end
  return nil, "tar failed: " .. text.printable(said)
end

-- The directory of the archive, and the prefix of what is made in it.
local function place_of(file)
  if not file then return (os.getenv "TMPDIR" or "/tmp") .. "/" end
  return file:match "^.*/" or "./"
end

-- Returns the name of the archive, or nil and a message.
-- `file`: its name, or nil for a new one in the directory for temporary files.
return function(file)
  local free, why = os_core.replaceable(file or "")
  if not free then return nil, ("cannot write %s: %s"):format(text.printable(file), why) end
  local prefix = place_of(file) .. (file and ".smc_dbg-" or "smc_dbg-")
  local folder <close>, message = temporary_folder(prefix)
  if not folder then return nil, "cannot make a directory for the archive: " .. message end
  local name = "smc_dbg-" .. folder.path:sub(-6)
  file = file or folder.path .. ".tgz"
  local ok
  ok, message = write_files(folder.path, name)
  if ok then ok, message = pack(folder.path, name) end
  if ok then ok, message = os.rename(folder.path .. "/archive", file) end
  if not ok then return nil, ("cannot write %s: %s"):format(text.printable(file), text.printable(message)) end
  return file
end

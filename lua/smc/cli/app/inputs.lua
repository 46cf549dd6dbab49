--- Inputs of the project's scripts: the file that the command line names, and signals.
-- @module smc.cli.app.inputs

local app = require "smc.cli.app.output"
local E = require "smc.errno"
local text = require "smc.internal.text"

local inputs = {}

-- Ends the script if a file cannot be read. Pipes and terminals are not tested, since they may block.
local function check_readable(file, name, status)
  local at, message, errno = file:seek("cur")
  if at then
    message = select(2, file:read(0))
    file:flush() -- the descriptor is back where it was
  elseif errno == E.ESPIPE then
    return
  end
  if message then app.fail(status, ("cannot read %s: %s"):format(text.printable(name), message)) end
end

--- Opens the input that the command line names, and ends the script if it cannot be read.
-- @tparam ?string name of a file; nil: standard input
-- @tparam integer status the exit status in that case
-- @treturn file
function inputs.open_input(name, status)
  local file, message = io.stdin, nil
  if name then file, message = io.open(name, "rb") end
  if not file then app.fail(status, text.printable(message)) end
  check_readable(file, name or "standard input", status)
  return file
end

--- The names of the signals that end a server. SIGHUP stays ignored under nohup(1).
-- @treturn string
-- @treturn string
-- @treturn ?string
function inputs.ending_signals()
  local status = require "smc.internal.file".read("/proc/self/status") or ""
  local ignored = tonumber(status:match("SigIgn:%s*(%x+)") or "0", 16)
  if ignored & 1 ~= 0 then return "INT", "TERM" end
  return "HUP", "INT", "TERM"
end

return inputs

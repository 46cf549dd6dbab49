--- Counts instructions in user space with valgrind's callgrind: those of a command and of all that it starts.
-- They are the same however busy the machine is.

local process = require "smc.process"

local LOG <const> = os.tmpname()

local callgrind = {}

--- The instructions of a command, or nil if there is no valgrind.
-- @tparam {string,...} argv
-- @tparam ?table env its environment
function callgrind.count(argv, env)
  local p <close> = process.spawn({ "valgrind", "--tool=callgrind", "--trace-children=yes",
    "--callgrind-out-file=/dev/null", "--log-file=" .. LOG .. ".%p", table.unpack(argv) },
    { env = env, stdin = "null", stdout = "null", stderr = "null" })
  if not p then return nil end
  assert(p:wait())
  local sum
  for path in io.popen(("ls %s.*"):format(LOG)):lines() do
    local log <close> = assert(io.open(path))
    sum = (sum or 0) + tonumber(log:read "a":match "Collected : (%d+)" or 0)
    os.remove(path)
  end
  os.remove(LOG)
  return sum
end

return callgrind

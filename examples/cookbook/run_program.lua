--- Run a TCP program over SMC, and read what it prints: run_program.lua COMMAND [ARGUMENT]…
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

if not arg[1] then
  io.stderr:write "usage: run_program.lua COMMAND [ARGUMENT]...\n"
  os.exit(2)
end

-- A program whose sockets cannot be converted, a static one for example, is refused: see smc.run.
local options = { stdout = "pipe", send_buffer = "256k" }
local program <close> = try(smc.run.spawn({ table.unpack(arg) }, options))
for line in program.stdout:lines() do print("it said: " .. line) end
local how, status = try(program:wait())
print(how, status)

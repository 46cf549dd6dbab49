-- Calls the public functions of spec/failures.lua where no descriptor is left, and prints what each answers:
-- its name, the errno that it fails with otherwise, and "failure" with the name of the errno, "answer", or
-- "wrong" for anything else than these.
--
--    ulimit -n 64; lua5.4 spec/faults/descriptors.lua

local E = require "smc.errno"
local failures = require "failures"

local held = {}

local function exhaust()
  collectgarbage()
  repeat
    local file = io.open("/dev/null")
    held[#held + 1] = file
  until not file
end

local function kind_of(ok, first, message, errno)
  if not ok then return "wrong", tostring(first) end
  if first ~= nil then return "answer", "" end
  if type(message) ~= "string" or math.type(errno) ~= "integer" then return "wrong", tostring(message) end
  return "failure", E.name(errno) or tostring(errno)
end

local function try(name, way)
  pcall(way[2]) -- loads what is loaded at first use
  exhaust()
  local kind, words = kind_of(pcall(way[2]))
  for i = #held, 1, -1 do
    held[i]:close()
    held[i] = nil
  end
  print(("%s\t%s\t%s\t%s"):format(name, way[1], kind, (words:gsub("%c", " "))))
end

for name, ways in pairs(failures.of_functions) do
  for _, way in ipairs(ways) do
    if way.direct then try(name, way) end
  end
end

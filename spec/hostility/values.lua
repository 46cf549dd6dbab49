-- Values that nobody expects.

local function fail() error("hostile", 0) end

local hostile = { __index = fail, __newindex = fail, __call = fail, __len = fail, __eq = fail, __lt = fail,
  __concat = fail, __tostring = fail, __name = 7, __pairs = fail, __close = fail, __gc = fail }

local function with_length(length)
  return setmetatable({ "x" }, { __len = function() return length end })
end

local values = {
  true, false, -1, 0, 1, 2, 64, 1 << 31, -(1 << 31), 1 << 32, (1 << 32) + 1, 2^53, 2^63, -2^63, 2^64, 1e308,
  -1e308, 1.5, 0 / 0, math.huge, -math.huge, math.maxinteger, math.mininteger,
  "", "\0", "r\0", "a\0b", "1", "0x10", "-1", "*a", "*l", "r", "rw", "%s%n", ("x"):rep(70000), "\xff\xfe",
  "reuseaddr", "linger", "keepalive", "both", "127.0.0.1",
  {}, { 1, 2, 3 }, { on = true, timeout = 2^40 }, { on = 1 }, { getfd = fail }, setmetatable({}, hostile),
  with_length(1 << 40), with_length(-1), with_length(0.5), with_length("x"), with_length(math.maxinteger),
  fail, print, coroutine.wrap(fail), coroutine.create(fail), coroutine.running(), io.stdout, io.stdin,
}

return values

-- Several Lua states in the threads of one process, and programs with threads under the preloaded library,
-- under ThreadSanitizer: make test-threads.

local support = require "support"

local BUILD <const> = "build/threads" -- which make test-threads makes

describe("under ThreadSanitizer,", function()
  local folder = os.tmpname()

  setup(function()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
  end)

  teardown(function() os.execute("rm -rf " .. folder) end)

  -- Compiles a program, and runs it with these words in front. What is raced for makes its status 66.
  local function run(source, flags, command, ...)
    local program = folder .. "/program"
    local compile <const> = "exec cc -O1 -g -std=gnu11 -pthread -fsanitize=thread -rdynamic -o $1 $2 "
    local done = support.run { "sh", "-c", compile .. flags, "sh", program, source }
    assert.equal(0, done.status, done.stderr)
    local argv = { "setarch", "-R" } -- what the sanitizer knows of the memory's layout
    for _, word in ipairs(command) do argv[#argv + 1] = word end
    argv[#argv + 1] = program
    for _, word in ipairs { ... } do argv[#argv + 1] = word end
    local env = support.environment()
    env.LUA_CPATH = BUILD .. "/?.so"
    return support.run(argv, nil, env)
  end

  it("states in three threads share nothing", function()
    local done = run("spec/threads/states.c", "$(pkg-config --cflags --libs lua5.4)", {},
      "spec/threads/states.lua", "3")
    assert.equal("", done.stderr)
    assert.equal(0, done.status)
  end)

  it("32 threads open sockets under the preloaded library", function()
    for _ = 1, 5 do
      local done = run("spec/kernel/programs/threads.c", "-DTHREADS=32", { "env",
        "LD_PRELOAD=" .. BUILD .. "/smc/preload.so", "SMC_FALLBACK=tcp" })
      assert.equal("", done.stderr)
      assert.equal(0, done.status)
    end
  end)
end)

--- What `make coverage` has found: lua5.4 spec/coverage/report.lua FOLDER [-v]
--
-- A table of our files, with the number of their lines that can be executed, and how many of them were. -v:
-- the lines that were not, as well. Below FOLDER are the files that lines.c wrote, and trees of .gcda files.
-- The status is 1 where a file has less than the floor and no reason in reasons.lua.

local FLOOR <const> = 90 -- percent
local FILES <const>, NAME <const>, LINES <const> = 256, 128, 512 -- as in lines.c

local folder, verbose = arg[1], arg[2] == "-v"

local function output_of(command, ...)
  local pipe <close> = assert(io.popen(command:format(...)))
  return pipe:read("a")
end

local function lines_of(text)
  return text:gmatch("[^\n]+")
end

-- file → line → whether it was executed
local seen = setmetatable({}, { __index = function(all, name)
  all[name] = {}
  return all[name]
end })

local function add(name, line, hit)
  seen[name][line] = seen[name][line] or hit
end

-- ---- Lua ----

-- Lines with instructions, but for the return that the compiler adds to a function's end.
local function add_active_lines(path)
  local last
  for text in lines_of(output_of("luac5.4 -l -p '%s'", path)) do
    local first, final = text:match("^%a+ <[^>]*:(%d+),(%d+)>")
    if first then last = tonumber(final) end
    local line, operation = text:match("^\t%d+\t%[(%d+)%]\t(%S+)")
    line = tonumber(line)
    local is_added = operation and (operation:find("^RETURN") and (line == last or last == 0)
      or operation == "VARARGPREP" or operation == "CLOSE" and line == last)
    if line and not is_added then add(path, line, false) end
  end
end

local function read_lines(path)
  local file <close> = assert(io.open(path, "rb"))
  for _ = 1, FILES do
    local name = file:read(NAME)
    name = name and name:match("^[^\0]+")
    if not name then return end
    local bytes = file:read(LINES)
    for at in bytes:gmatch("()\1") do
      if rawget(seen, name) and seen[name][at - 1] ~= nil then add(name, at - 1, true) end
    end
  end
end

local function read_lua()
  for path in lines_of(output_of "git ls-files 'lua/smc/*.lua' 'examples/*.lua'") do
    if not path:find("^lua/smc/meta/") then add_active_lines(path) end
  end
  for path in lines_of(output_of("find '%s' -name 'lines.*'", folder)) do read_lines(path) end
end

-- ---- C ----

local function read_gcov(text)
  local name
  for line in lines_of(text) do
    local count, number, rest = line:match("^%s*(%S+):%s*(%d+):(.*)$")
    number = tonumber(number)
    if number == 0 then
      name = rest:match("^Source:(.*)$") or name
      name = name:match("csrc/.*$") or name
    elseif number and count ~= "-" and name:find("^csrc/") then
      add(name, number, count:find("^%d") ~= nil)
    end
  end
end

-- gcov(1) reads a tree of .gcda files where the .gcno files of the build are beside them.
local function read_c()
  for tree in lines_of(output_of("find '%s' -type d -path '*/build/coverage/obj'", folder)) do
    os.execute(("cp -r build/coverage/obj/. '%s'/ --no-clobber 2>/dev/null"):format(tree))
    for path in lines_of(output_of("find '%s' -name '*.gcda'", tree)) do
      read_gcov(output_of("gcov -t '%s' 2>/dev/null", path))
    end
  end
  for path in lines_of(output_of "find build/coverage/obj -name '*.gcno'") do -- those that were never run
    local source = path:match("obj/(.*)%.gcno$") .. ".c"
    if not rawget(seen, "csrc/" .. source) and io.open("csrc/" .. source) then
      read_gcov(output_of("gcov -t '%s' 2>/dev/null", path))
    end
  end
end

-- ---- the table ----

local function count(lines)
  local all, hit, missing = 0, 0, {}
  for line, was in pairs(lines) do
    all = all + 1
    if was then hit = hit + 1 else missing[#missing + 1] = line end
  end
  table.sort(missing)
  return all, hit, missing
end

local function print_missing(name, missing)
  local number = 0
  for text in io.lines(name) do
    number = number + 1
    if missing[1] == number then
      print(("      %5d  %s"):format(number, text))
      table.remove(missing, 1)
    end
  end
end

local function report()
  local reasons = dofile((arg[0]:match("^(.*/)") or "") .. "reasons.lua")
  local names, sums, bad = {}, { csrc = { 0, 0 }, lua = { 0, 0 }, examples = { 0, 0 } }, {}
  for name in pairs(seen) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local all, hit, missing = count(seen[name])
    local percent = all > 0 and 100 * hit / all or 100
    local sum = sums[name:match("^%a+")]
    sum[1], sum[2] = sum[1] + all, sum[2] + hit
    print(("%6.1f %%  %5d of %5d  %s"):format(percent, hit, all, name))
    if percent < FLOOR and not reasons[name] then bad[#bad + 1] = name end
    if reasons[name] and #missing > 0 then print("           " .. reasons[name]) end
    if verbose then print_missing(name, missing) end
  end
  print()
  for name, sum in pairs(sums) do
    print(("%6.1f %%  %5d of %5d  %s"):format(100 * sum[2] / sum[1], sum[2], sum[1], name))
  end
  for _, name in ipairs(bad) do print(("BELOW %d %%: %s"):format(FLOOR, name)) end
  return #bad == 0
end

read_lua()
read_c()
os.exit(report(), true)

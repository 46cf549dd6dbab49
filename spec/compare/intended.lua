--- The differences from the tools of smc-tools that are intended; examples/README.md lists them.
--
-- A rule says which command lines it is for, and takes the difference out of the two results, whose streams
-- and statuses are all that is left to compare. Each counts where it was needed.

local intended = { used = {} }

-- The result that is expected of the original, and of ours, for one to be taken for the other.
local function become_theirs(theirs, ours)
  ours.stdout, ours.stderr, ours.status = theirs.stdout, theirs.stderr, theirs.status
end

local function on_both_streams(result, change)
  result.stdout, result.stderr = change(result.stdout), change(result.stderr)
end

-- Lines of a usage about options that the originals do not have.
local function without_own_options(text)
  for _, option in ipairs { "json", "reasons", "dibs", "devices" } do
    text = text:gsub("[^\n]*%-%-" .. option .. "[^\n]*\n", "")
  end
  return text
end

-- What the originals have no name for.
local NEW_NAMES <const> = { "NOUEID", "RELEASEERR", "MAXCONNERR", "MAXLINKERR", "NOROUTE", "NOINDIRECT",
  "INTERR", "ERR_RTOK", "ERR_RDYLNK", "ERR_REGBUF" }

local function without_new_names(_, ours)
  for _, name in ipairs(NEW_NAMES) do
    ours.stdout = ours.stdout:gsub(("\n     %-12s "):format(name), ("\n     %-12s "):format("[unknown]"))
  end
end

-- Reasons that came equally often, in the order of their names: neighbours change places.
local function in_one_order(text)
  local lines = {}
  for line in text:gmatch("[^\n]*\n") do lines[#lines + 1] = line end
  for _ = 1, 2 do -- there are three at most
    for i = 2, #lines do
      local a, count = lines[i - 1]:match("^     (%S+) +(%d+)\n$")
      local b, same = lines[i]:match("^     (%S+) +(%d+)\n$")
      if a and count == same and a > b then lines[i - 1], lines[i] = lines[i], lines[i - 1] end
    end
  end
  return table.concat(lines)
end

-- Reasons that have not come since a reset, and what then has none below it.
local function without_zeros(theirs)
  local lines = {}
  for line in theirs.stdout:gmatch("[^\n]*\n") do
    local title = lines[#lines] and lines[#lines]:find("^    %u%l+\n$")
    if title and not line:find("^     %S") then lines[#lines] = nil end
    if not line:find("^     %S+ +0\n$") then lines[#lines + 1] = line end
  end
  theirs.stdout = table.concat(lines)
end

-- Rows of SMC-R connections have a role.
local function only_smcr(theirs)
  local header = true
  theirs.stdout = theirs.stdout:gsub("[^\n]*\n", function(line)
    local wanted = header or line:find(" CLNT ", 1, true) or line:find(" SERV ", 1, true)
    header = false
    return wanted and line or ""
  end)
end

-- Where theirs has a listener on 0.0.0.0 in this line, and ours one on ::, ours is changed.
local function one_wildcard(theirs, ours)
  local port = ours:find("^LISTEN ") and ours:match(" :::(%d+) ")
  if not port or not theirs:find(" 0.0.0.0:" .. port .. " ", 1, true) then return ours end
  return (ours:gsub(" :::%d+ +", (" %-23s "):format("0.0.0.0:" .. port)))
end

-- Every line of ours, as a function makes it of the line of theirs and itself.
local function by_line(theirs, ours, change)
  local next_line = theirs:gmatch("([^\n]*)\n")
  return (ours:gsub("([^\n]*)\n", function(line) return change(next_line() or "", line) .. "\n" end))
end

local rules = {
  { why = "more options in the usage", apply = function(_, ours)
    on_both_streams(ours, without_own_options)
  end },
  { why = "a version of its own", line = "^%-v$", apply = function(theirs, ours)
    for _, result in ipairs { theirs, ours } do
      on_both_streams(result, function(text)
        return (text:gsub("^[%l_]+%.?%l* utility, smc%-[%l%d.-]+\n$", "version\n"))
      end)
    end
  end },
  { why = "smcr.lua ueid says smcr.lua", tool = "^smcr$", line = "^ueid %l+$", apply = function(theirs)
    theirs.stderr = theirs.stderr:gsub("smcd ueid", "smcr ueid")
  end },
  { why = "an LG-ID that is no number is refused", line = "^linkgroup xyz$", apply = function(theirs, ours)
    if theirs.stderr == "" and ours.status == 255 and ours.stderr:find("^Usage: ") then
      become_theirs(theirs, ours)
    end
  end },
  { why = "reasons without a name in smc-tools have one", tool = "^smc[dr]$", line = "stats",
    apply = without_new_names },
  { why = "reasons that came equally often are in the order of their codes", line = "stats",
    apply = function(theirs, ours)
      if theirs.stdout ~= ours.stdout then
        theirs.stdout, ours.stdout = in_one_order(theirs.stdout), in_one_order(ours.stdout)
      end
    end },
  { why = "smc_pnet.lua ends with 1 when -s finds nothing", tool = "^smc_pnet$", line = "^%-%-?sh?o?w? ",
    apply = function(theirs, ours)
      if theirs.status == 0 and theirs.stdout == "" and ours.status == 1
        and ours.stderr:find("the table has no PNET ID") then
        become_theirs(theirs, ours)
      end
    end },
  { why = "smc_pnet.lua ends with 1 when a flush fails", tool = "^smc_pnet$", line = "^%-f$",
    apply = function(theirs, ours)
      if theirs.status == 0 and ours.status == 1 and ours.stderr:find("Operation not permitted") then
        become_theirs(theirs, ours)
      end
    end },
  { why = "the FID of an SMC-R device without one is 0", tool = "^smcr$", line = "^%-d device",
    apply = function(theirs, ours)
      local fid = "\n([^\n]+ACTIVE +%w+ +%a+   )%x%x%x%x(  [^\n]*)"
      if ours.stdout:find((fid:gsub("%%x%%x%%x%%x", "0000"))) then
        theirs.stdout = theirs.stdout:gsub(fid, "\n%10000%2")
      end
    end },
  { why = "a PNET ID of 16 characters keeps its last one", tool = "^smc[dr]$",
    apply = function(theirs, ours)
      if theirs.stdout:find("%*SIXTEENCHARS012 ") then
        ours.stdout = ours.stdout:gsub("%*SIXTEENCHARS0123", "*SIXTEENCHARS012")
      end
    end },
  { why = "reasons that have not come since a reset are left out", tool = "^smc[dr]$", line = "^%-d stats",
    apply = without_zeros },
  { why = "a reset leaves the use of buffers as it is", tool = "^smc[dr]$", line = "^[^a]*stats",
    apply = function(theirs, ours)
      for _, result in ipairs { theirs, ours } do
        result.stdout = result.stdout:gsub("Buffer usage %(Bytes%)[^\n]*", "Buffer usage")
          :gsub('("SMC_[RT]X_RMB_USAGE"):%d+', "%1")
      end
    end },
  { why = "smcss.lua -R shows SMC-R connections alone", tool = "^smcss$", line = "[Rr]", apply = only_smcr },
  { why = "smcss.lua tells the IPv6 wildcard", tool = "^smcss$", apply = function(theirs, ours)
    ours.stdout = by_line(theirs.stdout, ours.stdout, one_wildcard)
  end },
  { why = "smcss.lua prints no header when the kernel cannot be asked", tool = "^smcss$",
    apply = function(theirs, ours)
      if theirs.status == 1 and theirs.stdout:find("^State[^\n]*\n$") and ours.status == 1
        and ours.stdout == "" and ours.stderr:find("cannot list the SMC sockets") then
        become_theirs(theirs, ours)
      end
    end },
  -- The last one: whether there is a message, and a usage, still is compared.
  { why = "messages have this project's own words", apply = function(theirs, ours)
    if theirs.stderr == "" or ours.stderr == "" then return end
    theirs.stderr = theirs.stderr:match("Usage:.*") or "words"
    ours.stderr = ours.stderr:match("Usage:.*") or "words"
  end },
}

-- All that is left to compare.
local function all_of(...)
  local all = {}
  for _, result in ipairs { ... } do
    all[#all + 1] = result.stdout .. "\0" .. result.stderr .. "\0" .. result.status
  end
  return table.concat(all, "\0")
end

local function is_for(rule, command)
  return (not rule.tool or command.tool:find(rule.tool)) and (not rule.line or command.line:find(rule.line))
end

--- Takes the intended differences out of two results.
function intended.apply(command, theirs, ours)
  for _, rule in ipairs(rules) do
    local before = all_of(theirs, ours)
    if is_for(rule, command) then rule.apply(theirs, ours) end
    if all_of(theirs, ours) ~= before then
      intended.used[rule.why] = (intended.used[rule.why] or 0) + 1
    end
  end
end

return intended

--- Encodes tables as text, for the messages between the two sides of a check.
--
-- Each value is a line: its path, a mark for its type, and the value.
--
--    mode=SMC-D
--    dmb.token#42
--    findings.1.cause=UEIDs differ
--
-- Integers are signed and have 64 bits. Control characters, percent signs and bytes beyond ASCII are written
-- as %XX. Text from the network is decoded only in this form, and within limits.
-- @module smc.check.message

local message = {}

--- The longest text that is decoded.
message.MAX = 32768

local DEEPEST <const>, MOST <const> = 8, 1000 -- tables in tables, lines

local function escape(text)
  return (text:gsub("[%c%%\127-\255]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local WRITERS <const> = {
  string = function(value) return "=" .. escape(value) end,
  integer = function(value) return ("#%d"):format(value) end,
  boolean = function(value) return "?" .. tostring(value) end,
}

local function integer(text)
  return text:find("^%-?%d+$") and math.tointeger(tonumber(text)) or nil
end

local READERS <const> = {
  ["="] = function(text) return not text:find("[%c\127-\255]") and unescape(text) or nil end,
  ["#"] = integer,
  ["?"] = function(text)
    if text == "true" then return true end
    if text == "false" then return false end
  end,
}

local function add(lines, path, value)
  if type(value) ~= "table" then
    lines[#lines + 1] = path .. WRITERS[math.type(value) or type(value)](value) .. "\n"
    return
  end
  for key, one in pairs(value) do
    add(lines, path == "" and tostring(key) or ("%s.%s"):format(path, key), one)
  end
end

--- Encodes a table of strings, integers, booleans and such tables; its keys are words and integers.
-- @tparam table value
-- @treturn string
function message.encode(value)
  local lines = {}
  add(lines, "", value)
  table.sort(lines)
  return table.concat(lines)
end

-- Sets the value at a path; false if the path is too long, or leads through a value.
local function set(root, path, value)
  local at, last, depth = root, nil, 0
  for word in path:gmatch("[^.]+") do
    depth = depth + 1
    if last then
      at[last] = at[last] == nil and {} or at[last]
      at = at[last]
    end
    if type(at) ~= "table" or depth > DEEPEST then return false end
    last = integer(word) or word
  end
  if not last or at[last] ~= nil then return false end
  at[last] = value
  return true
end

--- Decodes such a text.
-- @tparam string text
-- @treturn ?table nil for anything else
function message.decode(text)
  if #text > message.MAX or text ~= "" and text:sub(-1) ~= "\n" then return nil end
  local root, count = {}, 0
  for line in text:gmatch("([^\n]*)\n") do
    count = count + 1
    local path, kind, word = line:match("^([%w_.]+)([=#?])(.*)$")
    local value
    if path then value = READERS[kind](word) end
    if value == nil or count > MOST or not set(root, path, value) then return nil end
  end
  return root
end

return message

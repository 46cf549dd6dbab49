--- Makes the control characters of a text visible, for `smc.internal.text`, which loads this file for the
-- first text that has any, or has characters that are not ASCII.
-- @module smc.internal.visible

local letters = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function visible_byte(byte)
  return letters[byte] or ("\\x%02x"):format(byte:byte())
end

-- Non-ASCII characters that move the cursor, are invisible, or reverse the text direction: C1 controls, soft
-- hyphen, invisible and bidirectional marks, line separators, the byte order mark, annotations, tags.
local HIDDEN <const> = {
  { 0x80, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
  { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
}

local function is_hidden(code)
  for _, range in ipairs(HIDDEN) do
    if code < range[1] then return false end
    if code <= range[2] then return true end
  end
  return false
end

-- A run of non-ASCII bytes: UTF-8 characters stay unless they are hidden; other bytes are escaped.
local function visible_run(run)
  local out, at = {}, 1
  while at <= #run do
    local valid, wrong = utf8.len(run, at)
    local last = valid and #run or wrong - 1
    for _, code in utf8.codes(run:sub(at, last)) do
      out[#out + 1] = is_hidden(code) and ("\\u{%x}"):format(code) or utf8.char(code)
    end
    if not valid then out[#out + 1] = visible_byte(run:sub(wrong, wrong)) end
    at = valid and last + 1 or wrong + 1
  end
  return table.concat(out)
end

--- Makes control characters visible.
-- @tparam string s
-- @treturn string
return function(s)
  return (s:gsub("[%c\127]", visible_byte):gsub("[\128-\255]+", visible_run))
end

--- EBCDIC, the character set of strings from s390 firmware.
-- @module smc.internal.ebcdic

local ebcdic = {}

-- The ASCII characters of code page 1047: runs of characters, by the code of the first.
local runs = {
  [0x00] = "\0", [0x40] = " ", [0x4b] = ".<(+|&", [0x5a] = "!$*);^-/", [0x6b] = ",%_>?", [0x79] = "`:#@'=\"",
  [0x81] = "abcdefghi", [0x91] = "jklmnopqr", [0xa1] = "~stuvwxyz", [0xad] = "[", [0xbd] = "]",
  [0xc0] = "{ABCDEFGHI", [0xd0] = "}JKLMNOPQR", [0xe0] = "\\", [0xe2] = "STUVWXYZ", [0xf0] = "0123456789",
}

local ascii = {}
for first, run in pairs(runs) do
  for i = 1, #run do
    ascii[string.char(first + i - 1)] = run:sub(i, i)
  end
end

--- Decodes a string of code page 1047.
--
-- @tparam string bytes
-- @treturn string the same number of ASCII characters; `?` for characters that are not in ASCII
function ebcdic.decode(bytes)
  return (bytes:gsub(".", function(byte) return ascii[byte] or "?" end))
end

return ebcdic

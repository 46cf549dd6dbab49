--- EBCDIC, the character set in which s390 firmware hands out its strings.
-- @module smc.internal.ebcdic

local ebcdic = {}

-- Code page 1047, as far as it has characters of ASCII: runs of them, by the code of the first.
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
-- @treturn string as many characters of ASCII; `?` for those that ASCII does not have
function ebcdic.decode(bytes)
  return (bytes:gsub(".", function(byte) return ascii[byte] or "?" end))
end

return ebcdic

--- Finds out what kind of program an ELF file is. See elf(5).
-- @module smc.run.elf

local read_at = require "smc.internal.file".read_at

local elf = {}

local ET_DYN <const> = 3 -- an object that can be loaded anywhere
local PT_DYNAMIC <const>, PT_INTERP <const> = 2, 3
local DT_FLAGS_1 <const>, DF_1_PIE <const> = 0x6ffffffb, 0x08000000
local MOST_HEADERS <const> = 64 * 1024 -- the kernel rejects more bytes of program headers

-- Offsets in the header, by the width of the file's addresses. They start at 0, as in elf(5).
local LAYOUTS <const> = {
  ["\1"] = { bits = "32", word = "I4", size = 52, phoff = 28, phentsize = 42, entry = 32, p_offset = 4,
    p_filesz = 16 },
  ["\2"] = { bits = "64", word = "I8", size = 64, phoff = 32, phentsize = 54, entry = 56, p_offset = 8,
    p_filesz = 32 },
}

-- The bytes at an offset; "" if the file is too short.
local function bytes_at(file, offset, count)
  local size, message, errno = file:seek("end")
  if not size then return nil, message, errno end
  if offset < 0 or count < 0 or offset > size - count then return "" end
  return read_at(file, offset, count)
end

-- Whether the dynamic section marks the file as a program. Returns nil, message, errno if it cannot be read.
local function is_program(file, layout, order, offset, size)
  local section, message, errno = bytes_at(file, offset, math.min(size, MOST_HEADERS))
  if not section then return nil, message, errno end
  local entry = order .. layout.word .. layout.word
  for at = 1, #section - string.packsize(entry) + 1, string.packsize(entry) do
    local tag, value = string.unpack(entry, section, at)
    if tag == DT_FLAGS_1 then return value & DF_1_PIE ~= 0 end
  end
  return false
end

--- Reads an ELF file's headers.
--
-- `dynamic` is true for programs that the dynamic linker loads, and for the dynamic linker itself: a shared
-- object that starts without another linker. (A static program that can be loaded anywhere is different: its
-- dynamic section marks it as a program.)
-- @param file an open file
-- @treturn[1] table `machine`, a number; `bits`: "32" or "64"; `dynamic`: boolean
-- @treturn[2] boolean false: not an ELF file, or not one that the kernel would start
-- @treturn[3] nil
-- @treturn[3] string message
-- @treturn[3] integer errno
function elf.read(file)
  local head, message, errno = read_at(file, 0, 64)
  if not head then return nil, message, errno end
  local layout = LAYOUTS[head:sub(5, 5)]
  if head:sub(1, 4) ~= "\x7fELF" or not layout or #head < layout.size then return false end
  local order = head:byte(6) == 2 and ">" or "<"
  local function number(format, offset, from)
    return (string.unpack(order .. format, from or head, offset + 1))
  end
  local count = number("I2", layout.phentsize + 2)
  local length = count * layout.entry
  if number("I2", layout.phentsize) ~= layout.entry or length > MOST_HEADERS then return false end
  local headers
  headers, message, errno = bytes_at(file, number(layout.word, layout.phoff), length)
  if not headers then return nil, message, errno end
  if #headers < length then return false end

  local dynamic, section = false, nil
  for i = 0, count - 1 do
    local header = headers:sub(i * layout.entry + 1, (i + 1) * layout.entry)
    local kind = number("I4", 0, header)
    dynamic = dynamic or kind == PT_INTERP
    section = section or kind == PT_DYNAMIC and header
  end
  if not dynamic and section and number("I2", 16) == ET_DYN then
    local program
    program, message, errno = is_program(file, layout, order, number(layout.word, layout.p_offset, section),
      number(layout.word, layout.p_filesz, section))
    if program == nil then return nil, message, errno end
    dynamic = not program
  end
  return { machine = number("I2", 18), bits = layout.bits, dynamic = dynamic }
end

return elf

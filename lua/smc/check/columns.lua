--- The table of what was measured.
-- @module smc.check.columns

local columns = {}

local MICRO <const>, MIB <const> = 1e6, 1 << 20
local HEAD <const> = {
  "  size         round trip, µs: median / 99 %            throughput, MiB/s",
  "        %16s %16s  ratio  %10s %10s  ratio",
}
local ROW <const> = "%6s  %7.1f /%7.1f %7.1f /%7.1f  %5.2f  %10.1f %10.1f  %5.2f"

local function size_text(size)
  if size < 1024 then return size .. " B" end
  return size < MIB and size // 1024 .. " K" or size // MIB .. " M"
end

local function row_of(row)
  local smc, tcp = row.smc.round_trip, row.tcp.round_trip
  return ROW:format(size_text(row.size), smc.p50 * MICRO, smc.p99 * MICRO, tcp.p50 * MICRO, tcp.p99 * MICRO,
    row.ratio.round_trip, row.smc.throughput / MIB, row.tcp.throughput / MIB, row.ratio.throughput)
end

--- The lines of the table: a row for each size, SMC and TCP side by side with their ratio.
-- @tparam {table,...} rows of `smc.check.measure`
-- @tparam string mode
-- @treturn {string,...}
function columns.of(rows, mode)
  local lines = { HEAD[1], HEAD[2]:format(mode, "TCP", mode, "TCP") }
  for _, row in ipairs(rows) do lines[#lines + 1] = row_of(row) end
  return lines
end

return columns

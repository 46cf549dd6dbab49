--- Every write that smc-tools know, by the scripts and read by the tools, and the other way round. To be run
-- in a guest with ISM functions, as root, with SMC_TOOLS naming the folder of the tools:
-- lua5.4 spec/compare/readback.lua. A line a write; the status is 1 when one is not seen.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = "build/?.so;" .. package.cpath

local commands = require "compare.commands"
local device = require "smc.device"
local judge = require "compare.judge"

-- The function without a PNET ID of its hardware.
local address
for _, one in ipairs(assert(device.list { type = "SMC-D" })) do
  if one.pnetid_source ~= "hardware" then address = one.pci_id end
end
assert(address, "a guest with an ISM function that has no PNET ID is needed")
local ADDRESS <const> = address:gsub("%p", "%%%0")

-- What is written; what reads it; a pattern that has to be in what that prints, or must not be.
local STEPS <const> = {
  { "smcd ueid add SMCV2-READ.1", "smcd ueid", "SMCV2%-READ%.1 +\n" },
  { "smcr ueid add SMCV2-READ2", "smcr ueid show", "SMCV2%-READ2 +\n" },
  { "smcd seid disable", "smcd seid", "%[disabled%]" },
  { "smcd seid enable", "smcd seid show", "%[enabled%]" },
  { "smcd ueid del SMCV2-READ.1", "smcd ueid", "SMCV2%-READ%.1", absent = true },
  { "smcr ueid flush", "smcd ueid", "%S", absent = true },
  { "smc_pnet -a NETA -I lo", "smc_pnet", "NETA lo n/a 255\n" },
  { "smc_pnet --add netb --ibdevice mlx5_0 --ibport 2", "smc_pnet", "NETB n/a mlx5_0 2\n" },
  { "smc_pnet -a NETC -D ADDRESS", "smc_pnet -s NETC", "^NETC n/a ADDRESS 1\n$" },
  { nil, "smcd device", "ADDRESS [^\n]*%*NETC " },
  { "smc_pnet -a NETD -I eth9 -D mlx5_9 -P 2", "smc_pnet -s NETD",
    "^NETD eth9 n/a 255\nNETD n/a mlx5_9 2\n$" },
  { "smc_pnet -d NETD", "smc_pnet", "NETD", absent = true },
  { "smc_pnet -d NETC", "smcd device", "NETC", absent = true },
  { "smc_pnet --delete NETA", "smc_pnet", "^NETB n/a mlx5_0 2\n$" },
  { "smc_pnet -f", "smc_pnet", "%S", absent = true },
  { "smcd ueid add SMCV2-LAB", "smcd ueid", "SMCV2%-LAB" },
}

local function command(line)
  local tool, words = line:gsub("ADDRESS", address):match("^(%S+) ?(.*)$")
  return commands.each(tool, words)[1]
end

-- Whether what one writes is what the other reads.
local function agree(step, writer, reader)
  local written = step[1] and writer(command(step[1])) or { status = 0 }
  local read = reader(command(step[2]))
  local there = read.stdout:find((step[3]:gsub("ADDRESS", { ADDRESS = ADDRESS }))) ~= nil
  return written.status == 0 and read.status == 0 and there ~= (step.absent or false),
    ("%s%s"):format(written.stderr or "", read.stdout)
end

local failed = 0
local function go(names, writer, reader)
  for _, step in ipairs(STEPS) do
    local ok, seen = agree(step, writer, reader)
    failed = failed + (ok and 0 or 1)
    print(("%-22s %-52s %-18s %s"):format(names, step[1] or "", step[2],
      ok and "seen" or "NOT SEEN: " .. seen))
  end
end

go("ours, read by theirs", judge.ours, judge.theirs)
go("theirs, read by ours", judge.theirs, judge.ours)
os.exit(failed == 0)

--- How long smc.ism takes to list 500 functions, from a tree of files as sysfs has them on s390.

package.path = "spec/?.lua;" .. package.path
local ism = require "smc.ism"
local paths = require "smc.internal.paths"
local monotonic = require "smc.socket".monotonic
local sysfs_tree = require "sysfs_tree"

local FUNCTIONS <const> = 500

--- The median of so many times, in milliseconds.
return function(rounds)
  local clean
  local tree = sysfs_tree.new(function(f) clean = f end)
  for fid = 1, FUNCTIONS do tree.ism(fid) end
  paths.sysfs = tree.root
  local times = {}
  for i = 1, rounds do
    local started = monotonic()
    assert(#assert(ism.list()) == FUNCTIONS)
    times[i] = (monotonic() - started) * 1000
  end
  paths.sysfs = "/sys"
  clean()
  table.sort(times)
  return times[(rounds + 1) // 2]
end

--- Which kernel a spec runs on, for facts that belong to some kernels and not to others. What counts is the
-- version of net/smc: it is that of the kernel, except in the lab's kernel `dibs`, whose SMC is a later one.

local at_hand = {}

local function words(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read("l") or ""
end

local function numbers(version)
  local major, minor, patch = version:match("^(%d+)%.(%d+)%.?(%d*)")
  return { tonumber(major), tonumber(minor), tonumber(patch) or 0 }
end

--- The version of net/smc, such as "6.12.117": as the lab says, or Debian (whose 6.1.0-49 is some 6.1.y),
-- or the kernel.
at_hand.version = (os.getenv "SMC_LAB_NET_SMC" or ""):match("^%d+%.%d+[%.%d]*")
  or words("uname -v"):match("Debian (%d+%.%d+[%.%d]*)") or words("uname -r"):match("^%d+%.%d+[%.%d]*")

--- Whether net/smc is of this version or later.
function at_hand.since(version)
  local here, there = numbers(at_hand.version), numbers(version)
  for i = 1, 3 do
    if here[i] ~= there[i] then return here[i] > there[i] end
  end
  return true
end

--- Whether net/smc has a correction, which each stable series got in a version of its own.
-- @tparam {string,...} versions the first one with it of each series, the newest series last
-- @treturn ?boolean nil if that is not known, of a series that is not named
function at_hand.has_fix(versions)
  local here = numbers(at_hand.version)
  for _, version in ipairs(versions) do
    local there = numbers(version)
    if here[1] == there[1] and here[2] == there[2] then return here[3] >= there[3] end
  end
  if at_hand.since(versions[#versions]) then return true end
  return nil
end

--- Whether the most significant byte of a number comes first. It shows in the sysctl limit_smc_hs, which the
-- kernel keeps in one byte, and its file has four.
at_hand.is_big_endian = ("=I2"):pack(1) == "\0\1"

--- What the file of limit_smc_hs reads while handshakes are limited, where it read 0 before.
at_hand.limited = at_hand.is_big_endian and "16777216" or "1"

--- Whether this machine has an ISM function: by the kernel's own files, and not by this project.
function at_hand.has_ism()
  return (os.execute "grep -qsx 0x04ed /sys/bus/pci/devices/*/device") == true
end

return at_hand

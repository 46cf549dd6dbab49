--- Trees of sysfs as the kernel of s390 makes them, for the specs of smc.ism.

local support = require "support"

local sysfs_tree = {}

--- PNET IDs as util_string has them, in EBCDIC, and the absence of one.
sysfs_tree.NET25 = "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11)
sysfs_tree.NET1 = "\xd5\xc5\xe3\xf1" .. ("\x40"):rep(12)
sysfs_tree.NONE = ("\0"):rep(16)

function sysfs_tree.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

--- A root for a tree of sysfs.
-- @tparam function finally busted's, by which it goes when the spec ends
function sysfs_tree.new(finally)
  local root = os.tmpname()
  os.remove(root)
  local self = { root = root }
  finally(function() os.execute(("rm -rf '%s'"):format(root)) end)

  function self.device(pci_id, files)
    for name, content in pairs(files) do
      support.write(("%s/bus/pci/devices/%s/%s"):format(root, pci_id, name), content)
    end
  end

  function self.slot(name, power, address)
    local path = ("%s/bus/pci/slots/%s/"):format(root, name)
    support.write(path .. "power", power)
    support.write(path .. "address", address .. "\n")
    return path .. "power"
  end

  function self.ism(fid, power)
    local address = ("%04x:00:00"):format(fid)
    if power ~= "0\n" then
      self.device(address .. ".0", {
        vendor = "0x1014\n", device = "0x04ed\n", class = "0x000000\n", port = "0\n", vfn = "0x0003\n",
        function_id = ("0x%08x\n"):format(fid), pchid = "0x07c0\n", pft = "0x05\n",
        uid = ("0x%x\n"):format(fid), util_string = sysfs_tree.NET25 .. sysfs_tree.NONE:rep(3),
      })
    end
    return self.slot(("%08x"):format(fid), power or "1\n", address)
  end
  return self
end

return sysfs_tree

-- smc.ism.watch loses no function that it could not look at. The kernel repeats what it announced of a device
-- when "add" is written to its uevent file; the functions are those of a tree made by hand.

local E = require "smc.errno"
local ism = require "smc.ism"
local paths = require "smc.internal.paths"
local support = require "support"

local DEVICES <const> = "/sys/bus/pci/devices/"

describe("smc.ism.watch", function()
  -- The address of some PCI device of the guest.
  local function address()
    local done = support.run { "ls", DEVICES }
    return done.stdout:match("%S+")
  end

  -- Takes all descriptors but those that are asked for; close gives them back.
  local function exhaust()
    local files = {}
    repeat
      local file = io.open("/dev/null")
      files[#files + 1] = file
    until not file
    return function()
      for _, file in ipairs(files) do file:close() end
    end
  end

  it("tells of a function that came while no descriptor was free, when there is one again", function()
    local pci_id = address()
    local made <close> = support.tree { ["bus/pci/devices/x"] = { "nowhere" } }
    finally(function() paths.sysfs = "/sys" end)
    paths.sysfs = made.root
    local watch <close> = assert(ism.watch { all = true })
    local uevent <close> = assert(io.open(DEVICES .. pci_id .. "/uevent", "w"))
    os.remove(made.root .. "/bus/pci/devices/x")
    support.write(("%s/bus/pci/devices/%s/device"):format(made.root, pci_id), "0x04ed\n")
    support.write(("%s/bus/pci/devices/%s/vendor"):format(made.root, pci_id), "0x1014\n")
    local release = exhaust()
    assert(uevent:write("add") and uevent:flush())
    local event, message, errno = watch:next(10)
    local again = table.pack(watch:next(10))
    local ok, raised = pcall(watch)
    release()
    assert.is_nil(event)
    assert.equal(E.EMFILE, errno)
    assert.matches("Too many open files", message)
    assert.same({ nil, message, errno, n = 3 }, again)
    assert.is_false(ok)
    assert.matches("Too many open files", raised)
    event = assert(watch:next(10))
    assert.equal("added", event.event)
    assert.equal(pci_id, event.pci_function.pci_id)
    assert.equal(0x1014, event.pci_function.vendor)
    assert.equal(E.ETIMEDOUT, select(3, watch:next(0)))
  end)
end)

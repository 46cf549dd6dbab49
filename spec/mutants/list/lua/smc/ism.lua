return {
  { "lua/smc/ism/user_pnetids.lua", specs = "unit/ism kernel/pnet pair/smcr",
    { "entry.ibdev == ibdev.ibdev and entry.ibport == ibdev.ibport", "entry.ibdev == ibdev.ibdev", "the port of a PNET ID" },
  },

  { "lua/smc/ism/pci.lua", specs = "unit/limits unit/ism unit/ism_recorded",
    { '["1\\n"] = true, ["0\\n"] = false', '["1\\n"] = true, ["0\\n"] = false, ["2\\n"] = true', "a state that is not known is none" },
    { "#name == 8 and", "true and", "a slot's name of 8 digits is an FID" },
    { "ibport - 1", "ibport", "ports are counted from 0" },
    { "record.vfn ~= 0", "record.vfn == 0", "a virtual function" },
    { "if a.fid ~= b.fid then return a.fid < b.fid end", "", "the list is in the order of the FIDs" },
  },

  { "lua/smc/ism/power.lua", specs = "unit/async_write unit/leaks unit/ism_power ism/flows ism/stuck",
    { "math.max(deadline, monotonic() + 0.1)", "deadline", "the state is read at least once after the write", reason = "the deadline is later but when the write took all of the time" },
    { "elseif state == words[on] then", "elseif false then", "what is on is not switched on" },
    { 'now.mode ~= "SMC-D"', 'now.mode == "TCP"', "an SMC-D socket that has lost its device" },
    { 'socket.inode ~= 0 and', "", "sockets that nobody has are not in the way" },
  },

  { "lua/smc/ism/watch.lua", specs = "unit/dibs unit/ism kernel/watch",
    { 'if uevent.SUBSYSTEM ~= "pci" then return nil end', "", "events of other subsystems" },
    { "source:close()\n", "", "a watch that cannot begin leaves no descriptor" },
    { "elseif action ~= \"add\" or known[address] then", "elseif action ~= \"add\" then", "a function that is known is not added" },
    { "known[address] = nil\n      return events", "return events", "a function that was removed may be added again" },
    { "if not now.dibs and before and before.dibs then", "if false then", "a function that is not usable any more" },
    { "known = now\n    return events", "return events", "differences are told once" },
  },
}

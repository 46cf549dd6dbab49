--- How texts name an ISM function.
-- @module smc.check.function_name

--- Returns the name of a function: the FID, if it is known.
-- @tparam table f of `smc.check.path`: `fid`, `slot`, `pci_id`
-- @treturn string such as `"FID 32"`
return function(f)
  return f.fid and ("FID %x"):format(f.fid) or f.slot and "slot " .. f.slot or f.pci_id or "an ISM function"
end

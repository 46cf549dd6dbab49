--- Where the kernel's file systems are mounted. Specs point these at recorded trees and put them back;
-- nothing else sets them. Read a field when a path is made: do not keep it.
-- @module smc.internal.paths

return {
  sysfs = "/sys",
  proc = "/proc",
  root = "", -- what stands before /etc, /lib and /boot
}

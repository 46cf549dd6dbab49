--- Where the kernel's file systems are mounted. Specs set these to recorded trees and restore them; nothing
-- else sets them. Read a field each time when you build a path; do not store it.
-- @module smc.internal.paths

return {
  sysfs = "/sys",
  proc = "/proc",
  root = "", -- prefix of /etc, /lib and /boot
}

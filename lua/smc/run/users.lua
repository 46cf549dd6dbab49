--- Commands that run another program as another user.
-- @module smc.run.users

local COMMANDS <const> = {}
for name in ("capsh chpst chroot crond cron gosu login nsenter runuser setpriv setuidgid sshd "
  .. "start-stop-daemon su su-exec unshare"):gmatch "%S+" do
  COMMANDS[name] = true
end

--- Whether a command is known to run another program as another user.
-- @tparam string command a name or a path
-- @treturn boolean
return function(command)
  return COMMANDS[command:match "[^/]*$"] ~= nil
end

-- The texts of the man page: the description, and what the epilog of an argparse parser has.
return { "Show the SMC sockets of this network namespace.", [[
Without options it shows the connected sockets, one a line: state, user ID, inode,
local and peer address, the interface to which the socket is bound, and the mode.
The mode is SMCD, SMCR or TCP; after TCP come the reason of this side for the
fallback, a slash and the reason of the peer, if it gave one.

Long options can be abbreviated, except --json, --processes and --reasons. Long
addresses are shortened in the table, unless --wide is given.

Examples:
   smcss.lua                       the connected sockets
   smcss.lua -a                    listening sockets, too
   smcss.lua --reasons             the meaning of fallback reasons
   smcss.lua --json --processes    for programs, with the processes that hold each socket

Exit status: 0 success; 1 the sockets cannot be listed, the output cannot be
written, or bad usage; 130 ended by Ctrl-C.]] }

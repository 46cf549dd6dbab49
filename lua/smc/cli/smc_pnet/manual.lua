-- The texts of the man page: the description, and what the epilog of an argparse parser has.
return { "Show and change the table of PNET IDs.", [[
A PNET ID names a physical network. Interfaces and devices with the same PNET ID
are attached to the same network, so SMC can use the device for connections over
the interface. The firmware of a mainframe assigns PNET IDs; this table is for
those that it does not assign. Without options the command shows the table: PNET
ID, interface, device and port. Changing it requires root.

Long options can be abbreviated.

Examples:
   smc_pnet.lua -a NETA -I eth0             interface eth0 is attached to NETA
   smc_pnet.lua -a NETA -D mlx5_0 -P 1      so is port 1 of mlx5_0
   smc_pnet.lua -s NETA                     the entries of NETA
   smc_pnet.lua -d NETA                     remove them

Exit status: 0 success; 1 the table cannot be shown or changed, the output cannot
be written, or bad usage; 130 ended by Ctrl-C.]] }

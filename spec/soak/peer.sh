#!/bin/sh
# The servers of the other guest, for the soak over SMC-R, as long as it runs: until host12 has connected to the
# port 37300.
lua5.4 examples/echo_server.lua --quiet &
echo=$!
lua5.4 examples/smc_chk.lua -S >/dev/null &
check=$!
lua5.4 -e 'local server = assert(require "smc.socket".bind("*", 37300)) assert(server:accept()):close()'
for server in $echo $check; do
	echo "server: $(grep VmRSS /proc/$server/status), $(ls /proc/$server/fd | wc -l) descriptors"
done
kill $echo $check

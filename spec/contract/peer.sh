#!/bin/sh
# The peer that spec/contract has on another host: peer.sh HOST PORT. It is there again whenever
# it has ended, until it is dismissed: peer.sh dismiss HOST PORT.
if [ "$1" = dismiss ]; then
	exec lua5.4 - "$2" "$3" <<-'EOF'
		local socket, host, port = require "socket", ...
		local control
		for _ = 1, 200 do
			control = socket.connect(host, port)
			if control then break end
			socket.sleep(0.1)
		end
		assert(assert(control, "there is no peer"):send("dismiss\n"))
	EOF
fi
until lua5.4 spec/contract/peer.lua smc.socket "$1" "$2"; do
	sleep 0.1
done

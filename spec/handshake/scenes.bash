# Functions for the scenes of a host: each is a connection whose handshake is captured by dumpcap, into
# $LAB_OUT/NAME.pcap, and is read by smc_clc.lua as it is made, into $LAB_OUT/NAME.json.
# shellcheck shell=bash

export PATH=$PATH:/usr/sbin
ECHO=37400 FASTOPEN=37401 PLAIN=37402 AGENT=37300

# What host10 serves, until the other host tells its agent to quit.
serve() {
	lua5.4 examples/smc_run.lua python3 spec/handshake/listen.py $ECHO &
	lua5.4 examples/smc_run.lua python3 spec/handshake/listen.py $FASTOPEN --fastopen &
	python3 spec/handshake/listen.py $PLAIN &
	local port
	for port in $ECHO $FASTOPEN $PLAIN; do
		until ss -Hltn "sport = :$port" | grep -q .; do sleep 0.1; done
	done
	lua5.4 spec/handshake/agent.lua $AGENT
	# shellcheck disable=SC2046 # a list of numbers
	kill $(jobs -p)
}

# Lets host10 end when this host does, whatever the reason is.
begin() {
	trap 'on10 quit' EXIT
	on10 true # its servers are ready
}

# Whether a command that was started still runs.
running() { # PID
	kill -0 "$1" 2>/dev/null
}

# Runs a command on host10.
on10() {
	lua5.4 spec/handshake/agent.lua 192.168.0.10 $AGENT "$*"
}

# Loads modules of the lab's kernel that guests do not have.
load() {
	local kernel
	for kernel in ~/.cache/smc-lab/kernel-*; do
		[ ! -d "$kernel/lib/modules/$(uname -r)" ] || modprobe -a -d "$kernel" "$@"
	done
}

talk() {
	lua5.4 spec/handshake/talk.lua "$@"
}

ueids() {
	local ueid
	lua5.4 examples/smcd.lua ueid flush
	for ueid; do lua5.4 examples/smcd.lua ueid add "$ueid"; done
}

# Runs a command while interface eth0, or $on, is captured.
scene() { # NAME COMMAND…
	local name=$1 interface=${on:-eth0} filter="not port $AGENT" pids
	shift
	[ "$interface" = any ] || filter="(tcp or vlan) and $filter"
	dumpcap -q -P -i "$interface" -f "$filter" -w "$LAB_OUT/$name.pcap" 2>"$LAB_OUT/$name.started" &
	pids=$!
	lua5.4 examples/smc_clc.lua -i "$interface" -a --json >"$LAB_OUT/$name.json" &
	pids="$pids $!"
	until grep -q File: "$LAB_OUT/$name.started" && [ "$(grep -c ' 0003 ' /proc/net/packet)" -ge 2 ]; do
		running "${pids% *}" && running "${pids#* }" || { cat "$LAB_OUT/$name.started"; exit 1; }
		sleep 0.2
	done
	echo "--- $name"
	"$@"
	sleep 1
	# shellcheck disable=SC2086 # two numbers
	kill -TERM $pids && wait $pids
	return 0 # what a signal ends has its own status
}

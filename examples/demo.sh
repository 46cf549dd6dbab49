#!/bin/bash
# The story of SMC, told while it happens: two programs talk through shared memory, it is proven,
# and the fallback to TCP is caught and explained. Where this host's kernel has no SMC, a guest with
# a real kernel takes its place (spec/lab).
set -u
cd "$(dirname "$0")/.." || exit 1

lua=${LUA:-lua5.4}
if [ "${SMC_LAB:-}" = "" ]; then
	export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;;" LUA_CPATH="$PWD/build/?.so;;"
fi
if [ -t 1 ] || [ -n "${DEMO_COLOUR:-}" ]; then
	bold=$'\e[1m' normal=$'\e[0m'
else
	bold='' normal=''
fi
ok=true
servers=()
removed_ueids=''

chapter() { printf '\n%s%s%s\n' "$bold" "$*" "$normal"; }
say() { printf '%s\n' "$*"; }

# Shows a script's command line as a user would type it, then runs it.
show() {
	printf '$ %s\n' "$*"
	run "$@"
}

run() {
	local script=$1
	shift
	"$lua" "examples/$script" "$@"
}

# The status that the story expects; anything else spoils the demonstration.
expect() {
	local wanted=$1 status
	shift
	"$@"
	status=$?
	if [ $status != "$wanted" ]; then
		say "(unexpected: exit status $status instead of $wanted)"
		ok=false
	fi
}

start() {
	printf '$ %s &\n' "$*"
	"$lua" "examples/$1" "${@:2}" & # no function: the process is to be the script itself
	servers+=($!)
}

# Until something listens on the port; ss(8) knows TCP's ports, and SMC sockets have one each.
await() {
	local i
	for ((i = 0; i < 100; i++)); do
		ss -Hltn "sport = :$1" | grep -q . && return
		sleep 0.05
	done
	say "(nothing listens on port $1)"
	ok=false
}

stop_servers() {
	[ ${#servers[@]} -gt 0 ] && kill "${servers[@]}" 2>/dev/null && wait "${servers[@]}" 2>/dev/null
	servers=()
}

eid() { "$lua" -e "local eid = require 'smc.eid' $1"; }

state() {
	chapter "1. What this machine can do"
	"$lua" -e '
		local smc = require "smc"
		local ok, message = smc.system.available()
		print("kernel " .. smc.system.release() .. ": " .. (ok and "has SMC" or message))
		for _, name in ipairs(ok and require "smc.eid".list() or {}) do print("UEID " .. name) end'
}

echo_over_smc() {
	chapter "2. An echo server and its client, written for SMC"
	start echo_server.lua --host 127.0.0.1 --port 12345
	await 12345
	say "$ printf 'hello\\nshared memory\\n' | send_data.lua --host 127.0.0.1 --port 12345"
	expect 0 run send_data.lua --host 127.0.0.1 --port 12345 < <(printf 'hello\nshared memory\n')
	sleep 0.2
	stop_servers
}

tcp_programs() {
	chapter "3. The same with plain TCP programs, their sockets turned into SMC"
	start smc_run.lua python3 examples/echo_server.py 127.0.0.1 12346
	await 12346
	say "$ { echo hello, python; sleep 3; } | smc_run.lua python3 examples/send_data.py 127.0.0.1 12346 &"
	{ echo "hello, python"; sleep 3; } |
		run smc_run.lua python3 examples/send_data.py 127.0.0.1 12346 &
	servers+=($!)
	for ((i = 0; i < 60; i++)); do
		[ "$(run smcss.lua | wc -l)" -ge 3 ] && break
		sleep 0.1
	done
	sleep 0.3
	chapter "4. What the kernel says while they run"
	expect 0 show smcss.lua -a
	stop_servers
}

live_check() {
	chapter "5. The path tested live, with evidence"
	start smc_chk.lua -S
	await 37373
	expect 0 show smc_chk.lua -C 127.0.0.1 -p 37373
}

fallback() {
	local ueids
	chapter "6. The same after the UEID is gone: the fallback, caught and explained"
	ueids=$(eid 'print(table.concat(assert(eid.list()), " "))')
	say "removing the UEID $ueids"
	if eid 'assert(eid.flush())' 2>/dev/null; then
		removed_ueids=$ueids
		if [ -n "${SMC_LAB:-}" ]; then
			expect 1 show smc_chk.lua -C 127.0.0.1 -p 37373
		else
			say "(this host may have other ways to SMC: an SEID, PNET IDs, RDMA)"
			show smc_chk.lua -C 127.0.0.1 -p 37373
		fi
		say "the connection works all the same, that is the trouble: here over TCP."
	else
		say "(left out: only root may remove and add UEIDs)"
	fi
	clean_up
}

# Puts this host back into the state that it was found in.
clean_up() {
	local name
	stop_servers
	for name in $removed_ueids; do eid "assert(eid.add '$name')"; done
	removed_ueids=''
}

story() {
	trap clean_up EXIT
	state
	echo_over_smc
	tcp_programs
	live_check
	fallback
	$ok
}

two_kernels() {
	chapter "7. Two kernels on one Ethernet, SMC-R over Soft-RoCE: host10 serves, host12 checks"
	say "host10\$ smc_chk.lua -S"
	say "host12\$ smc_chk.lua -C 192.168.0.10 -p 37373"
	spec/lab/lab pair -- examples/demo.sh host10 ::: examples/demo.sh host12 || ok=false
}

# host10 serves until host12 has said on port 37300 that it is done.
host10() {
	"$lua" examples/smc_chk.lua -S &
	servers+=($!)
	"$lua" -e 'local s = assert(require "smc.socket".bind("*", 37300)) s:settimeout(60) s:accept()'
	stop_servers
}

host12() {
	local status
	sleep 1
	run smc_chk.lua -C 192.168.0.10 -p 37373
	status=$?
	"$lua" -e 'require "smc.socket".connect("192.168.0.10", 37300)'
	return $status
}

# shellcheck source=examples/demo_ism.sh
. examples/demo_ism.sh

main() {
	if "$lua" -e 'os.exit(require "smc.system".available() == true)'; then
		story || ok=false
	else
		"$lua" -e 'print((select(2, require "smc.system".available())))'
		say "So the lab takes over: the same on a real kernel with SMC, in QEMU."
		spec/lab/lab build || exit 1
		spec/lab/lab run --loopback ${bold:+--env DEMO_COLOUR=1} -- examples/demo.sh story || ok=false
	fi
	two_kernels
	ism_story
	if $ok; then
		chapter "All of it happened as told."
	else
		chapter "Not all of it happened as told: see above."
	fi
	$ok
}

"${1:-main}"

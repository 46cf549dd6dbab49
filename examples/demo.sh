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
hang=60 # seconds: ten times what anything here takes on a slow machine

work=$(mktemp -d)
trap clean_up EXIT

chapter() { printf '\n%s%s%s\n' "$bold" "$*" "$normal"; }
say() { printf '%s\n' "$*"; }

# What did not happen as told makes the demonstration fail.
spoil() {
	say "(unexpected: $*)"
	ok=false
}

# Shows a command line as a user would type it, then runs it.
show() {
	printf '$ %s\n' "$*"
	case $1 in
	*.lua) run "$@" ;;
	*) "$@" ;;
	esac
}

run() {
	local script=$1
	shift
	"$lua" "examples/$script" "$@"
}

# Runs a command whose status and words the story knows beforehand.
expect() { # STATUS PATTERN COMMAND…
	local wanted=$1 pattern=$2 text status
	shift 2
	text=$("$@" 2>&1)
	status=$?
	printf '%s\n' "$text"
	[ "$status" = "$wanted" ] || spoil "exit status $status instead of $wanted"
	grep -Eq -- "$pattern" <<<"$text" || spoil "no '$pattern' is to be seen"
}

# Until a command's output has the pattern in it.
await() { # PATTERN COMMAND…
	local pattern=$1 deadline=$((SECONDS + hang))
	shift
	until "$@" 2>/dev/null | grep -E -- "$pattern" >/dev/null; do
		if ((SECONDS > deadline)); then
			spoil "no '$pattern' within $hang seconds"
			return 1
		fi
		sleep 0.1
	done
}

# Starts a script that serves; what it says goes to a file.
start() { # FILE SCRIPT…
	printf '$ %s &\n' "${*:2}"
	"$lua" "examples/$2" "${@:3}" >"$work/$1" 2>&1 & # no function: the process is to be the script itself
	servers+=($!)
}

# Until something listens on the port; ss(8) knows TCP's ports, and SMC sockets have one each.
await_port() { # PORT
	await . ss -Hltn "sport = :$1"
}

stop_servers() {
	[ ${#servers[@]} -gt 0 ] && kill "${servers[@]}" 2>/dev/null && wait "${servers[@]}" 2>/dev/null
	servers=()
}

# A plain TCP program, converted: it says the words, hears them again, and keeps its connection until hang_up.
call() { # WORDS HOST PORT
	say "$ echo $1 | smc_run.lua python3 examples/send_data.py $2 $3"
	rm -f "$work/words"
	mkfifo "$work/words"
	run smc_run.lua python3 examples/send_data.py "$2" "$3" <"$work/words" >"$work/answer" 2>&1 &
	caller=$!
	exec {line}>"$work/words"
	echo "$1" >&"$line"
	await "^$1\$" cat "$work/answer"
	cat "$work/answer"
}

hang_up() {
	exec {line}>&-
	wait "$caller" || spoil "send_data.py ended with $?"
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
	start echo echo_server.lua --host 127.0.0.1 --port 12345
	await_port 12345
	say "$ printf 'hello\\nshared memory\\n' | send_data.lua --host 127.0.0.1 --port 12345"
	expect 0 "connected over SMC-" run send_data.lua --host 127.0.0.1 --port 12345 \
		< <(printf 'hello\nshared memory\n')
	await "closed after 20 bytes" cat "$work/echo"
	say "-- and the server says"
	expect 0 "connected, SMC-" cat "$work/echo"
	stop_servers
}

tcp_programs() {
	chapter "3. The same with plain TCP programs, their sockets turned into SMC"
	start python smc_run.lua python3 examples/echo_server.py 127.0.0.1 12346
	await_port 12346
	call "hello, python" 127.0.0.1 12346
	chapter "4. What the kernel says while they run"
	await "127.0.0.1:12346 +127.*SMC[DR]" run smcss.lua
	expect 0 "127.0.0.1:12346 +127.*SMC[DR]" show smcss.lua -a
	hang_up
	stop_servers
}

live_check() {
	chapter "5. The path tested live, with evidence"
	start check smc_chk.lua -S
	await "^Server started on port" cat "$work/check"
	cat "$work/check"
	port=$(sed -n 's/^Server started on port //p' "$work/check")
	expect 0 "Success, using SMC-" show smc_chk.lua -C 127.0.0.1 -p "$port"
}

fallback() {
	local ueids
	chapter "6. The same after the UEID is gone: the fallback, caught and explained"
	ueids=$(eid 'print(table.concat(assert(eid.list()), " "))')
	say "removing the UEID $ueids"
	if eid 'assert(eid.flush())' 2>/dev/null; then
		removed_ueids=$ueids
		if [ -n "${SMC_LAB:-}" ]; then
			expect 1 "0x03" show smc_chk.lua -C 127.0.0.1 -p "$port"
		else
			say "(this host may have other ways to SMC: an SEID, PNET IDs, RDMA)"
			show smc_chk.lua -C 127.0.0.1 -p "$port"
		fi
		say "the connection works all the same, that is the trouble: here over TCP."
	else
		say "(left out: only root may remove and add UEIDs)"
	fi
}

# Puts this host back into the state that it was found in.
clean_up() {
	local name
	stop_servers
	for name in $removed_ueids; do eid "assert(eid.add '$name')"; done
	removed_ueids=''
	rm -rf "$work"
}

story() {
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
	spec/lab/lab pair --timeout 600 -- examples/demo.sh host10 ::: examples/demo.sh host12 ||
		spoil "host10 or host12 failed"
}

# The two meet on port 37300: when host10 serves, and when host12 is done.
host10() {
	start check smc_chk.lua -S >/dev/null
	await_port 37373
	cat "$work/check"
	"$lua" -e 'local s = assert(require "smc.socket".bind("*", 37300)) s:accept():close() s:accept()'
	stop_servers
	$ok
}

meet() { "$lua" -e 'assert(require "smc.socket".connect("192.168.0.10", 37300)) print "met"'; }

host12() {
	await met meet
	expect 0 "Success, using SMC-R" run smc_chk.lua -C 192.168.0.10 -p 37373
	meet >/dev/null
	$ok
}

# shellcheck source=examples/demo_ism.sh
. examples/demo_ism.sh
# shellcheck source=examples/demo_s390x.sh
. examples/demo_s390x.sh

main() {
	if "$lua" -e 'os.exit(require "smc.system".available() == true)'; then
		story
	else
		"$lua" -e 'print((select(2, require "smc.system".available())))'
		say "So the lab takes over: the same on a real kernel with SMC, in QEMU."
		spec/lab/lab build || exit 1
		spec/lab/lab run --loopback --timeout 600 ${bold:+--env DEMO_COLOUR=1} -- examples/demo.sh story || ok=false
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

# What run, pair and shell share: a folder for the session, and its end.
# shellcheck shell=bash

session_begin() {
	build_if_needed
	accel_choose
	session=$(mktemp -d "${TMPDIR:-/tmp}/smc-lab.XXXXXX")
	pids=()
	trap session_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
}

session_end() {
	trap '' INT TERM HUP
	((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
	wait || true
	rm -rf "$session"
}

# Follows a guest's boot messages, for --verbose.
session_follow() { # JOB
	[[ $opt_verbose == yes ]] || return 0
	: >"$1.console"
	tail -f -n +1 "$1.console" >&2 &
	pids+=($!)
}

# Waits for a guest's relay and sets `status`: the command's own, 124 for a guest
# that was killed at its limit, 125 for one that died.
session_status() { # JOB RELAY_PID QEMU_PID
	status=0
	wait "$2" || status=$?
	[[ -e $1.status ]] && return 0
	local ended=0
	kill "$3" 2>/dev/null || true
	wait "$3" || ended=$?
	if ((ended == 124 || ended == 137)); then
		say "time limit of $opt_timeout s reached: the guest was killed"
		status=124
	elif ((status == 125)); then
		job_explain "$1"
	fi
}

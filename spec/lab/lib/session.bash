# What run, pair and shell share: a folder for the session, its processes, and
# what became of a guest.
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

session_kill() {
	((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
	pids=()
}

session_end() {
	trap '' INT TERM HUP
	session_kill
	wait 2>/dev/null || true
	rm -rf "$session"
}

# Runs ATTEMPT, which sets `fate`, again when a guest died before its command had
# started: nothing was lost, and an emulated kernel does that once in a while.
session_try() { # ATTEMPT ARGUMENT…
	local try
	for try in 1 2 3; do
		"$@"
		session_kill
		[[ $fate == unborn ]] || return 0
		((try == 3)) || say "a guest died while it booted: trying again"
	done
}

# Follows a guest's boot messages, for --verbose.
session_follow() { # JOB
	: >"$1.console"
	[[ $opt_verbose == yes ]] || return 0
	tail -f -n +1 "$1.console" >&2 &
	pids+=($!)
}

# Waits for a guest and sets `status` to the command's own, 124 or 125, and `fate`
# to done, limit (killed at its limit), unborn (died before the command) or died.
session_status() { # JOB RELAY_PID QEMU_PID
	local ended=0
	status=0
	wait "$2" || status=$?
	fate="done"
	[[ ! -e $1.status ]] || return 0
	((status != 141)) || return 0 # nobody reads our output any more
	status=125
	kill "$3" 2>/dev/null || true
	wait "$3" || ended=$?
	if ((ended == 124 || ended == 137)); then
		fate=limit status=124
	elif [[ ! -e $1/started ]]; then
		fate=unborn
	else
		fate=died
	fi
}

# From a kernel's first complaint on, with its call trace; before it, what the lab's own programs said.
session_last_words() { # CONSOLE
	tr -d '\r' <"$1" | awk '/BUG|Oops|[Pp]anic/ { told = 1 } told || /lab: |lab-|insmod/' | tail -n 80
}

# Says what became of a guest that gave no status; its own last words help most.
session_explain() { # JOB
	case $fate in
	done) return 0 ;;
	limit) say "time limit of $opt_timeout s reached: the guest was killed" ;;
	*)
		say "the guest died before its command ended"
		tail -n 5 "$1.qemu" 2>/dev/null >&2 || true # it may not even have begun
		session_last_words "$1.console" >&2 2>/dev/null || true
		;;
	esac
}

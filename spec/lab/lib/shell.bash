# lab shell: a guest to look around in, on the caller's terminal.
# shellcheck shell=bash

help_shell() {
	cat <<-EOF
		usage: lab shell [options] [-- COMMAND…]

		Boots a guest with SMC and an emulated ISM function, and gives it this
		terminal, with bash or the command. Leave it with exit, or end it at once with
		Ctrl-] x. What is written is thrown away, except in the folder \$LAB_OUT.

		$options_help
		$ism_help
		$hosts_help
	EOF
}

cmd_shell() {
	options_default 86400
	options_parse "$@"
	((${#command_words[@]})) || command_words=(bash -i)
	ism_prepare
	hosts_prepare shell
	[[ -t 0 && -t 1 ]] || die "lab shell wants a terminal; lab run needs none"
	session_begin
	say "starting a guest; leave it with exit, or end it with Ctrl-] x"
	session_try shell_guest "$session/guest"
	session_explain "$session/guest"
	job_collect "$session/guest" "$opt_out"
	exit "$status"
}

shell_guest() { # JOB
	local frames relay modes
	job_make "$1" lab terminal
	stty size >"$1/size"
	modes=$(stty -g)
	exec {frames}> >(exec "$image/lab-relay" -s "$1.status")
	relay=$!
	pids+=("$relay")
	qemu_arguments "$1"
	qemu_terminal
	session_follow "$1"
	qemu_start_on_terminal "$1" "$frames"
	pids+=("$qemu_pid")
	exec {frames}>&-
	session_status "$1" "$relay" "$qemu_pid"
	session_kill
	wait
	stty "$modes"
	shell_left "$1"
}

# Ended by hand, QEMU ends well and gives no status: that is no crash.
shell_left() { # JOB
	[[ $fate == died || $fate == unborn ]] || return 0
	grep -qa 'Kernel panic' "$1.console" || fate="done" status=0
}

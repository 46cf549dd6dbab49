# lab run: one guest, one command.
# shellcheck shell=bash

help_run() {
	cat <<-EOF
		usage: lab run [options] -- COMMAND [ARGUMENT]…

		Boots a guest with SMC and an emulated ISM function, runs the command in the
		project's folder there, and ends with the command's own output and exit
		status. The guest sees this machine's files as they are; what it writes is
		thrown away with it, except in the folder \$LAB_OUT.

		$options_help
		$ism_help
		$hosts_help
		  --stdin            give the command this standard input (else it is empty)

		Status 124: the time limit was reached. 125: the guest died.
	EOF
}

cmd_run() {
	options_default
	options_parse "$@"
	((${#command_words[@]})) || misuse "no command to run"
	ism_prepare
	hosts_prepare
	session_begin
	local job=$session/guest mode=plain
	[[ $opt_stdin == no ]] || mode=stdin
	session_try run_guest "$job" "$mode"
	session_explain "$job"
	job_collect "$job" "$opt_out"
	exit "$status"
}

run_guest() { # JOB MODE
	local frames input relay
	job_make "$1" lab "$2"
	session_follow "$1" # first: it must not hold the relay's pipe open
	exec {frames}> >(exec "$image/lab-relay" -s "$1.status")
	relay=$!
	pids+=("$relay")
	qemu_arguments "$1"
	run_input "$2"
	qemu_start "$1" "$frames" "$input"
	pids+=("$qemu_pid")
	exec {frames}>&- {input}<&-
	session_status "$1" "$relay" "$qemu_pid"
}

# Opens `input`, what the command reads.
run_input() { # MODE
	if [[ $1 != stdin ]]; then
		exec {input}</dev/null
		return
	fi
	qemu_stdin
	exec {input}< <(exec cat)
	pids+=($!)
}

# lab pair: two guests, host10 and host12, on one Ethernet segment with SMC-R.
# shellcheck shell=bash

pair_names=(host10 host12)
pair_addresses=(192.168.0.10 192.168.0.12)

help_pair() {
	cat <<-EOF
		usage: lab pair [options] -- COMMAND10… ::: COMMAND12…

		Boots two guests, host10 (192.168.0.10) and host12 (192.168.0.12), on one
		Ethernet segment, with Soft-RoCE for SMC-R, one PNET ID and one UEID. Both
		commands start when both guests can hear each other, and both guests stay up
		until both commands have ended.

		Every line of output gets its guest's name in front. With --out DIR, DIR also
		gets host10.stdout, host10.stderr, host10.status, the same of host12, and the
		files of each \$LAB_OUT in the folders host10 and host12.

		$options_help

		Status: 0 if both commands ended with 0, else the first other one of the two.
	EOF
}

cmd_pair() {
	options_default
	options_parse "$@"
	[[ $opt_stdin == no ]] || misuse "a pair takes no standard input"
	((${#opt_ism[@]} == 0)) || misuse "two guests share no memory: for SMC-D use lab run --hosts"
	recipe_wants wire "lab pair"
	pair_split "${command_words[@]}"
	session_begin
	[[ -z $opt_out ]] || mkdir -p "$opt_out"
	session_try pair_attempt
	pair_finish
}

# Sets the fate and the status of each guest; `fate` is the worse of the two.
pair_attempt() {
	local index
	pair_start 0 "${words10[@]}"
	pair_start 1 "${words12[@]}"
	pair_release
	pair_attend
	for index in 0 1; do
		session_status "$session/${pair_names[index]}" "${relays[index]}" "${qemus[index]}"
		fates[index]=$fate statuses[index]=$status
	done
	[[ ${fates[0]} != unborn ]] || fate=unborn
}

# The commands are the words before and after `:::`.
pair_split() { # WORD…
	words10=() words12=()
	while (($#)) && [[ $1 != ::: ]]; do
		words10+=("$1")
		shift
	done
	words12=("${@:2}")
	((${#words10[@]} && ${#words12[@]})) || misuse "two commands are wanted, with ::: between them"
}

pair_start() { # INDEX WORD…
	local index=$1 name=${pair_names[$1]} frames none
	local job=$session/$name
	shift
	command_words=("$@")
	job_make "$job" "$name" plain "${pair_addresses[index]}" "${pair_addresses[1 - index]}"
	exec {frames}> >(pair_relay "$name") {none}</dev/null
	relays[index]=$!
	pids+=("$!") # at once: when the lab fails, this one must not wait for a guest
	qemu_arguments "$job"
	pair_wire "$index"
	session_follow "$job"
	qemu_start "$job" "$frames" "$none"
	qemus[index]=$qemu_pid
	pids+=("$qemu_pid")
	exec {frames}>&- {none}<&-
}

pair_relay() { # NAME
	local copies=()
	[[ -z $opt_out ]] || copies=(-o "$opt_out/$1.stdout" -e "$opt_out/$1.stderr")
	exec "$image/lab-relay" -p "$1: " "${copies[@]}" -s "$session/$1.status"
}

# The wire is a socket of which host10 holds the listening end.
pair_wire() { # INDEX
	local role=server=on wire=$session/wire tries=0
	if (($1 == 1)); then
		role=server=off
		until [[ -S $wire ]]; do
			if pair_ended 0 || ((++tries > 100)); then break; fi
			sleep 0.1
		done
	fi
	qemu_args+=(
		-netdev "stream,id=wire,$role,addr.type=unix,addr.path=${wire//,/,,}"
		-device "virtio-net-$qemu_bus,netdev=wire,${qemu_net}mac=52:54:00:00:00:0$1"
	)
}

pair_ended() { # INDEX
	[[ -e $session/${pair_names[$1]}.status ]] || ! kill -0 "${qemus[$1]}" 2>/dev/null
}

# Lets both commands start once both guests are ready.
pair_release() {
	local name
	for name in "${pair_names[@]}"; do
		until [[ -e $session/$name/ready ]]; do
			! pair_ended 0 && ! pair_ended 1 || return 0
			sleep 0.1
		done
	done
	for name in "${pair_names[@]}"; do : >"$session/$name/go"; done
}

# A guest is switched off only when neither command needs it any more; but
# without its peer, after a crash, none has anything left to do.
pair_attend() {
	local index
	until pair_ended 0 && pair_ended 1; do
		for index in 0 1; do
			if pair_ended "$index" && [[ ! -e $session/${pair_names[index]}.status ]]; then
				kill "${qemus[@]}" 2>/dev/null || true
			fi
		done
		sleep 0.1
	done
}

# Ends with the first status that is not 0.
pair_finish() {
	local index name result=0
	for index in 0 1; do
		name=${pair_names[index]} fate=${fates[index]} status=${statuses[index]}
		session_explain "$session/$name"
		((result != 0)) || result=$status
		if [[ -n $opt_out ]]; then
			echo "$status" >"$opt_out/$name.status"
			job_collect "$session/$name" "$opt_out/$name"
		fi
	done
	exit "$result"
}

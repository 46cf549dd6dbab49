# Parts of a run of the specs: what is named by `part` is run by `run_parts`, which ends with the sum of all.
# shellcheck shell=bash disable=SC2317 # spec/run calls them
#
# A part is a command with a name. Several of them run side by side, one more than there are processors, for
# each of them waits now and then; the output of each is shown when it has ended.

names=() commands=() needs_lab=()

part() { # NAME COMMAND…
	names+=("$1")
	commands+=("$(shift && printf '%q ' "$@")")
	needs_lab+=(no)
}

# One that runs guests: it waits for what builds the lab.
lab_part() { # NAME COMMAND…
	part "$@"
	needs_lab[-1]=yes
}

# The one that builds the lab; where there is none, each finds it built, or builds it.
builder=
lab_state=ready # or building, or broken

build_part() { # NAME COMMAND…
	part "$@"
	builder=$((${#names[@]} - 1))
	lab_state=building
}

work=$(mktemp -d)
declare -A running=() # process → part
failed=()
failed_outputs=()

end() {
	local pid
	for pid in "${!running[@]}"; do kill -- "-$pid" 2>/dev/null; done
	rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A guest takes a processor, and the memory of the machine is not without end.
side_by_side() {
	local available count
	count=$(($(nproc) + 1))
	available=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
	((available >= count)) || count=$available
	echo $((count > 1 ? count : 1))
}

start() { # INDEX
	echo "-- ${names[$1]}: started"
	started[$1]=$SECONDS
	set -m # a process group each, to be ended as a whole
	(eval "${commands[$1]}") >"$work/$1" 2>&1 </dev/null &
	set +m
	running[$!]=$1
}

left_out=()

# The lab says with this status and these words that a kernel cannot be had here and now: that is no failure.
is_left_out() { # INDEX STATUS
	local reason
	(($2 == 77)) || return
	reason=$(sed -n 's/^lab: left out: //p' "$work/$1" | tail -n 1)
	[[ $reason ]] && left_out+=("${names[$1]}: $reason")
}

died=()

# The kernel of an emulated guest dies once in a while, whatever runs in it: the part has another try, and the
# kernel's words stay in the output. One that dies again has failed.
has_another_try() { # INDEX STATUS
	(($2 == 125)) && [[ ${needs_lab[$1]} == yes && -z ${died[$1]:-} ]] || return
	died[$1]=${names[$1]} waiting[$1]=$1
}

# The output of a part that has ended, in one piece.
show() { # INDEX STATUS
	local seconds=$((SECONDS - started[$1])) verdict=passed
	if is_left_out "$@"; then
		verdict="left out"
	elif has_another_try "$@"; then
		verdict="the guest died, and there is another try,"
	elif (($2 != 0)); then
		verdict="FAILED (status $2)"
		failed+=("${names[$1]}")
		failed_outputs+=("$work/$1")
	fi
	printf '\n== %s: %s after %d s\n' "${names[$1]}" "$verdict" "$seconds"
	cat "$work/$1"
	echo
}

# Any that has ended.
reap() {
	local pid status index
	wait -n -p pid "${!running[@]}"
	status=$?
	index=${running[$pid]}
	unset "running[$pid]"
	show "$index" $status
	[[ $index == "$builder" ]] || return 0
	lab_state=ready
	((status == 0)) || lab_state=broken
}

# The next that can start; those that need the lab come later while it is built, and not at all without it.
choose() {
	local i
	next=
	for i in "${!waiting[@]}"; do
		if [[ ${needs_lab[i]} == yes && $lab_state == broken ]]; then
			failed+=("${names[i]} (there is no lab)")
			unset "waiting[i]"
		elif [[ -z $next && (${needs_lab[i]} == no || $lab_state == ready) ]]; then
			next=$i
		fi
	done
}

run_side_by_side() {
	local most next i
	local -a started=() waiting=()
	most=$(side_by_side)
	for i in "${!names[@]}"; do waiting[i]=$i; done
	while choose && ((${#waiting[@]} + ${#running[@]})); do
		if [[ -n $next ]] && ((${#running[@]} < most)); then
			unset "waiting[next]"
			start "$next"
		else
			reap
		fi
	done
}

run_alone() {
	printf '\n== %s\n' "${names[0]}"
	eval "${commands[0]}" 2>&1 | tee "$work/0"
	local status=${PIPESTATUS[0]}
	((status == 0)) || is_left_out 0 "$status" || failed+=("${names[0]}")
}

plain() { sed 's/\x1b\[[0-9;]*m//g; s/^host1[02]: //' "$@"; }

# What a part that failed said of it, once more: the last lines of a run are all that some readers keep.
show_failures() {
	local output
	for output in "${failed_outputs[@]}"; do
		if plain "$output" | grep -qE '^(Failure|Error) (→|->) |hang: '; then
			plain "$output" | awk '/^(Failure|Error) (→|->) / { lines = 12 } /hang: / || lines-- > 0'
		else
			plain "$output" | tail -n 20
		fi
	done
}

# busted's closing lines, added up.
sum_up() {
	show_failures
	cat "$work"/* 2>/dev/null | plain | awk '
		/^[0-9]+ success/ { passed += $1; failed += $4 + $7; skipped += $10 }
		END { printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
	((${#left_out[@]} == 0)) || printf 'LEFT OUT: %s\n' "${left_out[@]}"
	((${#died[@]} == 0)) || printf 'THE GUEST DIED, and another was tried: %s\n' "${died[@]}"
	if ((${#failed[@]})); then
		printf 'FAILED: %s\n' "${failed[@]}"
		exit 1
	fi
}

run_parts() {
	case ${#names[@]} in
	0) ;;
	1) run_alone ;;
	*) run_side_by_side ;;
	esac
	sum_up
}

# Messages, names of places, and the small things every part needs.
# shellcheck shell=bash

say() { printf 'lab: %s\n' "$*" >&2; }

die() {
	say "$@"
	exit "${die_status:-1}"
}

# Wrong use of the command line.
misuse() {
	say "$1"
	say "see: lab ${command:+$command }--help"
	exit 2
}

seconds_since() { # START, from now_ms
	local ms=$(($(now_ms) - $1))
	printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

now_ms() {
	local now=${EPOCHREALTIME/[.,]/}
	echo "${now%???}"
}

megabytes() { # BYTES
	echo "$((($1 + 500000) / 1000000)) MB"
}

require_tools() { # TOOL=PACKAGE…
	local pair missing=()
	for pair; do
		command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
	done
	((${#missing[@]} == 0)) || leave_out "missing here: install ${missing[*]} (apt-get install ${missing[*]})"
}

lab_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
lab_dir=${lab_dir%/lib}
project=${lab_dir%/spec/lab}
project_build=build # where its C modules are that a guest can load
home=~ # set even where HOME is not
cache=${SMC_LAB_CACHE:-${XDG_CACHE_HOME:-$home/.cache}/smc-lab}
[[ $cache == /* ]] || cache=$PWD/$cache

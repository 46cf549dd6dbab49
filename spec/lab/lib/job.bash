# A job: the folder through which a guest gets its orders and hands back files.
#   setup           what guest/init shall set up, as shell assignments
#   argv env cwd user size limit   what lab-agent shall run
#   shared          folders of this machine that a guest with a root of its own sees, a line each
#   out/            $LAB_OUT
#   started         made by the guest when the command starts
#   ready go        how the two guests of a pair wait for each other
# Beside the folder: JOB.console, JOB.qemu (messages), JOB.status.
# shellcheck shell=bash

job_make() { # JOB NAME MODE [ADDRESS PEER]
	rm -rf "$1" "$1".*
	mkdir -p "$1/out"
	chmod 1777 "$1/out"
	job_setup "$@" >"$1/setup"
	printf '%s\0' "${command_words[@]}" >"$1/argv"
	job_environment "$3" >"$1/env"
	job_folder >"$1/cwd"
	echo "$opt_user" >"$1/user"
	echo "$opt_timeout" >"$1/limit"
	job_shared >"$1/shared"
}

job_setup() { # JOB NAME MODE [ADDRESS PEER]
	local sets=("${4:+wire}") without=()
	if [[ $opt_smc == yes ]]; then
		sets+=(smc)
		if [[ $opt_diag == yes ]]; then sets+=(diag); else without+=(smc_diag); fi
	else
		without=(smc smc_diag)
	fi
	printf '%s=%s\n' name "$2" mode "$3" address "${4:-}" peer "${5:-}" \
		smc "$opt_smc" ueid "$opt_ueid" \
		ism "$(shell_quote "$ism")" ism_parameters "'$(ism_parameters)'" \
		module_sets "'${sets[*]}'" without "'${without[*]}'" \
		modules "$(shell_quote "$kernel/lib/modules/$(<"$kernel/release")")"
}

# Where the guest's root is this machine's, it sees all of it.
job_shared() { :; }

shell_quote() {
	local apostrophe="'\\''"
	printf "'%s'" "${1//\'/$apostrophe}"
}

# The command starts in the project: where the caller is, or at its top.
job_folder() {
	local here
	here=$(pwd -P)
	case $here/ in
	"$project"/*) printf %s "$here" ;;
	*) printf %s "$project" ;;
	esac
}

# The whole environment of a command. Lua finds the checkout's own module, or
# what the caller's own paths name.
job_environment() { # MODE
	local -A env=(
		[PATH]=/run/lab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
		[HOME]=/run/lab/home
		[LANG]=C.UTF-8 [LC_ALL]=C.UTF-8
		[TERM]=dumb
		[SMC_LAB]=1 [SMC_LAB_KERNEL]=$recipe
		[LAB_OUT]=/run/lab/job/out
		[LUA_PATH]="$project/lua/?.lua;$project/lua/?/init.lua;;"
		[LUA_CPATH]="$project/$project_build/?.so;;"
	)
	[[ $project_build == build ]] || env[SMC_BUILD]=$project_build
	# Where SMC is of another version than the kernel.
	[[ ! -e $kernel/smc ]] || env[SMC_LAB_NET_SMC]=$(<"$kernel/smc")
	[[ $1 != terminal ]] || env[TERM]=${TERM:-linux}
	local name assignment names=(LUA_PATH LUA_PATH_5_4 SMC_TEST_LIMIT)
	# What the caller's Lua loads is for the caller's machine.
	[[ $project_build != build ]] || names+=(LUA_CPATH LUA_CPATH_5_4)
	for name in "${names[@]}"; do
		[[ -z ${!name:-} ]] || env[$name]=${!name}
	done
	for assignment in "${opt_env[@]}"; do
		env[${assignment%%=*}]=${assignment#*=}
	done
	for name in "${!env[@]}"; do
		printf '%s=%s\0' "$name" "${env[$name]}"
	done
}

# Hands $LAB_OUT back, whatever became of the guest.
job_collect() { # JOB FOLDER
	[[ -n $2 ]] || return 0
	mkdir -p "$2"
	find "$1/out" -mindepth 1 -maxdepth 1 -exec cp -a -t "$2" {} +
}

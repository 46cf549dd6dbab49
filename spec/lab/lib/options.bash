# The options that lab run, pair and shell have in common.
# shellcheck shell=bash

options_help="$recipe_help
  --memory MB        memory of a guest (default 1024)
  --cpus N           processors of a guest (default 1)
  --timeout SECONDS  kill the guest after this time, from its start (default 120)
  --env NAME=VALUE   set a variable for the command; may be repeated
  --user UID         run the command as this user, without privileges
  --no-ueid          set no user-defined EID: over loopback-ism, SMC-D falls back to TCP
  --no-diag          SMC without smc_diag
  --tcp-only         a guest that knows no SMC at all
  --out DIR          where files come that the command writes to \$LAB_OUT
                     (default: \$LAB_OUT of the caller, if set)
  --verbose          boot messages on standard error
  --help             this text"

options_default() {
	opt_memory=1024 opt_cpus=1 opt_timeout=${1:-120}
	opt_env=() opt_user=0
	opt_ueid=SMCV2-LAB opt_smc=yes opt_diag=yes
	opt_ism=() opt_loopback=no opt_hosts=no ism=
	opt_out=${LAB_OUT:-} opt_verbose=no opt_stdin=no
	opt_kernel='' opt_kernel_image='' opt_modules=''
	command_words=()
}

option_number() { # OPTION VALUE
	[[ $2 =~ ^[0-9]+$ ]] || misuse "$1 wants a number, not '$2'"
}

# Reads options up to -- or the first word that is none; the rest is the command.
options_parse() {
	while (($#)); do
		case $1 in
		--memory | --cpus | --timeout | --env | --user | --out | --kernel | --kernel-image | --modules)
			(($# > 1)) || misuse "$1 wants a value"
			option_with_value "$1" "$2"
			shift
			;;
		--ism)
			if [[ ${2:-} == [a-z]*=* ]]; then
				ism_option "$2"
				shift
			else
				ism_option ''
			fi
			;;
		--loopback) opt_loopback=yes ;;
		--hosts) opt_hosts=yes ;;
		--no-ueid) opt_ueid= ;;
		--no-diag) opt_diag=no ;;
		--tcp-only) opt_smc=no ;;
		--stdin) opt_stdin=yes ;;
		--verbose) opt_verbose=yes ;;
		--help)
			"help_$command"
			exit 0
			;;
		--)
			shift
			break
			;;
		-*) misuse "unknown option '$1'" ;;
		*) break ;;
		esac
		shift
	done
	command_words=("$@")
	recipe_load
}

# For commands that have no options but --help, and perhaps --kernel.
options_none() { # kernel or nothing, WORD…
	options_default ''
	while (($# > 1)); do
		case $1$2 in
		kernel--kernel)
			(($# > 2)) || misuse "$2 wants a value"
			opt_kernel=$3
			set -- "$1" "${@:4}"
			;;
		*--help)
			"help_$command"
			exit 0
			;;
		*) misuse "unknown word '$2'" ;;
		esac
	done
	recipe_load
}

option_with_value() { # OPTION VALUE
	case $1 in
	--memory | --cpus | --timeout | --user)
		option_number "$@"
		declare -g "opt_${1#--}=$2"
		;;
	--out) opt_out=$2 ;;
	--kernel) opt_kernel=$2 ;;
	--kernel-image) opt_kernel_image=$2 ;;
	--modules) opt_modules=$2 ;;
	--env)
		[[ $2 == ?*=* ]] || misuse "--env wants NAME=VALUE, not '$2'"
		opt_env+=("$2")
		;;
	esac
}

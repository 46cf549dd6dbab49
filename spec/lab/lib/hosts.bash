# lab run --hosts: two hosts in one guest, as network namespaces, with an
# ISM function each (../guest/hosts sets them up). Unlike two guests they can
# talk SMC-D; unlike one host each has a function of its own to switch off.
# shellcheck shell=bash

hosts_help="  --hosts            two hosts in the guest, host10 (192.168.0.10, FID 31) and host12
                     (192.168.0.12, FID 32), for COMMAND10… ::: COMMAND12…; every line of output
                     gets its host's name in front. In a shell: host12 has the terminal, and
                     'host10 COMMAND…' runs a command on host10"

# The values of --ism: one channel, so that the functions reach each other.
hosts_functions=("fid=31,pnetid=HOST10" "fid=32,pnetid=HOST12")

hosts_prepare() { # [shell]
	[[ $opt_hosts == yes ]] || return 0
	recipe_wants ism "--hosts"
	[[ $opt_loopback == no ]] || misuse "--hosts goes without --loopback: the hosts talk over ISM functions"
	[[ ${opt_ism[*]} == "" ]] || misuse "--hosts has two functions of its own: no values for --ism"
	[[ $opt_user == 0 && $opt_stdin == no ]] || misuse "--hosts goes with neither --user nor --stdin"
	[[ $opt_smc == yes ]] || misuse "--hosts wants SMC: not with --tcp-only"
	(($#)) || pair_split "${command_words[@]}"
	opt_ism=("${hosts_functions[@]}")
	command_words=("$lab_dir/guest/hosts" "$@" "${command_words[@]}")
}

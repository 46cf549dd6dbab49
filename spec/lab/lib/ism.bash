# Guests with emulated ISM functions: what is asked for, and the machine that has them.
# shellcheck shell=bash

ism_help="  --ism VALUES       another ISM function than that of FID 32 that guests have; may be repeated.
                     VALUES: fid=32,pchid=7c1,vfn=0,uid=32,pnetid=NETA,power=1,dmbs=1920 (those
                     with hex digits as Linux prints them; dmbs: how many the function lends out
                     at once); what is left out is as here, the FID counts on
  --loopback         SMC-D over loopback-ism in place of ISM functions: only UEIDs, no slots"

ism_keys=(fid pchid vfn uid pnetid power dmbs)

# On this machine the guest has no PCI but ours, so that its functions are in domain 0 as on s390.
ism_machine=(-M "microvm,acpi=on,pcie=off" -display none -monitor none -no-reboot -nodefaults -no-user-config)

# This machine's only clock is the time stamp counter. A kernel that is slowed down while it finds
# out how fast that runs gives up on it, and waits for ever for the ticks of a timer that is not
# there; or it doubts the counter later. Emulated, it is the host's own: the lab says how fast it is.
# A kernel that died resets the machine, which has no keyboard controller for that: by a triple fault.
ism_words() {
	printf ' reboot=t'
	[[ $accel == kvm ]] || printf ' tsc=reliable tsc_early_khz=%s' "$("$image/lab-tsc")"
}

# ---- options ----

# Where nothing is said, SMC finds one function with the default values, if the kernel knows such at all.
ism_prepare() {
	[[ $opt_loopback == no ]] || recipe_wants loopback "--loopback"
	((${#opt_ism[@]} == 0)) || recipe_wants ism "--ism"
	if [[ $opt_loopback == yes ]]; then
		((${#opt_ism[@]} == 0)) || misuse "--ism and --loopback exclude each other: SMC would prefer loopback-ism"
	elif [[ $opt_smc == yes ]] && recipe_has ism && ((${#opt_ism[@]} == 0)); then
		opt_ism=('')
	fi
}

ism_option() { # VALUES, or nothing
	local pair pairs
	IFS=, read -ra pairs <<<"$1"
	for pair in "${pairs[@]}"; do
		case $pair in
		fid=* | pchid=* | vfn=* | uid=*)
			[[ ${pair#*=} =~ ^(0x)?[0-9a-fA-F]{1,8}$ ]] || misuse "--ism $pair: hex digits are wanted" ;;
		pnetid=*) [[ ${pair#*=} =~ ^[A-Z0-9]{1,16}$ ]] || misuse "--ism $pair: no PNET ID (A to Z, 0 to 9)" ;;
		power=[01]) ;;
		dmbs=*) [[ ${pair#*=} =~ ^[1-9][0-9]{0,3}$ ]] || misuse "--ism $pair: a number is wanted" ;;
		*) misuse "--ism knows no '$pair'" ;;
		esac
	done
	opt_ism+=("$1")
}

ism_value() { # KEY VALUES DEFAULT
	local pair pairs value=$3
	IFS=, read -ra pairs <<<"$2"
	for pair in "${pairs[@]}"; do
		[[ $pair != "$1="* ]] || value=${pair#*=}
	done
	echo "$value"
}

# The parameters of the kernel module: a list a key, a value in it a function.
ism_parameters() {
	local key i value list
	local -A none=([pchid]=7c1 [vfn]=0 [uid]=0 [pnetid]=- [power]=1 [dmbs]=0)
	for key in "${ism_keys[@]}"; do
		list=()
		for i in "${!opt_ism[@]}"; do
			none[fid]=$(printf %x $((0x32 + i)))
			value=$(ism_value "$key" "${opt_ism[i]}" "${none[$key]}")
			case $key in
			pnetid | power | dmbs) ;;
			*) value=0x${value#0x} ;;
			esac
			list+=("$value")
		done
		(IFS=, && printf '%s=%s ' "$key" "${list[*]}")
	done
	# The functions of two hosts: each reaches only the other's, as if the guest were two.
	[[ $opt_hosts == no ]] || printf 'self=N '
}

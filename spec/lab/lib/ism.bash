# Emulated ISM functions (../ism), and SMC built to use them. They are a second
# variant of the modules, in a folder of the cache that is named after its recipe;
# loopback-ism is left out of it: SMC would prefer it, and it cannot be switched off.
# shellcheck shell=bash

ism_help="  --ism [VALUES]     SMC-D over an emulated ISM function in place of loopback-ism; may be
                     repeated. VALUES: fid=32,pchid=7c1,vfn=0,uid=32,pnetid=NETA,power=1
                     (those with hex digits as Linux prints them)"

ism_keys=(fid pchid vfn uid pnetid power)

# On this machine the guest has no PCI but ours, so that its functions are in domain 0 as on s390.
ism_machine=(-M "microvm,acpi=on,pcie=off" -display none -monitor none -no-reboot -nodefaults -no-user-config)

ism_name() {
	local sum
	sum=$(cd "$lab_dir" && sha256sum ism/* lib/ism.bash "$kernel/release" | sha256sum)
	echo "$cache/ism-${sum:0:16}"
}

# ---- options ----

ism_option() { # VALUES, or nothing
	local pair pairs
	IFS=, read -ra pairs <<<"$1"
	for pair in "${pairs[@]}"; do
		case $pair in
		fid=* | pchid=* | vfn=* | uid=*)
			[[ ${pair#*=} =~ ^(0x)?[0-9a-fA-F]{1,8}$ ]] || misuse "--ism $pair: hex digits are wanted" ;;
		pnetid=*) [[ ${pair#*=} =~ ^[A-Z0-9]{1,16}$ ]] || misuse "--ism $pair: no PNET ID (A to Z, 0 to 9)" ;;
		power=[01]) ;;
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
	local -A none=([pchid]=7c1 [vfn]=0 [uid]=0 [pnetid]=- [power]=1)
	for key in "${ism_keys[@]}"; do
		list=()
		for i in "${!opt_ism[@]}"; do
			none[fid]=$(printf %x $((0x32 + i)))
			value=$(ism_value "$key" "${opt_ism[i]}" "${none[$key]}")
			case $key in
			pnetid | power) ;;
			*) value=0x${value#0x} ;;
			esac
			list+=("$value")
		done
		(IFS=, && printf '%s=%s ' "$key" "${list[*]}")
	done
	# The functions of two hosts: each reaches only the other's, as if the guest were two.
	[[ $opt_hosts == no ]] || printf 'self=N '
}

# ---- building ----

ism_ready() {
	ism=
	((${#opt_ism[@]})) || return 0
	ism=$(ism_name)
	[[ -e $ism ]]
}

# net/smc thinks of its hardware in terms of s390: wherever it asks whether this
# is s390, it shall ask whether there is ISM, and what s390 answers, ism.ko does.
ism_sources() { # INTO
	mkdir -p "$1/smc"
	cp "$lab_dir"/ism/* "$1/"
	cp "$kernel"/source/* "$1/smc/"
	sed -i 's/IS_ENABLED(CONFIG_S390)/IS_ENABLED(CONFIG_ISM)/; /<asm\/pnet\.h>/d' "$1"/smc/*.[ch]
}

ism_make() { # HEADERS SOURCE
	make -s -j"$(nproc)" -C "$1" M="$2" CC="$(kernel_compiler "$1")" \
		CONFIG_SMC=m CONFIG_SMC_DIAG=m CONFIG_DEBUG_INFO_BTF_MODULES= \
		KCFLAGS="-include $2/s390.h -DCONFIG_ISM_MODULE=1 -DCONFIG_HAVE_PNETID=1" modules >&2 ||
		die "building the ISM and SMC modules failed"
}

ism_build() {
	ism_ready && return
	local deb makefile start part
	start=$(now_ms)
	require_tools gcc=gcc make=make strip=binutils
	say "building ism.ko, the emulated ISM function, and SMC for it"
	part=$(mktemp -d "$cache/ism.part.XXXXXX")
	mkdir -p "$part/headers" "$part/outcome"
	for deb in "$kernel"/debs/*.deb; do
		dpkg-deb -x "$deb" "$part/headers"
	done
	for makefile in "$part"/headers/usr/src/linux-headers-*/Makefile; do
		sed -i "s|^include /usr/src/|include $part/headers/usr/src/|" "$makefile"
	done
	ism_sources "$part/source"
	ism_make "$part"/headers/usr/src/linux-headers-*-amd64 "$part/source"
	mv "$part"/source/ism.ko "$part"/source/smc/smc.ko "$part"/source/smc/smc_diag.ko "$part/outcome/"
	strip --strip-debug "$part"/outcome/*.ko
	mv -T "$part/outcome" "$ism"
	rm -rf "$part"
	say "built in $(seconds_since "$start")"
	find "$cache" -maxdepth 1 -name 'ism*' ! -path "$ism" -mtime +1 -exec rm -rf {} +
}

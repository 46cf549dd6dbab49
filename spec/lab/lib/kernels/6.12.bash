# Debian's 6.12, with SMC built again with loopback-ism, which Debian leaves out; and once more to use the
# emulated ISM function (see ism_build.bash).
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

recipe_about="Debian's newest Linux 6.12; SMC with loopback-ism, or with emulated ISM functions"
recipe_cost="275 MB of downloads, about a minute, 105 MB in the cache"
recipe_can=(ism loopback wire)
kernel=$cache/kernel-6.12-4 # the last number: raise it when the outcome of this file changes

kernel_series=6.12
kernel_abis='6\.12\.[0-9.]*+deb[0-9.]*'

# Security updates have the newest one: where they have it, backports stand still.
kernel_suites() {
	if [[ $(release_codename) == bookworm ]]; then
		echo bookworm-backports bookworm-security
	else
		echo trixie trixie-security
	fi
}

kernel_packages() { # ABI
	printf '%s\n' "linux-image-$1-amd64" "linux-headers-$1-amd64" "linux-headers-$1-common" "linux-kbuild-$1" \
		"linux-source-$kernel_series"
}

kernel_build_smc() { # HEADERS SOURCE
	kernel_make_modules "$1" "$2" CONFIG_SMC=m CONFIG_SMC_DIAG=m CONFIG_SMC_LO=y KCFLAGS=-DCONFIG_SMC_LO=1 ||
		die "building the SMC modules failed"
	strip --strip-debug "$2"/smc.ko "$2"/smc_diag.ko
}

kernel_build() {
	[[ -e $kernel/release ]] && return
	local start i work=$download/tree
	require_tools gcc=gcc make=make xz=xz-utils depmod=kmod strip=binutils
	kernel_unpack_packages "$work/outcome/source" 3 net/smc
	start=$(now_ms)
	say "building smc.ko and smc_diag.ko with loopback-ism"
	cp -r "$work/outcome/source" "$work/smc"
	kernel_build_smc "$work"/headers/usr/src/linux-headers-*-amd64 "$work/smc"
	kernel_install "$work/outcome" net/smc "$work"/smc/*.ko
	say "built in $(seconds_since "$start")"
	mkdir "$work/outcome/debs"
	for i in 1 2 3; do mv "$(kernel_deb "$i")" "$work/outcome/debs/"; done
	kernel_keep "$work/outcome"
}

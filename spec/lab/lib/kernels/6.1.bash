# Debian 12's own 6.1, just as it comes: SMC-R alone, since loopback-ism is younger, and so is the interface
# that the emulated ISM function has.
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

recipe_about="Debian 12's Linux 6.1 as it comes; SMC-R in lab pair, no SMC-D"
recipe_cost="70 MB of downloads, 20 seconds, 130 MB in the cache"
recipe_can=(wire)
kernel=$cache/kernel-6.1-1 # the last number: raise it when the outcome of this file changes

kernel_series=6.1
kernel_abis='6\.1\.[0-9.]*-[0-9]*'

kernel_folders+=(fs/fscache drivers/char/virtio_console.ko) # which are in the image later

kernel_suites() {
	echo bookworm bookworm-security
}

kernel_packages() { # ABI
	echo "linux-image-$1-amd64"
}

kernel_build() {
	[[ -e $kernel/release ]] && return
	local start outcome=$download/outcome
	require_tools xz=xz-utils depmod=kmod
	kernel_download
	rm -rf "$outcome"
	mkdir -p "$outcome"
	start=$(now_ms)
	say "unpacking ${plan[0]%%=*}"
	kernel_extract_image "$outcome"
	kernel_unpack "$outcome"
	depmod -b "$outcome" "$(<"$outcome/release")"
	say "unpacked in $(seconds_since "$start")"
	kernel_keep "$outcome"
}

# A kernel that the caller built: --kernel-image FILE --modules DIR. Nothing of it is built or copied but its image.
# It needs, built in or as modules: virtio_pci, virtio_console, 9p over virtio and overlay, for a guest; smc and
# smc_diag, and SMC_LO (or DIBS_LO from 6.18 on) for SMC-D, rdma_rxe for lab pair.
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

recipe_about="a kernel of the caller's: --kernel-image FILE --modules DIR"
recipe_cost="nothing"
recipe_can=(loopback wire)

# The header of the boot protocol says where the image has its version.
own_release() { # IMAGE
	local offset
	[[ $(head -c 518 "$1" | tail -c 4) == HdrS ]] || misuse "--kernel-image $1 is not a bzImage (arch/x86/boot/bzImage)"
	offset=$(od -An -tu2 -j526 -N2 "$1")
	tail -c +$((512 + offset + 1)) "$1" | head -c 200 | tr '\0 ' '\n' | head -n 1
}

# DIR is what INSTALL_MOD_PATH was, or lib/modules, or the folder of the release itself.
own_modules() { # RELEASE
	local folder
	for folder in "$opt_modules/lib/modules/$1" "$opt_modules/$1" "$opt_modules"; do
		[[ -e $folder/modules.dep ]] && { readlink -f "$folder"; return; }
	done
	misuse "--modules $opt_modules has no modules of $1: make modules_install INSTALL_MOD_PATH=$opt_modules"
}

own_image=$(readlink -e "$opt_kernel_image") || misuse "--kernel-image $opt_kernel_image: there is no such file"
[[ -n $opt_modules ]] || misuse "--kernel-image goes with --modules"
set +o pipefail # head leaves when it has its line
own_release=$(own_release "$own_image") || exit
set -o pipefail
own_modules=$(own_modules "$own_release") || exit
kernel=$({ sha256sum "$own_image" "$own_modules/modules.dep" && echo "$own_modules"; } | sha256sum)
kernel=$cache/kernel-own-${kernel:0:16}

kernel_build() {
	[[ -e $kernel/release ]] && return
	local outcome=$download/outcome
	say "taking $own_release as it is"
	rm -rf "$outcome"
	mkdir -p "$outcome/lib/modules"
	cp "$own_image" "$outcome/vmlinuz"
	kernel_unpack "$outcome"
	ln -s "$own_modules" "$outcome/lib/modules/$own_release"
	echo "$own_release" >"$outcome/release"
	kernel_keep "$outcome"
}

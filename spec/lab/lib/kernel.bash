# The guests' kernel: Debian's own image, and its SMC rebuilt with loopback-ism,
# which Debian leaves out. The outcome is the folder $kernel:
#   vmlinuz  vmlinux  release  lib/modules/RELEASE/…   what guests run on
#   source/  debs/                            what builds further modules for it
# shellcheck shell=bash

kernel_series=6.12
kernel_recipe=4 # raise it when the outcome of this file changes
kernel=$cache/kernel-$kernel_recipe

# Folders of the image that can matter to a guest; the rest stays packed.
kernel_folders=(
	arch/x86/crypto crypto lib net fs/9p fs/netfs fs/overlayfs fs/fuse fs/configfs
	drivers/net/veth.ko.xz drivers/net/virtio_net.ko.xz drivers/net/net_failover.ko.xz
	drivers/net/dummy.ko.xz drivers/net/tun.ko.xz drivers/net/macvlan.ko.xz drivers/net/ifb.ko.xz drivers/net/nlmon.ko.xz
	drivers/net/bonding drivers/infiniband/core drivers/infiniband/sw
	drivers/virtio drivers/char/hw_random
)

# Versions X.Y.Z+debN that have plain amd64 headers, the newest first.
kernel_candidates() {
	apt_do apt-cache pkgnames "linux-headers-$kernel_series." |
		sed -n 's/^linux-headers-\('"${kernel_series/./\\.}"'\.[0-9.]*+deb[0-9.]*\)-amd64$/\1/p' | sort -rV
}

# The packages of the newest version of which everything is there, from one
# source version: image headers common kbuild source, each PACKAGE=VERSION.
kernel_plan() {
	local abi version image
	while read -r abi; do
		while read -r version; do
			for image in "linux-image-$abi-amd64" "linux-image-$abi-amd64-unsigned"; do
				kernel_plan_of "$abi" "$version" "$image" && return
			done
		done < <(apt_versions "linux-headers-$abi-amd64")
	done < <(kernel_candidates)
	die "no Linux $kernel_series has image, headers and source of one version on the mirror"
}

kernel_plan_of() { # ABI VERSION IMAGE
	local package
	local packages=("$3" "linux-headers-$1-amd64" "linux-headers-$1-common" "linux-kbuild-$1" "linux-source-$kernel_series")
	for package in "${packages[@]}"; do
		apt_versions "$package" | grep -qxF "$2" || return 1
	done
	printf "%s=$2\n" "${packages[@]}"
}

# A plan is kept, so that a build that was interrupted goes on with its packages.
kernel_choose() {
	if ! [[ -e $cache/download/plan ]]; then
		apt_update
		kernel_plan >"$cache/download/plan.part" || exit
		mv "$cache/download/plan.part" "$cache/download/plan"
	fi
	mapfile -t plan <"$cache/download/plan"
}

# The next build asks the mirrors again: they may have gone on to a newer version meanwhile.
kernel_forget() {
	rm -f "$cache/download/plan"
	die "the download failed"
}

kernel_deb() { # INDEX IN THE PLAN
	echo "$cache/download/debs/${plan[$1]/=/_}.deb"
}

kernel_extract_image() { # INTO
	local release names
	release=${plan[0]%%=*}
	release=${release#linux-image-}
	release=${release%-unsigned}
	# From trixie on, modules are below /usr/lib.
	mapfile -t names < <(printf "*/lib/modules/$release/kernel/%s\n" "${kernel_folders[@]}")
	dpkg-deb --fsys-tarfile "$(kernel_deb 0)" |
		tar -x -C "$1" --transform 's|^\./usr/lib/|./lib/|' --wildcards \
			"./boot/vmlinuz-*" "*/lib/modules/$release/modules.*" "${names[@]}"
	[[ -d $1/lib/modules/$release/kernel/net/smc ]] || die "no SMC in the package of $release"
	mv "$1/boot/vmlinuz-$release" "$1/vmlinuz"
	rmdir "$1/boot"
	echo "$release" >"$1/release"
}

# An emulated processor unpacks the kernel slowly: do it here, once, if we can.
# The place of the packed kernel is in the header of the boot protocol.
kernel_unpack() { # OUTCOME
	local sectors offset length packed=$1/vmlinuz
	command -v zstd >/dev/null || return 0
	sectors=$(od -An -tu1 -j497 -N1 "$packed")
	read -r offset length < <(od -An -tu4 -j584 -N8 "$packed")
	tail -c +$(((sectors + 1) * 512 + offset + 1)) "$packed" | head -c $((length - 4)) |
		zstd -dqc >"$1/vmlinux" 2>/dev/null || rm -f "$1/vmlinux"
}

# The file that QEMU boots.
kernel_file() {
	[[ -e $kernel/vmlinux ]] && echo "$kernel/vmlinux" || echo "$kernel/vmlinuz"
}

# The source package wraps a tarball in a tarball: unpack net/smc on the way by.
kernel_extract_source() { # INTO
	mkdir -p "$1/source"
	dpkg-deb --fsys-tarfile "$(kernel_deb 4)" |
		tar -x --to-stdout --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -xJ -C "$1/source" --strip-components=3 --wildcards 'linux-source-*/net/smc'
}

# Headers know where they want to be installed; here they are elsewhere.
kernel_extract_headers() { # INTO PACKAGE…
	local into=$1 deb makefile
	shift
	for deb; do
		dpkg-deb -x "$deb" "$into"
	done
	for makefile in "$into"/usr/src/linux-headers-*/Makefile; do
		sed -i "s|^include /usr/src/|include $into/usr/src/|" "$makefile"
	done
}

kernel_compiler() { # HEADERS
	local wanted
	wanted=$(sed -n 's/^CC = .*(CROSS_COMPILE)//p' "$1/.kernelvariables")
	if command -v "x86_64-linux-gnu-$wanted" >/dev/null; then
		echo "x86_64-linux-gnu-$wanted"
	else
		echo gcc
	fi
}

kernel_build_smc() { # HEADERS SOURCE
	make -s -j"$(nproc)" -C "$1" M="$2" CC="$(kernel_compiler "$1")" \
		CONFIG_SMC=m CONFIG_SMC_DIAG=m CONFIG_SMC_LO=y CONFIG_DEBUG_INFO_BTF_MODULES= \
		KCFLAGS=-DCONFIG_SMC_LO=1 modules >&2 || die "building the SMC modules failed"
	strip --strip-debug "$2"/smc.ko "$2"/smc_diag.ko
}

kernel_install_smc() { # SOURCE INTO
	local release folder
	release=$(<"$2/release")
	folder=$2/lib/modules/$release/kernel/net/smc
	rm -f "$folder"/*.ko.xz
	cp "$1"/smc.ko "$1"/smc_diag.ko "$folder/"
	depmod -b "$2" "$release"
}

kernel_build() {
	[[ -e $kernel/release ]] && return
	local start source_pid work=$cache/download/tree
	require_tools gcc=gcc make=make xz=xz-utils depmod=kmod strip=binutils
	kernel_choose
	apt_download "$cache/download/debs" "${plan[@]}" || kernel_forget
	rm -rf "$work"
	mkdir -p "$work/outcome" "$work/headers" "$work/smc"
	start=$(now_ms)
	say "unpacking ${plan[0]%%=*}, its headers and net/smc"
	kernel_extract_source "$work/outcome" &
	source_pid=$!
	kernel_extract_image "$work/outcome"
	kernel_unpack "$work/outcome"
	kernel_extract_headers "$work/headers" "$(kernel_deb 1)" "$(kernel_deb 2)" "$(kernel_deb 3)"
	wait "$source_pid" || die "unpacking the kernel's source failed"
	say "unpacked in $(seconds_since "$start")"
	start=$(now_ms)
	say "building smc.ko and smc_diag.ko with loopback-ism"
	cp "$work"/outcome/source/* "$work/smc/"
	kernel_build_smc "$work"/headers/usr/src/linux-headers-*-amd64 "$work/smc"
	kernel_install_smc "$work/smc" "$work/outcome"
	say "built in $(seconds_since "$start")"
	kernel_keep "$work/outcome"
}

# The last step of a build, a rename: a kernel folder that exists is whole.
kernel_keep() { # OUTCOME
	local i
	mkdir "$1/debs"
	for i in 1 2 3; do mv "$(kernel_deb "$i")" "$1/debs/"; done
	rm -rf "$kernel"
	mv "$1" "$kernel"
	rm -rf "$cache/download"
	find "$cache" -maxdepth 1 -name 'kernel-*' ! -path "$kernel" -mtime +1 -exec rm -rf {} +
}

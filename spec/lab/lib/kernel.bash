# Making the guests' kernel of Debian's packages. The outcome is the folder $kernel:
#   vmlinuz  vmlinux  release  lib/modules/RELEASE/…   what guests run on
#   source/  debs/                            what builds further modules for it, if any are
# A recipe says which packages: kernel_series, kernel_abis (a regular expression), and the functions
#   kernel_suites          the suites that have it
#   kernel_packages ABI    the packages, the image first, as they are called
# shellcheck shell=bash

kernel_flavour=amd64

# Folders of the image that can matter to a guest; the rest stays packed.
kernel_folders=(
	arch/x86/crypto crypto lib net fs/9p fs/netfs fs/overlayfs fs/fuse fs/configfs
	drivers/net/veth.ko* drivers/net/virtio_net.ko* drivers/net/net_failover.ko*
	drivers/net/dummy.ko* drivers/net/tun.ko* drivers/net/macvlan.ko* drivers/net/ifb.ko* drivers/net/nlmon.ko*
	drivers/net/bonding drivers/infiniband/core drivers/infiniband/sw
	drivers/virtio drivers/char/hw_random
)

# Versions, as the packages' names have them, that have plain headers, the newest first.
kernel_candidates() {
	apt_do apt-cache pkgnames "linux-headers-$kernel_series." |
		sed -n "s/^linux-headers-\($kernel_abis\)-$kernel_flavour\$/\1/p" | sort -rV
}

# The packages of the newest version of which everything is there, from one
# source version, each PACKAGE=VERSION.
kernel_plan() {
	local abi version suffix
	while read -r abi; do
		while read -r version; do
			for suffix in "" -unsigned; do
				kernel_plan_of "$abi" "$version" "$suffix" && return
			done
		done < <(apt_versions "linux-headers-$abi-$kernel_flavour")
	done < <(kernel_candidates)
	leave_out "no Linux $kernel_series has all its packages of one version on the mirror"
}

kernel_plan_of() { # ABI VERSION SUFFIX OF THE IMAGE
	local package packages
	mapfile -t packages < <(kernel_packages "$1")
	packages[0]+=$3
	for package in "${packages[@]}"; do
		apt_versions "$package" | grep -xF "$2" >/dev/null || return 1
	done
	printf "%s=$2\n" "${packages[@]}"
}

# Packages that a recipe needs besides, each PACKAGE=VERSION.
kernel_plan_more() { :; }

# A plan is kept, so that a build that was interrupted goes on with its packages.
kernel_choose() {
	if ! [[ -e $download/plan ]]; then
		apt_update
		{ kernel_plan && kernel_plan_more; } >"$download/plan.part" || exit
		mv "$download/plan.part" "$download/plan"
	fi
	mapfile -t plan <"$download/plan"
}

# The next build asks the mirrors again: they may have gone on to a newer version meanwhile.
kernel_forget() {
	rm -f "$download/plan"
	leave_out "the download failed"
}

kernel_deb() { # INDEX IN THE PLAN
	echo "$download/debs/${plan[$1]/=/_}.deb"
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
	local sectors offset length start unpack packed=$1/vmlinuz
	sectors=$(od -An -tu1 -j497 -N1 "$packed")
	read -r offset length < <(od -An -tu4 -j584 -N8 "$packed")
	start=$(((sectors + 1) * 512 + offset))
	for unpack in "zstd -dqc" "xz -dqc"; do
		head -c $((start + length - 4)) "$packed" | tail -c +$((start + 1)) |
			$unpack >"$1/vmlinux" 2>/dev/null && return
	done
	rm -f "$1/vmlinux"
}

# The file that QEMU boots.
kernel_file() {
	[[ -e $kernel/vmlinux ]] && echo "$kernel/vmlinux" || echo "$kernel/vmlinuz"
}

# The source package wraps a tarball in a tarball: unpack what is wanted on the way by.
kernel_extract_source() { # PACKAGE INTO, HOW MANY FOLDERS ABOVE THEM GO, FILES OR FOLDERS…
	local names
	mkdir -p "$2"
	mapfile -t names < <(printf 'linux-source-*/%s\n' "${@:4}")
	dpkg-deb --fsys-tarfile "$1" |
		tar -x --to-stdout --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -xJ -C "$2" --strip-components="$3" --wildcards "${names[@]}"
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

# What else a recipe unpacks into the outcome, while the source is still being unpacked.
kernel_unpack_more() { # OUTCOME
	kernel_unpack "$1"
}

# Downloads the packages, and unpacks them in $download/tree: the image into outcome, headers, and what is wanted of
# the source, which takes longest, beside them.
kernel_unpack_packages() { # THE SOURCE INTO, HOW MANY FOLDERS ABOVE THEM GO, FILES OR FOLDERS…
	local start source_pid work=$download/tree
	kernel_download
	rm -rf "$work"
	mkdir -p "$work/outcome" "$work/headers"
	start=$(now_ms)
	say "unpacking ${plan[0]%%=*}, its headers and ${*:3}"
	kernel_extract_source "$(kernel_deb 4)" "$@" &
	source_pid=$!
	kernel_extract_image "$work/outcome"
	kernel_unpack_more "$work/outcome"
	kernel_extract_headers "$work/headers" "$(kernel_deb 1)" "$(kernel_deb 2)" "$(kernel_deb 3)"
	wait "$source_pid" || die "unpacking the kernel's source failed"
	say "unpacked in $(seconds_since "$start")"
}

kernel_compiler() { # HEADERS
	local wanted
	wanted=$(sed -n 's/^CC = .*(CROSS_COMPILE)//p' "$1/.kernelvariables")
	if command -v "${image_tools:-x86_64-linux-gnu-}$wanted" >/dev/null; then
		echo "${image_tools:-x86_64-linux-gnu-}$wanted"
	else
		echo "${image_tools}gcc"
	fi
}

kernel_make_modules() { # HEADERS SOURCE VARIABLE=VALUE…
	make -s -j"$(nproc)" -C "$1" M="$2" CC="$(kernel_compiler "$1")" CONFIG_DEBUG_INFO_BTF_MODULES= \
		"${@:3}" modules >&2
}

# Puts modules in the place of all those of a folder that came with the kernel.
kernel_install() { # OUTCOME FOLDER MODULE…
	local release folder
	release=$(<"$1/release")
	folder=$1/lib/modules/$release/kernel/$2
	rm -f "$folder"/*.ko*
	cp -t "$folder" "${@:3}"
	depmod -b "$1" "$release"
}

kernel_download() {
	kernel_choose
	apt_download "$download/debs" "${plan[@]}" || kernel_forget
}

# The last step of a build, a rename: a kernel folder that exists is whole.
kernel_keep() { # OUTCOME
	rm -rf "$kernel"
	mv "$1" "$kernel"
	rm -rf "$download"
	rmdir --ignore-fail-on-non-empty "${download%/*}"
	find "$cache" -maxdepth 1 -name "kernel-$recipe-*" ! -path "$kernel" -mtime +1 -exec rm -rf {} +
}

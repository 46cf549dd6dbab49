# The guests' user space: Debian's s390x packages, unpacked into a folder, and none of them configured.
# shellcheck shell=bash

# With what they depend on: what the specs, the examples and the demonstration call, and what csrc is built from.
root_packages=(
	base-files libc-bin bash coreutils util-linux mount findutils grep sed gawk tar gzip diffutils hostname procps psmisc
	busybox-static kmod iproute2 pciutils python3 strace binutils openssl
	lua5.4 lua-busted lua-dkjson lua-argparse lua-socket lua-filesystem
	gcc make pkg-config musl-tools lua5.1 liblua5.4-dev libnl-3-dev libnl-genl-3-dev libc6-dev
)

# What apt would install on a machine that has nothing yet.
root_plan() {
	apt_do apt-get -qq -s --no-install-recommends install "${root_packages[@]}" |
		sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' | sort
}

# The packages of the plan after the kernel's five. Folders that are symbolic links, as /bin is, stay such.
root_make() { # INTO
	local i
	mkdir -p "$1"/usr/{bin,sbin,lib}
	ln -s usr/bin usr/sbin usr/lib "$1/"
	for ((i = 5; i < ${#plan[@]}; i++)); do
		dpkg-deb --fsys-tarfile "$(kernel_deb "$i")" |
			tar -x -C "$1" --keep-directory-symlink --no-same-owner --exclude='./usr/share/doc/*' \
				--exclude='./usr/share/locale/*' --exclude='./usr/share/man/*'
	done
	root_configure "$1"
}

# The little of what packages do when they are installed that is missed without it.
root_configure() { # ROOT
	mkdir -p "$1"/{dev,proc,sys,run,tmp,root,var/tmp} "$1/etc"
	chmod 1777 "$1"/{tmp,var/tmp}
	printf '%s\n' root:x:0:0:root:/root:/bin/bash nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin \
		>"$1/etc/passwd"
	printf '%s\n' root:x:0: nogroup:x:65534: >"$1/etc/group"
	ln -sf gawk "$1/usr/bin/awk"
	ln -sf gcc "$1/usr/bin/cc"
	[[ -e $1/bin/sh ]] || ln -s bash "$1/bin/sh"
	sed -i '1s,/env lua$,/env lua5.4,' "$1/usr/bin/busted"
}

# What kernels have had since 6.18, on the lab's 6.12: drivers/dibs and net/smc of Debian's newest source, built as
# modules of it. The sources stay as they are but for what 6.12 has no place for: two numbers in struct netns_smc.
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

recipe_about="Linux 7.2's dibs and SMC on the lab's 6.12; SMC-D over the dibs device lo, or emulated ISM"
recipe_cost="165 MB of downloads and a minute beside those of 6.12, 15 MB in the cache"
recipe_can=(loopback ism wire)
kernel=$cache/kernel-dibs-2 # the last number: raise it when the outcome of this file changes

# What is known to build. Debian's unstable release goes on: where it has another version by now, that is tried.
dibs_pinned=linux-source-7.2=7.2.13-1
dibs_sha256=30a8c5fc63f9028a62e6d7b3f7f43bee67425dbce2a05fceba83f9b87c92083d

kernel_series=7

kernel_suites() {
	echo sid
}

# The pinned version, if the mirror has it, and what came after it; the nearest first.
kernel_candidates() {
	local package
	for package in $(apt_do apt-cache pkgnames linux-source-7. | sort -V); do
		apt_versions "$package" | sort -V | sed "s/^/$package=/"
	done | awk -v pinned="$dibs_pinned" '$0 == pinned { print; next } { others = others $0 "\n" }
		END { printf "%s", others }'
}

dibs_sources() { # DEB INTO BASE
	kernel_extract_source "$1" "$2/linux" 1 \
		net/smc drivers/dibs include/net/smc.h include/linux/dibs.h include/linux/ism.h
	mkdir "$2/source"
	cp "$lab_dir"/dibs/* "$2/linux"/drivers/dibs/*.[ch] "$2/source/"
	cp -r "$2/linux/net/smc" "$2/linux/include" "$2/source/"
	cp "$3"/source/smc_sysctl.[ch] "$2/source/smc/"
	sed -i 's/READ_ONCE(net->smc\.sysctl_smcr_max_send_wr)/SMCR_MAX_SEND_WR_DEF/
		s/READ_ONCE(net->smc\.sysctl_smcr_max_recv_wr)/SMCR_MAX_RECV_WR_DEF/' "$2/source/smc/smc_llc.c"
}

# The emulated ISM functions are made of what the kernel was made of.
ism_layer=dibs

ism_kernel_sources() { # INTO
	cp -r "$kernel"/source/* "$1/"
}

ism_kernel_flags() { # HEADERS SOURCE
	echo "-include $2/newer.h -DCONFIG_DIBS_MODULE=1 $(dibs_lacks "${1%/usr/src/*}")"
}

# What the kernel's headers lack: a flag for newer.h each. An argument that a function of TCP's lacks goes.
dibs_lacks() { # HEADERS
	local word
	for word in kzalloc_obj sockaddr_unsized WQ_PERCPU system_percpu_wq 'sk_uid\(' secs_to_jiffies; do
		grep -rqE "\\b$word" "$1"/usr/src/*-common/include/{linux,net} || printf -- '-DLACKS_%s ' "${word%'\('}"
	done
}

dibs_fit() { # SOURCE HEADERS
	! grep -q opt_child_init "$2"/usr/src/*-common/include/net/inet_connection_sock.h || return 0
	sed -i '/bool \*own_req,$/{N;N;s/,\n.*$/)/}; s/own_req, opt_child_init)/own_req)/' "$1/smc/af_smc.c"
}

dibs_make() { # SOURCE HEADERS
	local headers
	headers=$(echo "$2"/usr/src/linux-headers-*-amd64)
	kernel_make_modules "$headers" "$1" CONFIG_SMC=m CONFIG_SMC_DIAG=m \
		NOSTDINC_FLAGS="-nostdinc -I$1/include" \
		KCFLAGS="-include $1/newer.h -DCONFIG_DIBS_MODULE=1 -DCONFIG_DIBS_LO=1 $(dibs_lacks "$2")"
	strip --strip-debug "$1/dibs.ko" "$1"/smc/*.ko
}

# Tries one source: with the errors of a subshell of its own.
dibs_try() { # PACKAGE=VERSION BASE
	local work=$download/tree deb=$download/debs/${1/=/_}.deb
	apt_download "$download/debs" "$1"
	[[ $1 != "$dibs_pinned" ]] || echo "$dibs_sha256  $deb" | sha256sum --status -c ||
		die "$1 is not the file that it was"
	rm -rf "$work"
	mkdir -p "$work/headers"
	say "unpacking ${1/=/ }, dibs and net/smc"
	dibs_sources "$deb" "$work" "$2"
	kernel_extract_headers "$work/headers" "$2"/debs/*.deb
	dibs_fit "$work/source" "$work/headers"
	mkdir "$work/outcome"
	cp -r "$work/source" "$work/outcome/"
	say "building dibs.ko, smc.ko and smc_diag.ko"
	dibs_make "$work/source" "$work/headers"
	cp -al "$2"/{debs,lib,release,vmlinu*} "$work/outcome/"
	kernel_install "$work/outcome" net/smc "$work/source/dibs.ko" "$work"/source/smc/*.ko
	echo "${1#*=}" >"$work/outcome/smc"
}

kernel_build() {
	[[ -e $kernel/release ]] && return
	local base candidate status start
	require_tools gcc=gcc make=make xz=xz-utils depmod=kmod strip=binutils
	# shellcheck source=/dev/null
	base=$(source "$recipes_dir/$recipe_default.bash" && echo "$kernel")
	"$lab_dir/lab" build --kernel "$recipe_default"
	apt_update
	start=$(now_ms)
	for candidate in $(kernel_candidates); do
		set +e
		(set -e && dibs_try "$candidate" "$base")
		status=$?
		set -e
		if ((status == 0)); then
			say "built in $(seconds_since "$start")"
			kernel_keep "$download/tree/outcome"
			return
		fi
		say "$candidate does not build"
	done
	leave_out "neither $dibs_pinned nor what the mirrors have in its place builds: $(kernel_candidates | tr '\n' ' ')"
}

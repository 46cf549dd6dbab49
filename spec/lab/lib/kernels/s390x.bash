# Debian's s390x kernel on QEMU's s390x machine: zPCI slots named by FID, big-endian, SMC with loopback-ism.
# Guests have a user space of their own (s390x/root.bash) instead of this machine's.
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

recipe_about="Debian's newest Linux 6.12 for s390x, zPCI slots, big-endian; SMC with loopback-ism"
recipe_cost="300 MB of downloads, one to two minutes, 300 MB in the cache"
recipe_can=(loopback)
kernel=$cache/kernel-s390x-3 # the last number: raise it when the outcome of these files changes

kernel_series=6.12
kernel_flavour=s390x
kernel_abis='6\.12\.[0-9.]*+deb[0-9.]*'
kernel_folders=(
	arch/s390 crypto lib net fs/9p fs/netfs fs/overlayfs fs/fuse fs/configfs
	drivers/net/veth.ko* drivers/net/virtio_net.ko* drivers/net/net_failover.ko*
	drivers/net/dummy.ko* drivers/net/tun.ko* drivers/net/macvlan.ko* drivers/net/ifb.ko* drivers/net/nlmon.ko*
	drivers/net/bonding drivers/infiniband/core drivers/infiniband/sw
	drivers/s390/cio drivers/virtio drivers/char/hw_random
)
apt_architectures=(s390x amd64) # amd64: the tools that build modules run here

for part in root machine project; do
	# shellcheck source=/dev/null
	source "$lab_dir/lib/s390x/$part.bash"
done

kernel_suites() {
	local name
	name=$(release_codename)
	echo "$name" "$name-updates" "$name-security"
	[[ $name != bookworm ]] || echo bookworm-backports
}

kernel_packages() { # ABI
	printf '%s\n' "linux-image-$1-s390x" "linux-headers-$1-s390x" "linux-headers-$1-common" \
		"linux-kbuild-$1:amd64" "linux-source-$kernel_series"
}

kernel_plan_more() { root_plan; }

# The image stays packed; the guests have a user space of their own.
kernel_unpack_more() { # OUTCOME
	root_make "$1/root"
}

kernel_build_modules() { # HEADERS SOURCE
	kernel_make_modules "$1" "$2" CONFIG_SMC=m CONFIG_SMC_DIAG=m CONFIG_SMC_LO=y KCFLAGS=-DCONFIG_SMC_LO=1 ||
		leave_out "building the modules failed"
	"${image_tools}strip" --strip-debug "$2"/*.ko
}

kernel_build() {
	[[ -e $kernel/release ]] && return
	local start folder work=$download/tree
	require_tools make=make xz=xz-utils depmod=kmod "${image_tools}gcc=gcc-s390x-linux-gnu"
	kernel_unpack_packages "$work/smc" 3 net/smc
	start=$(now_ms)
	say "building smc.ko and smc_diag.ko with loopback-ism for s390x"
	cp -r "$lab_dir/s390x" "$work/lab"
	for folder in smc lab; do
		kernel_build_modules "$work"/headers/usr/src/linux-headers-*-s390x "$work/$folder"
	done
	kernel_install "$work/outcome" net/smc "$work"/{smc,lab}/*.ko
	say "built in $(seconds_since "$start")"
	kernel_keep "$work/outcome"
}

# Debian 12's own 6.1: SMC-R alone, since loopback-ism is younger, and so is the interface that the emulated ISM
# function has. SMC is as it comes. Soft-RoCE is built again with two repairs that it has in later kernels: without
# them no SMC-R link is ever ready, and the first attempt waits for ever.
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

recipe_about="Debian 12's Linux 6.1, with a repair of Soft-RoCE; SMC-R in lab pair, no SMC-D"
recipe_cost="225 MB of downloads, about a minute, 130 MB in the cache"
recipe_can=(wire)
kernel=$cache/kernel-6.1-1 # the last number: raise it when the outcome of this file changes

kernel_series=6.1
kernel_abis='6\.1\.[0-9.]*-[0-9]*'
kernel_folders+=(fs/fscache drivers/char/virtio_console.ko) # which are in the image later

kernel_suites() {
	echo bookworm bookworm-security
}

kernel_packages() { # ABI
	printf '%s\n' "linux-image-$1-amd64" "linux-headers-$1-amd64" "linux-headers-$1-common" "linux-kbuild-$kernel_series" \
		"linux-source-$kernel_series"
}

# The state that a queue pair is in, which rxe_qp_to_attr() leaves as it was set once, or was not. And completions of
# which SMC wants to know whatever they are: 6.1 takes the sum of the two kinds for neither.
rxe_build() { # HEADERS SOURCE
	sed -i 's/^\t\*attr = qp->attr;$/&\n\tattr->cur_qp_state = qp->attr.qp_state;/' "$2/rxe_qp.c"
	sed -i 's/(cq->notify == IB_CQ_/(cq->notify \& IB_CQ_/' "$2/rxe_cq.c"
	[[ $(cat "$2"/rxe_{qp,cq}.c | grep -cE 'attr->cur_qp_state = qp->attr.qp_state;|\(cq->notify & IB_CQ_') == 3 ]] ||
		die "Soft-RoCE is not as expected"
	kernel_make_modules "$1" "$2" CONFIG_RDMA_RXE=m || die "building Soft-RoCE failed"
	strip --strip-debug "$2"/*.ko
}

kernel_build() {
	[[ -e $kernel/release ]] && return
	local start work=$download/tree
	require_tools gcc=gcc make=make xz=xz-utils depmod=kmod strip=binutils
	kernel_unpack_packages "$work/rxe" 5 drivers/infiniband/sw/rxe
	start=$(now_ms)
	say "building rdma_rxe.ko"
	rxe_build "$work"/headers/usr/src/linux-headers-*-amd64 "$work/rxe"
	kernel_install "$work/outcome" drivers/infiniband/sw/rxe "$work"/rxe/*.ko
	say "built in $(seconds_since "$start")"
	kernel_keep "$work/outcome"
}

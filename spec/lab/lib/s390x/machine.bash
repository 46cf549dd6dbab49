# QEMU's s390x machine: always emulated, its devices on the channel subsystem, and functions on zPCI beside them.
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

qemu_program=qemu-system-s390x
qemu_package=qemu-system-misc
[[ $(release_codename) == bookworm ]] || qemu_package=qemu-system-s390x
qemu_machine=(-M s390-ccw-virtio -display none -monitor none -no-reboot -nodefaults -no-user-config)
qemu_bus=ccw qemu_net=
qemu_root=$kernel/root
kernel_words="console=ttysclp0 quiet panic=-1 rdinit=/init mitigations=off nokaslr norandmaps audit=0 random.trust_cpu=on"

module_sets=(
	[boot]="lab_csum virtio-rng 9pnet_virtio 9p overlay"
	[smc]="smc"
	[diag]="inet_diag tcp_diag smc_diag"
	[wire]="virtio_net crc32_generic rdma_rxe ib_uverbs rdma_ucm"
)
image_tools=s390x-linux-gnu-
image_flags+=("--sysroot=$kernel/root")
image_busybox=$kernel/root/usr/bin/busybox

# The functions on zPCI, by FID and UID: each in a slot, and what it is. QEMU has no ISM.
machine_functions=(32=virtio-net-pci 50=virtio-rng-pci)

accel_choose() {
	[[ ${SMC_LAB_ACCEL:-tcg} == tcg ]] || misuse "SMC_LAB_ACCEL: a machine of another kind is always emulated"
	accel=tcg
}

qemu_cpu() { echo max; }

qemu_console() { # JOB
	qemu_console=(-chardev "file,id=console,path=${1//,/,,}.console" -device "sclpconsole,chardev=console")
}

qemu_devices() {
	local function id options
	qemu_args+=(
		-fsdev "local,id=machine,path=/,security_model=none,readonly=on,multidevs=remap"
		-device "virtio-9p-ccw,fsdev=machine,mount_tag=machine"
	)
	for function in "${machine_functions[@]}"; do
		id=$((16#${function%%=*})) options=
		[[ $function != *-net-* ]] || options=,romfile=
		qemu_args+=(
			-device "zpci,uid=$id,fid=$id,target=f$id"
			-device "${function#*=},id=f$id$options"
		)
	done
}

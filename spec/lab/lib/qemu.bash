# One guest's QEMU: its command line, and its life.
# shellcheck shell=bash

qemu_machine=(-M q35 -cpu max -display none -monitor none -no-reboot -nodefaults -no-user-config)
kernel_words="console=ttyS0 quiet panic=-1 rdinit=/init mitigations=off nokaslr audit=0 apparmor=0 no_timer_check random.trust_cpu=on"

# Before 8.1, QEMU's threads could translate an instruction while another
# processor of the guest was writing it, and the guest's kernel, which patches
# itself as it runs, crashed now and then. There, processors take turns.
qemu_accel() {
	if [[ $accel == kvm ]]; then
		echo kvm
	elif qemu_is_before 8.1; then
		echo tcg,thread=single
	else
		echo tcg,thread=multi
	fi
}

qemu_is_before() { # VERSION
	local version
	version=$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
	[[ $(printf '%s\n' "$version" "$1" | sort -V | head -n 1) != "$1" ]]
}

# File descriptors handed to QEMU: 7 takes the guest's frames, 8 gives its
# standard input. (As descriptors, because a pipe ends when its writer does.)
qemu_arguments() { # JOB
	qemu_args=(
		-accel "$(qemu_accel)" "${qemu_machine[@]}"
		-smp "$opt_cpus" -m "$opt_memory"
		-kernel "$(kernel_file)" -initrd "$image/initramfs" -append "$kernel_words"
		-serial "file:$1.console"
		-fsdev "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"
		-device virtio-9p-pci,fsdev=root,mount_tag=root
		-fsdev "local,id=job,path=${1//,/,,},security_model=none,multidevs=remap"
		-device virtio-9p-pci,fsdev=job,mount_tag=job
		-device virtio-rng-pci
		-add-fd fd=7,set=1 -chardev file,id=frames,path=/dev/fdset/1,append=on
		-device virtio-serial-pci -device virtserialport,chardev=frames,name=lab.frames
	)
}

qemu_stdin() {
	qemu_args+=(
		-add-fd fd=8,set=2 -chardev file,id=stdin,path=/dev/null,input-path=/dev/fdset/2
		-device virtserialport,chardev=stdin,name=lab.stdin
	)
}

# Started so that it cannot outlive the lab, however the lab ends, nor its limit.
# Sets qemu_pid. The caller's descriptors FRAMES and STDIN become 7 and 8.
qemu_start() { # JOB FRAMES STDIN
	setpriv --pdeathsig TERM timeout -k 2 "$opt_timeout" \
		qemu-system-x86_64 "${qemu_args[@]}" \
		7>&"$2" 8<&"$3" </dev/null >"$1.qemu" 2>&1 &
	qemu_pid=$!
}

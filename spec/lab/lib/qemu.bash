# One guest's QEMU: its command line, and its life.
# shellcheck shell=bash

qemu_program=qemu-system-x86_64 qemu_package=qemu-system-x86
qemu_machine=(-M q35 -display none -monitor none -no-reboot -nodefaults -no-user-config)
qemu_bus=pci # the last word of the names of its virtio devices
qemu_net=romfile=, # options of its network device, with a comma
qemu_root=/  # the folder that is the root of its guests; a recipe can have another
# norandmaps: a program lies where it lay before, so what QEMU translated of it
# serves every later start of it: a third of the time.
kernel_words="console=ttyS0 quiet panic=-1 rdinit=/init mitigations=off nokaslr norandmaps audit=0 apparmor=0 no_timer_check random.trust_cpu=on"

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

# Emulated, `rep movsb` copies a byte at a time, and a processor that says it is
# fast at it has kernel and C library use it: without it, 64 KiB blocks through SMC-D come twice as fast.
qemu_cpu() {
	if [[ $accel == kvm ]]; then
		echo max
	else
		echo max,-erms
	fi
}

qemu_is_before() { # VERSION
	local version
	version=$("$qemu_program" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
	[[ $(printf '%s\n' "$version" "$1" | sort -V | head -n 1) != "$1" ]]
}

# Sets qemu_console: where the messages of the guest's kernel go.
qemu_console() { # JOB
	qemu_console=(-serial "file:$1.console")
}

# What a recipe's machine has besides.
qemu_devices() { :; }

# QEMU writes the guest's frames to its descriptor 7. (A descriptor and not a
# name, because a pipe ends when its writer does, however that comes about.)
qemu_arguments() { # JOB
	local bus=$qemu_bus machine=("${qemu_machine[@]}") words=$kernel_words
	if ((${#opt_ism[@]})); then
		bus=device machine=("${ism_machine[@]}") words+=$(ism_words)
	fi
	qemu_console "$1"
	qemu_args=(
		-accel "$(qemu_accel)" -cpu "$(qemu_cpu)" "${machine[@]}"
		-smp "$opt_cpus" -m "$opt_memory"
		-kernel "$(kernel_file)" -initrd "$image/initramfs" -append "$words"
		"${qemu_console[@]}"
		-fsdev "local,id=root,path=${qemu_root//,/,,},security_model=none,readonly=on,multidevs=remap"
		-device "virtio-9p-$bus,fsdev=root,mount_tag=root"
		-fsdev "local,id=job,path=${1//,/,,},security_model=none,multidevs=remap"
		-device "virtio-9p-$bus,fsdev=job,mount_tag=job"
		-device "virtio-rng-$bus"
		-add-fd "fd=7,set=1" -chardev "file,id=frames,path=/dev/fdset/1,append=on"
		-device "virtio-serial-$bus" -device "virtserialport,chardev=frames,name=lab.frames"
	)
	qemu_devices
}

# QEMU's own standard input becomes the command's.
qemu_stdin() {
	qemu_args+=(
		-chardev "stdio,id=stdin,mux=off,signal=off"
		-device "virtserialport,chardev=stdin,name=lab.stdin"
	)
}

# The caller's terminal, with Ctrl-] in the place of QEMU's usual Ctrl-A.
qemu_terminal() {
	qemu_args+=(
		-echr 0x1d -chardev "stdio,id=terminal,mux=on,signal=off"
		-device "virtconsole,chardev=terminal"
	)
}

# Started so that it cannot outlive the lab, however the lab ends, nor its limit.
qemu_guarded() { # OPTION-OF-TIMEOUT…
	exec setpriv --pdeathsig TERM timeout "$@" -k 2 "$opt_timeout" "$qemu_program" "${qemu_args[@]}"
}

# Sets qemu_pid. FRAMES and STDIN are descriptors.
qemu_start() { # JOB FRAMES STDIN
	qemu_guarded 7>&"$2" <&"$3" >"$1.qemu" 2>&1 &
	qemu_pid=$!
}

# In the foreground as the terminal sees it, or QEMU could not read from it.
qemu_start_on_terminal() { # JOB FRAMES
	qemu_guarded --foreground 7>&"$2" <&0 2>"$1.qemu" &
	qemu_pid=$!
}

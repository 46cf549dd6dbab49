# KVM or emulation? /dev/kvm may exist and still fail, or hang, so a real guest
# has to start under it first. The verdict holds until the machine is booted again.
# shellcheck shell=bash

accel_choose() {
	accel=${SMC_LAB_ACCEL:-}
	case $accel in
	kvm | tcg) return ;;
	'') accel_verdict ;;
	*) misuse "SMC_LAB_ACCEL must be kvm or tcg, not '$accel'" ;;
	esac
}

accel_verdict() {
	local verdict
	accel=tcg
	[[ -w /dev/kvm ]] || return 0
	verdict=$cache/accel-$(tr -d '\n' </proc/sys/kernel/random/boot_id)
	if ! [[ -e $verdict ]]; then
		rm -f "$cache"/accel-*
		say "trying KVM (10 seconds at most)"
		accel_probe && accel=kvm
		say "guests will run with $accel"
		echo "$accel" >"$verdict.$$" && mv "$verdict.$$" "$verdict"
	fi
	accel=$(<"$verdict")
}

accel_probe() {
	{ timeout -k 1 10 "$qemu_program" -accel kvm -cpu max "${qemu_machine[@]}" -m 512 -nic none \
		-serial stdio -kernel "$(kernel_file)" -initrd "$image/initramfs" \
		-append "$kernel_words lab.probe" </dev/null 2>/dev/null || :; } | grep LAB-READY >/dev/null
}

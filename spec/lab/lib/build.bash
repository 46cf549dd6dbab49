# lab build: everything a guest needs, into the cache folder.
# shellcheck shell=bash

build_ready() {
	[[ -e $kernel/release ]] || return
	image=$(image_name)
	[[ -e $image ]] && ism_ready
}

# One build at a time in a cache folder: the second waits, and finds it done.
build_locked() {
	mkdir -p "$cache"
	exec {lock}>"$cache/lock"
	flock -n "$lock" || {
		say "another build is at work in $cache: waiting for it"
		flock "$lock"
	}
	kernel_build
	image_build
	ism_build
	exec {lock}>&-
}

build_if_needed() {
	require_tools qemu-system-x86_64=qemu-system-x86
	[[ $(uname -m) == x86_64 ]] || die "the lab runs on x86_64 machines"
	build_ready || build_locked
}

help_build() {
	cat <<-EOF
		usage: lab build

		Fetches Debian's newest Linux $kernel_series from the mirrors that this machine's apt
		uses, of the release and of its security updates, builds SMC for it with
		loopback-ism, and again with the emulated ISM function, and makes the guests'
		initramfs. Takes about a minute and 275 MB of downloads once; nothing if it is done
		already.
		run, pair and shell do it themselves where needed.
	EOF
}

cmd_build() {
	options_none "$@"
	local start
	start=$(now_ms)
	opt_ism=('')
	build_if_needed
	accel_choose
	say "ready: Linux $(<"$kernel/release") in $cache, accelerator $accel ($(seconds_since "$start"))"
}

help_clean() {
	cat <<-EOF
		usage: lab clean

		Removes what lab build made in $cache.
	EOF
}

# Only what is the lab's own: the cache folder is the user's choice.
cmd_clean() {
	options_none "$@"
	rm -rf "$cache"/{kernel-*,image*,ism*,accel-*,download,lock}
	[[ ! -d $cache ]] || rmdir --ignore-fail-on-non-empty "$cache"
	say "removed the lab's files from $cache"
}

# lab build: everything a guest needs, into the cache folder.
# shellcheck shell=bash

build_ready() {
	[[ -e $kernel/release ]] || return
	image=$(image_name)
	[[ -e $image ]]
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
	exec {lock}>&-
}

build_if_needed() {
	require_tools qemu-system-x86_64=qemu-system-x86
	[[ $(uname -m) == x86_64 ]] || die "the lab runs on x86_64 machines"
	build_ready || build_locked
}

cmd_build() {
	local start
	start=$(now_ms)
	build_if_needed
	accel_choose
	say "ready: Linux $(<"$kernel/release") in $cache, accelerator $accel ($(seconds_since "$start"))"
}

cmd_clean() {
	rm -rf "$cache"
	say "removed $cache"
}

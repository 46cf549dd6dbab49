# lab build: everything a guest needs, into the cache folder.
# shellcheck shell=bash

build_ready() {
	[[ -e $kernel/release ]] || return
	image=$(image_name)
	[[ -e $image ]] && ism_ready
}

# One build of a kernel at a time in a cache folder: the second waits, and finds it done.
build_locked() {
	mkdir -p "$cache"
	exec {lock}>"$cache/lock-$recipe"
	flock -n "$lock" || {
		say "another build of this kernel is at work in $cache: waiting for it"
		flock "$lock"
	}
	kernel_build
	image_build
	ism_build
	exec {lock}>&-
}

build_if_needed() {
	require_tools "$qemu_program=$qemu_package"
	[[ $(uname -m) == x86_64 ]] || die "the lab runs on x86_64 machines"
	build_ready || build_locked
	build_project
}

# The project's own C is what `make` left in build; a recipe for another machine builds its own.
build_project() { :; }

help_build() {
	cat <<-EOF
		usage: lab build [--kernel NAME]

		Fetches a kernel from the mirrors that this machine's apt uses, builds SMC for it
		where Debian's own does not do, and makes the guests' initramfs. Nothing if it is
		done already. run, pair and shell do it themselves where needed.

		The kernels, and what each costs once:
$(recipe_list)

		Status $left_out: this kernel cannot be had here and now, and what wants it can be left out.
	EOF
}

cmd_build() {
	options_none kernel "$@"
	local start
	start=$(now_ms)
	! recipe_has ism || opt_ism=('')
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
	options_none '' "$@"
	rm -rf "$cache"/{kernel-*,image*,ism*,accel-*,download,lock*}
	[[ ! -d $cache ]] || rmdir --ignore-fail-on-non-empty "$cache"
	say "removed the lab's files from $cache"
}

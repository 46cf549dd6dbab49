# The project in a guest that is another machine: its C cross-built, and its folder in the guest's own root.
# shellcheck shell=bash disable=SC2034 # what is set here is read elsewhere

project_build=build/s390x

# Every time, since `make` does not make it: it takes no time where nothing has changed.
build_project() {
	local root=$kernel/root
	[[ -e $project/Makefile ]] || return 0
	(
		cd "$project"
		mkdir -p "$project_build"
		exec {lock}>"$project_build/.lock"
		flock "$lock"
		make -s --no-print-directory -j"$(nproc)" BUILD="$project_build" CC="${image_tools}gcc --sysroot=$root" \
			PKG_CONFIG="env PKG_CONFIG_LIBDIR=$root/usr/lib/s390x-linux-gnu/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root pkg-config" \
			all >"$project_build/.messages" 2>&1 || { cat "$project_build/.messages" >&2; false; }
	) || die "building the project's C for s390x failed"
}

job_shared() {
	printf '%s\n' "$project" "$kernel"
}

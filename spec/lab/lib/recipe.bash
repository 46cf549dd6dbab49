# Which kernel a guest runs: kernels/NAME.bash is the recipe of one. A recipe sets
#   recipe_about    what it is, in a line of lab build --help
#   recipe_cost     what its first use costs: downloads, time, and what stays in the cache
#   recipe_can      what its guests can have: ism (emulated functions), loopback (loopback-ism), wire (lab pair)
#   kernel          the folder of the cache that is its outcome (see kernel.bash), or whose it is
# and defines
#   kernel_build    makes that folder, where it is not there yet
# It is read after all else, and can put its own function in the place of any that is different for it.
# A kernel that cannot be had here and now ends with `leave_out`.
# shellcheck shell=bash

recipes_dir=$lab_dir/lib/kernels
recipe_default=6.12
left_out=77 # the status that says so

recipe_help="  --kernel NAME      the kernel of the guest (default: \$SMC_LAB_KERNEL, or else $recipe_default);
                     lab build --help has the list
  --kernel-image FILE --modules DIR
                     a kernel of your own: a bzImage, and where its modules were installed"

# The kernels that have a name.
recipe_names() {
	local file
	for file in "$recipes_dir"/*.bash; do
		file=${file##*/}
		[[ $file == own.bash ]] || echo "${file%.bash}"
	done
}

# After the options: everything from here on is about this kernel.
recipe_load() {
	recipe=${opt_kernel:-${SMC_LAB_KERNEL:-$recipe_default}}
	if [[ -n $opt_kernel_image ]]; then
		[[ -z $opt_kernel ]] || misuse "--kernel and --kernel-image exclude each other"
		recipe=own
	elif [[ -n $opt_modules ]]; then
		misuse "--modules goes with --kernel-image"
	elif ! recipe_names | grep -xF -- "$recipe" >/dev/null; then
		misuse "there is no kernel '$recipe': the lab has $(recipe_names | tr '\n' ' ')"
	fi
	download=$cache/download/$recipe apt_dir=$cache/download/$recipe/apt
	# shellcheck source=/dev/null
	source "$recipes_dir/$recipe.bash"
}

recipe_has() { # ism, loopback or wire
	[[ " ${recipe_can[*]} " == *" $1 "* ]]
}

recipe_wants() { # ism, loopback or wire, MESSAGE
	recipe_has "$1" || misuse "$2: not with the kernel $recipe"
}

# The lab's own kernel is never left out: without it nothing works.
leave_out() { # REASON
	[[ $recipe != "$recipe_default" ]] || die "$1"
	say "left out: the kernel $recipe: $1"
	exit "$left_out"
}

recipe_list() {
	local name
	for name in $(recipe_names); do
		# shellcheck source=/dev/null
		(
			source "$recipes_dir/$name.bash"
			printf '  %-8s %s\n           %s\n' "$name" "$recipe_about" "$recipe_cost"
		)
	done
}

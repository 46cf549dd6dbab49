# What runs around the command: the guest's first process and its helpers, packed
# into an initramfs, and the host's end of the stream. They are compiled from the
# files beside this one into a folder named after their content, so that an
# edited file is a new image and a running guest keeps its own.
# shellcheck shell=bash

# Modules of the initramfs, a set a purpose; all others load on demand.
declare -A module_sets=(
	[boot]="virtio_pci virtio_mmio virtio_console virtio-rng 9pnet_virtio 9p overlay"
	[smc]="smc"
	[diag]="inet_diag tcp_diag smc_diag"
	[wire]="virtio_net crc32_generic rdma_rxe ib_uverbs rdma_ucm"
)

# How the guests' programs and modules are made, with what is prefixed to a tool's name for another machine.
image_tools=
image_flags=(-O2 -Wall -Wextra -s)
image_busybox=$(command -v busybox || true)

image_name() {
	local sum
	sum=$({
		(cd "$lab_dir" && sha256sum guest/* host/* lib/image.bash "$kernel/release")
		find "$kernel"/lib/modules/*/ \( -name modules.dep -o -path '*/net/smc/*' -o -path '*/sw/rxe/*' \) -type f |
			sort | xargs -d '\n' sha256sum
	} | sha256sum)
	echo "$cache/image-${kernel##*/kernel-}-${sum:0:16}"
}

image_modules() { # INTO
	local set module release
	release=$(<"$kernel/release")
	mkdir -p "$1/modules"
	for set in "${!module_sets[@]}"; do
		for module in ${module_sets[$set]}; do
			{ modprobe -d "$kernel" -S "$release" --ignore-install --show-depends "$module" 2>/dev/null ||
				say "Linux $release has no module $module"; } | awk '$1 == "insmod" { print $2 }'
		done | awk '!seen[$0]++' >"$1/paths"
		while read -r path; do
			module=${path##*/}
			module=${module%%.ko*}
			image_module "$path" "$1/modules/$module.ko"
			echo "$module"
		done <"$1/paths" >"$1/modules/$set.order"
	done
	rm "$1/paths"
}

# Unpacked, so that the guest, which may be emulated, need not do it at every start.
image_module() { # FROM TO
	case $1 in
	*.xz) xz -dc "$1" >"$2" ;;
	*.gz) gzip -dc "$1" >"$2" ;;
	*.zst) zstd -dqc "$1" >"$2" ;;
	*) cp "$1" "$2" ;;
	esac
	"${image_tools}strip" --strip-debug "$2"
}

image_compile() { # INTO
	local flags=(-O2 -Wall -Wextra -s)
	"${image_tools}gcc" "${image_flags[@]}" -static -o "$1/root/bin/lab-agent" \
		"$lab_dir"/guest/{agent,processes}.c
	"${image_tools}gcc" "${image_flags[@]}" -static -o "$1/root/bin/lab-setup" "$lab_dir/guest/setup.c"
	gcc "${flags[@]}" -o "$1/lab-relay" "$lab_dir/host/relay.c"
	gcc "${flags[@]}" -o "$1/lab-tsc" "$lab_dir/host/tsc.c"
}

image_pack() { # ROOT TO
	mkdir -p "$1"/{dev,proc,sys}
	cp "$image_busybox" "$1/bin/busybox"
	busybox --list | while read -r applet; do
		[[ -e $1/bin/$applet ]] || ln -s busybox "$1/bin/$applet"
	done
	install -m 755 "$lab_dir/guest/init" "$1/init"
	(cd "$1" && find . | busybox cpio -o -H newc 2>/dev/null) >"$2"
}

image_build() {
	image=$(image_name)
	[[ -e $image ]] && return
	local part start
	start=$(now_ms)
	require_tools gcc=gcc busybox=busybox-static xz=xz-utils modprobe=kmod
	part=$(mktemp -d "$cache/image.part.XXXXXX")
	mkdir -p "$part/root/bin"
	image_modules "$part/root"
	image_compile "$part"
	image_pack "$part/root" "$part/initramfs"
	rm -rf "$part/root"
	chmod 755 "$part"
	mv -T "$part" "$image"
	say "made the guests' initramfs, $(megabytes "$(stat -c %s "$image/initramfs")"), in $(seconds_since "$start")"
	find "$cache" -maxdepth 1 -name "image-$recipe-*" ! -path "$image" -mtime +1 -exec rm -rf {} +
}

# Emulated ISM functions (../ism), and SMC built to use them. They are a second
# variant of the modules, in a folder of the cache that is named after its recipe;
# loopback-ism is left out of it: SMC would prefer it, and it cannot be switched off.
# shellcheck shell=bash

ism_name() {
	local sum
	sum=$(cd "$lab_dir" && sha256sum ism/* lib/ism_build.bash lib/kernels/"$recipe.bash" "$kernel/release" | sha256sum)
	echo "$cache/ism-$recipe-${sum:0:16}"
}

ism_ready() {
	ism=
	((${#opt_ism[@]})) || return 0
	ism=$(ism_name)
	[[ -e $ism ]]
}

# net/smc thinks of its hardware in terms of s390: wherever it asks whether this
# is s390, it shall ask whether there is ISM, and what s390 answers, ism.ko does.
ism_sources() { # INTO
	mkdir -p "$1/smc"
	ism_kernel_sources "$1"
	cp "$lab_dir"/ism/* "$1/"
	sed -i 's/IS_ENABLED(CONFIG_S390)/IS_ENABLED(CONFIG_ISM)/; /<asm\/pnet\.h>/d' "$1"/smc/*.[ch]
}

# What a kernel's recipe can say otherwise: which layer there is between ISM and SMC, the sources of SMC and of
# the layer, and the flags that these need.
ism_layer=ism

ism_kernel_sources() { # INTO
	cp "$kernel"/source/* "$1/smc/"
}

ism_kernel_flags() { :; } # HEADERS SOURCE

ism_make() { # HEADERS SOURCE
	kernel_make_modules "$1" "$2" LAB_LAYER=$ism_layer CONFIG_SMC=m CONFIG_SMC_DIAG=m \
		NOSTDINC_FLAGS="-nostdinc -I$2/include" \
		KCFLAGS="$(ism_kernel_flags "$1" "$2") -include $2/s390.h -DCONFIG_ISM_MODULE=1 -DCONFIG_HAVE_PNETID=1" ||
		die "building the ISM and SMC modules failed"
}

ism_build() {
	ism_ready && return
	local start part
	start=$(now_ms)
	require_tools gcc=gcc make=make strip=binutils
	say "building ism.ko, the emulated ISM function, and SMC for it"
	part=$(mktemp -d "$cache/ism.part.XXXXXX")
	mkdir -p "$part/headers" "$part/outcome"
	kernel_extract_headers "$part/headers" "$kernel"/debs/*.deb
	ism_sources "$part/source"
	ism_make "$part"/headers/usr/src/linux-headers-*-amd64 "$part/source"
	mv "$part"/source/*.ko "$part"/source/smc/*.ko "$part/outcome/"
	strip --strip-debug "$part"/outcome/*.ko
	mv -T "$part/outcome" "$ism"
	rm -rf "$part"
	say "built in $(seconds_since "$start")"
	find "$cache" -maxdepth 1 -name "ism-$recipe-*" ! -path "$ism" -mtime +1 -exec rm -rf {} +
}

# A private apt: its own sources, lists and cache below the lab's cache folder,
# but the machine's mirror, proxy, credentials and keys. Nothing of the
# machine's own apt or dpkg is written.
# shellcheck shell=bash

apt_dir=$cache/download/apt

# The suite that has a 6.12 kernel built for this release's C library.
apt_suite() {
	local codename
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	if [[ -n ${SMC_LAB_SUITE:-} ]]; then
		echo "$SMC_LAB_SUITE"
	elif [[ $codename == bookworm ]]; then
		echo bookworm-backports
	else
		echo trixie
	fi
}

# The archives this machine's apt asks for the release itself (security and
# third-party archives have other addresses), the likeliest first.
apt_mirrors() {
	local codename
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	[[ -z ${SMC_LAB_MIRROR:-} ]] || { echo "$SMC_LAB_MIRROR"; return; }
	# shellcheck disable=SC2016 # the dollars are apt's
	apt-get indextargets --format '$(CREATED_BY)|$(COMPONENT)|$(RELEASE)|$(ORIGIN)|$(REPO_URI)' |
		awk -F'|' -v codename="$codename" '
			$1 != "Packages" || $2 != "main" || $5 ~ /^cdrom:/ { next }
			$3 == codename || $3 ~ /^(old)*stable$|^testing$|^unstable$|^sid$/ {
				print ($4 == "Debian" ? 0 : 1) "|" $5
			}' | sort -u | cut -d'|' -f2
}

apt_keyring() {
	local file
	for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		[[ -r $file ]] && { echo "signed-by=$file"; return; }
	done
}

apt_configure() { # MIRROR SUITE
	mkdir -p "$apt_dir"/{lists,cache,state}
	: >"$apt_dir/status"
	echo "deb [arch=amd64 target=Packages $(apt_keyring)] $1 $2 main" >"$apt_dir/sources.list"
	cat >"$apt_dir/apt.conf" <<-EOF
		Dir::Etc::SourceList "$apt_dir/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State "$apt_dir/state";
		Dir::State::Lists "$apt_dir/lists";
		Dir::State::status "$apt_dir/status";
		Dir::Cache "$apt_dir/cache";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "";
		Acquire::Languages "none";
		#clear APT::Architectures;
		APT::Architectures { "amd64"; };
		APT::Architecture "amd64";
		APT::Sandbox::User "root"; // the cache may be where _apt cannot go
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	EOF
}

apt_do() { # TOOL ARGUMENT…
	local tool=$1
	shift
	"$tool" -c "$apt_dir/apt.conf" "$@"
}

# Fills the private lists from the first of the machine's mirrors that has a
# kernel for us, and prints nothing.
apt_update() {
	local mirror suite
	suite=$(apt_suite)
	while read -r mirror; do
		say "asking the machine's mirror for the packages of $suite"
		apt_configure "$mirror" "$suite"
		apt_do apt-get -qq update >&2 && [[ -n $(kernel_candidates) ]] && return
	done < <(apt_mirrors)
	die "none of this machine's package mirrors offers Linux $kernel_series in $suite (SMC_LAB_MIRROR and SMC_LAB_SUITE choose others)"
}

apt_versions() { # PACKAGE
	apt_do apt-cache show "$1" 2>/dev/null | sed -n 's/^Version: //p'
}

apt_size() { # PACKAGE=VERSION…
	apt_do apt-cache show "$@" | awk '/^Size: / { sum += $2 } END { print sum + 0 }'
}

# Downloads packages into a folder. apt checks every file against the signed
# lists; a package appears under its name only when it is whole.
apt_download() { # FOLDER PACKAGE=VERSION…
	local folder=$1 wanted=() spec
	shift
	mkdir -p "$folder/part"
	for spec; do
		[[ -e $folder/${spec%%=*}.deb ]] || wanted+=("$spec")
	done
	((${#wanted[@]})) || return 0
	local total start
	total=$(apt_size "${wanted[@]}")
	start=$(now_ms)
	say "downloading ${#wanted[@]} packages, $(megabytes "$total")"
	apt_progress "$folder/part" "$total" {lock}>&- &
	local ticker=$!
	(cd "$folder/part" && apt_do apt-get -qq download "${wanted[@]}" >&2) || {
		kill "$ticker"
		die "the download failed"
	}
	kill "$ticker"
	apt_accept "$folder" "${wanted[@]}"
	say "downloaded $(megabytes "$total") in $(seconds_since "$start")"
}

apt_accept() { # FOLDER PACKAGE=VERSION…
	local folder=$1 spec
	shift
	for spec; do
		mv "$folder/part/${spec%%=*}"_*.deb "$folder/${spec%%=*}.deb"
	done
}

apt_progress() { # FOLDER TOTAL
	local bytes
	while sleep 5; do
		bytes=$(du -sb "$1" | cut -f1)
		say "  $(megabytes "$bytes") of $(megabytes "$2")"
	done
}

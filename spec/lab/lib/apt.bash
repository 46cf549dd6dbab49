# A private apt: its own sources, lists and cache below the lab's cache folder,
# but the machine's mirror, proxy, credentials and keys. Nothing of the
# machine's own apt or dpkg is written.
# shellcheck shell=bash

# What the packages are for, that of the guests first; a recipe can say otherwise.
apt_architectures=(amd64)

# The suites that a recipe names with kernel_suites, or those that the caller knows better.
apt_suites() {
	if [[ -n ${SMC_LAB_SUITE:-} ]]; then
		echo "$SMC_LAB_SUITE"
	else
		kernel_suites
	fi
}

release_codename() {
	(. /etc/os-release && echo "${VERSION_CODENAME:-}")
}

# The archives that this machine's apt asks for the release itself, or for its security updates.
apt_mirrors() { # SUITE
	local kind=release
	[[ -z ${SMC_LAB_MIRROR:-} ]] || { echo "$SMC_LAB_MIRROR"; return; }
	[[ $1 != *-security ]] || kind=security
	# shellcheck disable=SC2016 # the dollars are apt's
	apt-get indextargets --format '$(CREATED_BY)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)' |
		awk -F'|' -v codename="$(release_codename)" -v kind="$kind" '
			$1 != "Packages" || $2 != "main" || $4 ~ /^cdrom:/ { next }
			kind == "security" && $3 ~ /-security$/ ||
			kind == "release" && ($3 == codename || $3 ~ /^(old)*stable$|^testing$|^unstable$|^sid$/) {
				print $4
			}' | sort -u
}

apt_keyring() {
	local file
	for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		[[ -r $file ]] && { echo "signed-by=$file"; return; }
	done
}

apt_sources() {
	local suite mirror architectures
	architectures=$(IFS=, && echo "${apt_architectures[*]}")
	for suite in $(apt_suites); do
		while read -r mirror; do
			echo "deb [arch=$architectures target=Packages $(apt_keyring)] $mirror $suite main"
		done < <(apt_mirrors "$suite")
	done
}

apt_configure() {
	mkdir -p "$apt_dir"/{lists,cache,state}
	: >"$apt_dir/status"
	apt_sources >"$apt_dir/sources.list"
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
		APT::Architectures { $(printf '"%s"; ' "${apt_architectures[@]}")};
		APT::Architecture "${apt_architectures[0]}";
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

# Fills the private lists from the machine's mirrors. One of them may not have the suite,
# or not be there: what matters is that there is a kernel for us.
apt_update() {
	say "asking the machine's mirrors for the packages of $(apt_suites)"
	apt_configure
	apt_do apt-get -qq update >"$apt_dir/messages" 2>&1 || true
	[[ -z $(kernel_candidates) ]] || return 0
	cat "$apt_dir/messages" >&2
	leave_out "none of this machine's package mirrors offers Linux $kernel_series in $(apt_suites) (SMC_LAB_MIRROR and SMC_LAB_SUITE choose others)"
}

apt_versions() { # PACKAGE
	apt_do apt-cache show "$1" 2>/dev/null | sed -n 's/^Version: //p'
}

apt_size() { # PACKAGE=VERSION…
	apt_do apt-cache show "$@" | awk '/^Size: / { sum += $2 } END { print sum + 0 }'
}

# Downloads packages into a folder. apt checks every file against the signed
# lists; a package appears, under its name and version, only when it is whole.
apt_download() { # FOLDER PACKAGE=VERSION…
	local folder=$1 wanted=() spec
	shift
	mkdir -p "$folder/part"
	for spec; do
		[[ -e $folder/${spec/=/_}.deb ]] || wanted+=("$spec")
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
		return 1
	}
	kill "$ticker"
	apt_accept "$folder" "${wanted[@]}" || return
	say "downloaded $(megabytes "$total") in $(seconds_since "$start")"
}

apt_accept() { # FOLDER PACKAGE=VERSION…
	local folder=$1 spec name
	shift
	for spec; do
		name=${spec%%=*}
		mv "$folder/part/${name%%:*}"_*.deb "$folder/${spec/=/_}.deb"
	done
}

apt_progress() { # FOLDER TOTAL
	local bytes
	while sleep 5; do
		bytes=$(du -sb "$1" | cut -f1)
		say "  $(megabytes "$bytes") of $(megabytes "$2")"
	done
}

# Sourced by the checks that need vendors' packages from npm and an emulator. It
# leaves the address of what the emulator has printed in $guide, and the folder of
# the packages in $modules. A folder of the check's own, $work, is removed at the
# end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec </dev/null

cache=${DOCFERRY_CI_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/docferry-ci}/vendor
work=$(mktemp -d)
guide=$work/stdout
modules=$cache/node_modules
emulator=

# stop ends the emulator, if it runs.
stop() {
	[[ -n $emulator ]] || return 0
	kill "$emulator" 2>/dev/null || true
	wait "$emulator" 2>/dev/null || true
	emulator=
}

cleanup() {
	local status=$?
	stop
	if ((status != 0)) && [[ -s $work/stderr ]]; then
		echo "the emulator said:"
		cat "$work/stderr"
	fi
	# The last of a browser's processes may still be writing.
	rm -rf "$work" 2>/dev/null || { sleep 2; rm -rf "$work"; } || true
}
trap cleanup EXIT

fail() {
	echo "FAILED: $*"
	exit 1
}

# need PROGRAM... ends the check if one of them is missing.
need() {
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null || fail "$program is not in PATH"
	done
}

# packages installs what .ci/vendor/package.json lists, anew when that has changed.
packages() {
	cmp -s .ci/vendor/package.json "$cache/installed.json" && return
	echo "installing what .ci/vendor/package.json lists"
	mkdir -p "$cache"
	cp .ci/vendor/package.json "$cache/package.json"
	npm install --prefix "$cache" --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error >"$work/npm" 2>&1 ||
		{ cat "$work/npm"; fail "npm cannot install it"; }
	cp "$cache/package.json" "$cache/installed.json"
}

# start FLAG... starts an emulator that has nothing of earlier checks, and waits
# until its guide is complete.
start() {
	local i
	stop
	go build -o "$work/emulator" ./examples/emulator
	"$work/emulator" -addr 127.0.0.1:0 "$@" >"$guide" 2>"$work/stderr" &
	emulator=$!
	for ((i = 0; i < 150; i++)); do
		grep -q '^Everything is kept in memory' "$guide" && return
		kill -0 "$emulator" 2>/dev/null || fail "the emulator does not start"
		sleep 0.2
	done
	fail "the emulator does not print its guide"
}

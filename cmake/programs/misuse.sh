#!/bin/sh
# The checker of ownership: each mistake of misuse.c is reported, with the call that took and the call
# that broke; what makes none is not; and what the checker sees changes nothing.
#
#   misuse.sh DRIVER ROOT WORK
set -eu
driver=$1
root=$2
work=$3
rm -rf "$work"
mkdir -p "$work"
cd "$work"
unset BERTH_SEED BERTH_PROFILE BERTH_SET BERTH_TRACE BERTH_MACHINE BERTH_OWNERSHIP
"$driver" "$root/cmake/programs/misuse.c" -o misuse

fail() {
    echo "misuse.sh: $*" >&2
    exit 1
}
# expect KIND LINE...: the run of KIND reports just one thing, in which each LINE stands.
expect() {
    kind=$1
    shift
    ./misuse "$kind" >printed 2>said || fail "$kind ends with $?: $(cat said)"
    [ "$(cat printed)" = done ] || fail "$kind prints $(cat printed)"
    [ "$(grep -c '^berth:' said)" -eq 1 ] || fail "$kind is reported otherwise than once: $(cat said)"
    for line in "$@"; do
        grep -q -- "$line" said || fail "$kind: no '$line' in: $(cat said)"
    done
}
./misuse nothing >printed 2>said
[ ! -s said ] || fail "reported without a mistake: $(cat said)"

expect early "^berth: socket was called though Winsock is not started" "called by:.*socket"
expect late "^berth: socket was called though Winsock is not started" "called by:.*socket"
expect overlapped "^berth: the OVERLAPPED of WSARecv was written" "taken by:.*WSARecv" "broken at:.*"
expect reuse "^berth: the OVERLAPPED of WSARecv was used again" "taken by:.*WSARecv" "reused by:.*WSARecv"
expect uncollected "^berth: WSARecv completed and nobody asked" "begun by:.*WSARecv"
expect closed "^berth: socket .* was used after it was closed" "closed by:.*closesocket" "used by:.*send"
expect leak "^berth: process .* ends and socket .* is open" "opened by:.*socket"
case ${4:-} in
*address*) # the sanitizer stops at the very instruction
    for kind in write free; do
        if ./misuse $kind >printed 2>said; then fail "$kind goes unseen by the sanitizer"; fi
        grep -q "AddressSanitizer\|^berth: a buffer of WSARecv was freed" said || fail "$kind: $(cat said)"
    done ;;
*)
    expect write "^berth: a buffer of WSARecv was written" "taken by:.*WSARecv" "last whole:" "broken at:"
    expect free "^berth: a buffer of WSARecv was freed" "taken by:.*WSARecv" "broken at:" ;;
esac

# It never changes an outcome: the trace is the same with it and without.
BERTH_TRACE=with ./misuse overlapped >/dev/null 2>&1
BERTH_TRACE=without BERTH_OWNERSHIP=off ./misuse overlapped >/dev/null 2>said
[ ! -s said ] || fail "reports though it is off: $(cat said)"
cmp -s with without || fail "the checker changes the run"
status=0
BERTH_OWNERSHIP=perhaps ./misuse nothing >/dev/null 2>said || status=$?
[ $status -eq 2 ] || fail "BERTH_OWNERSHIP=perhaps ends with $status"

#!/bin/sh
# The checker of ownership: each mistake of misuse.c, in C and in C++, is reported once, with the call
# that took and what broke; what makes none is not; and what the checker sees changes nothing.
#
#   misuse.sh DRIVER ROOT WORK SANITIZERS
set -eu
driver=$1
root=$2
work=$3
sanitizers=${4:-}
rm -rf "$work"
mkdir -p "$work"
cd "$work"
unset BERTH_SEED BERTH_PROFILE BERTH_SET BERTH_TRACE BERTH_MACHINE BERTH_OWNERSHIP
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # not what is tested here
cxx=$(dirname "$driver")/berth-c++
"$driver" -O1 "$root/cmake/programs/misuse.c" -o c
"$cxx" -O1 -x c++ "$root/cmake/programs/misuse.c" -o c++

fail() {
    echo "misuse.sh: $program: $*" >&2
    exit 1
}
# expect KIND LINE...: the run of KIND reports just one thing, in which each LINE stands.
expect() {
    kind=$1
    shift
    "./$program" "$kind" >printed 2>said || fail "$kind ends with $?: $(cat said)"
    grep -q 'done$' printed || fail "$kind prints $(cat printed)"
    [ "$(grep -c '^berth:' said)" -eq 1 ] || fail "$kind is reported otherwise than once: $(cat said)"
    for line in "$@"; do
        grep -q -- "$line" said || fail "$kind: no '$line' in: $(cat said)"
    done
}
# caught KIND: the sanitizer stops it, or the checker reports it before.
caught() {
    if "./$program" "$1" >printed 2>said; then
        fail "$1 goes unseen by the sanitizer: $(cat printed said)"
    fi
    grep -q "AddressSanitizer: $2" said || fail "$1: $(cat said)"
}
taken="taken by: *call [0-9]*, WSARecv, process [0-9]* thread [0-9]*$"

for program in c c++; do
    for kind in nothing packet "packet and result" routine polled "send read"; do
        "./$program" "$kind" >printed 2>said || fail "$kind ends with $?: $(cat said)"
        [ ! -s said ] || fail "$kind is no mistake: $(cat said)"
    done

    expect early "^berth: socket was called though Winsock is not started" "called by:.*socket"
    expect late "^berth: socket was called though Winsock is not started" "called by:.*socket"
    expect overlapped "^berth: the OVERLAPPED of WSARecv was written" "$taken" "broken at:.*" \
        "where: *byte 0 of 8: 0x00 became 0x67"
    expect reuse "^berth: the OVERLAPPED of WSARecv was used again" "$taken" "reused by:.*WSARecv"
    expect send "^berth: a buffer of WSASend was written" "taken by:.*WSASend" "broken at:.*Sleep"
    expect uncollected "^berth: WSARecv completed and nobody asked" "begun by:.*WSARecv"
    expect "packet not taken" "^berth: WSARecv completed and nobody asked" "begun by:.*WSARecv"
    expect "routine not run" "^berth: WSARecv completed and nobody asked" "begun by:.*WSARecv"
    expect closed "^berth: socket .* was used after it was closed" "closed by:.*closesocket" \
        "used by:.*send"
    expect leak "^berth: process .* ends and socket .* is open" "opened by:.*accept"
    kinds="free realloc HeapFree HeapReAlloc LocalFree GlobalFree VirtualFree _aligned_free"
    [ "$program" = c ] || kinds="$kinds delete delete[]"
    for kind in $kinds; do
        case $kind,$sanitizers in
        VirtualFree,*address*) # the pages go, and with them what would be written there
            continue ;;
        *,*address*)
            "./$program" "$kind" >printed 2>said || true
            grep -q "^berth: a buffer of WSARecv was freed" said || fail "$kind: $(cat said)"
            grep -q "broken by: *$(echo "$kind" | tr '[]' ..), after call" said ||
                fail "$kind: $(cat said)" ;;
        *)
            expect "$kind" "^berth: a buffer of WSARecv was freed" "$taken" "last whole:" \
                "broken by: *$(echo "$kind" | tr '[]' ..), after call [0-9]*, process" ;;
        esac
    done
    [ "$program" = c ] || kinds="object vector"
    [ "$program" = c++ ] || kinds=object
    case $sanitizers in
    *address*) # the sanitizer stops at the very instruction
        for kind in write thread; do caught $kind use-after-poison; done ;;
    *)
        for kind in $kinds; do
            expect $kind "^berth: .* of WSARecv was freed" "$taken" "broken by: *\(free\|delete\), after"
        done
        expect write "^berth: a buffer of WSARecv was written" "$taken" "last whole:.*WSARecv" \
            "broken at:.*Sleep" "where: *byte 3 of 64: 0x00 became 0x78"
        expect thread "^berth: a buffer of WSARecv was written" "$taken" "last whole:" \
            "broken at:.*Sleep" "where: *byte 7 of 64"
        expect cleared "^berth: the OVERLAPPED of WSARecv was written" "$taken"
        expect returned "^berth: the OVERLAPPED of WSARecv was on the stack of a function that ret" \
            "$taken" "found by:"
        expect ended "^berth: the OVERLAPPED of WSARecv was on the stack of a thread that ended" \
            "$taken" "ended in:" ;;
    esac
    case $sanitizers in
    *address*) caught cleared use-after-poison ;;
    esac
done

# It never changes an outcome: the trace is the same with it and without.
for kind in overlapped send leak routine; do
    BERTH_TRACE=with ./c $kind >/dev/null 2>&1
    BERTH_TRACE=without BERTH_OWNERSHIP=off ./c $kind >/dev/null 2>said
    [ ! -s said ] || fail "reports though it is off: $(cat said)"
    cmp -s with without || fail "the checker changes the run of $kind"
done
status=0
BERTH_OWNERSHIP=perhaps ./c nothing >/dev/null 2>said || status=$?
[ $status -eq 2 ] || fail "BERTH_OWNERSHIP=perhaps ends with $status"

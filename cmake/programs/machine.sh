#!/bin/sh
# The machine file, run after run: what was reserved is there, under another token each time; a run
# that is killed loses nothing it said was done; two at once; files that are none.
#
#   machine.sh DRIVER ROOT WORK
set -eu
driver=$1
root=$2
work=$3

rm -rf "$work"
mkdir -p "$work"
cd "$work"
"$driver" "$root/cmake/programs/reservation.c" -o reservation
unset BERTH_SEED BERTH_PROFILE BERTH_SET BERTH_TRACE
export BERTH_USER=elevated BERTH_MACHINE=machine.berth

fail() {
    echo "machine.sh: $*" >&2
    exit 1
}
# run EXIT COMMAND...: runs the program, which must end so; $printed is what it printed.
run() {
    expected=$1
    shift
    status=0
    printed=$(./reservation "$@" 2>said) || status=$?
    [ "$status" -eq "$expected" ] || fail "$*: $status, not $expected: $printed $(cat said)"
}

# A boot each run, and a token each boot.
run 0 create 5000 20
first=$printed
run 0 lookup 5000 20
second=$printed
run 0 lookup 5000 20
[ "$first" != "$second" ] && [ "$second" != "$printed" ] || fail "a token twice: $first $second $printed"
run 32 create 5010 5
run 144 lookup 5001 5 # 1168, of which a host's exit code has the low eight bits
BERTH_USER=standard run 5 create 6000 1
run 0 delete 5000 20
run 144 lookup 5000 20

# Killed at moments of its own choosing: each port it named is there, and at most one more.
for delay in 0.05 0.1 0.2; do
    rm -f machine.berth machine.berth-journal named
    ./reservation hang 7000 3000 >named &
    child=$!
    sleep "$delay"
    kill -9 "$child"
    wait "$child" 2>/dev/null || true
    last=$(grep -v error named | tail -n 1)
    [ -z "$last" ] || run 0 lookup "$last" 1
    [ -z "$last" ] || run 0 lookup 7000 1
    run 144 lookup $((${last:-6999} + 2)) 1
done

# Two at once: the second waits for the first, or says why not; neither harms the file.
rm -f named
./reservation hang 20000 1 >named &
child=$!
while ! grep -q error named; do sleep 0.05; done
cp machine.berth before
run 2 lookup 7000 1
[ "$(wc -l <said)" -eq 1 ] && grep -q "in use by another run" said || fail "refused so: $(cat said)"
cmp machine.berth before || fail "the refused run wrote to the file"
(sleep 1 && kill -9 "$child") &
run 0 lookup 20000 1
wait

# Files that are none of ours stay as they are.
printf 'a letter\n' >letter
: >letter_of_nothing
cp machine.berth damaged
printf 'damage damage damage damage' | dd of=damaged bs=1 seek=4096 conv=notrunc 2>/dev/null
dd if=machine.berth of=cut bs=1000 count=5 2>/dev/null
for file in letter damaged cut reservation; do
    cp "$file" before
    BERTH_MACHINE=$file run 2 lookup 7000 1
    [ "$(wc -l <said)" -eq 1 ] || fail "$file: $(cat said)"
    [ -z "$printed" ] || fail "$file: the program ran"
    cmp "$file" before || fail "$file was written to"
done
BERTH_MACHINE=nowhere/machine run 2 lookup 7000 1
grep -q "cannot be opened" said || fail "nowhere: $(cat said)"

# Values that are none: one line, nothing run.
for setting in BERTH_USER=root BERTH_SEED=-1 BERTH_SEED=1x BERTH_SEED= BERTH_SET=automatic_bind=perhaps \
    BERTH_SET=nothing=enters BERTH_PROFILE=nowhere BERTH_PROFILE=letter BERTH_TRACE=nowhere/trace \
    BERTH_MACHINE=; do
    status=0
    env "$setting" ./reservation lookup 7000 1 >printed 2>said || status=$?
    [ "$status" -eq 2 ] && [ ! -s printed ] && [ "$(wc -l <said)" -eq 1 ] && grep -q expected said ||
        fail "$setting: $status $(cat printed said)"
done

# A profile, and a setting that goes before it; the trace.
"$driver" "$root/docs/examples/shared_port.c" -o shared_port
unset BERTH_MACHINE
echo 'acquire_collision = wsaeacces' >profile
BERTH_PROFILE=profile ./shared_port | grep -q "a second server: 10013" || fail "the profile is not asked"
BERTH_PROFILE=profile BERTH_SET=acquire_collision=wsaeaddrinuse BERTH_TRACE=trace ./shared_port |
    grep -q "a second server: 10048" || fail "BERTH_SET does not go before the profile"
grep -q "WSAIoctl.*10048" trace || fail "no trace: $(cat trace)"

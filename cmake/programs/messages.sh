#!/bin/sh
# What a user is told who does something wrong: one line that says what, where, what was expected.
#
#   messages.sh DRIVER WORK
set -u
driver=$1
work=$2
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
unset BERTH_SEED BERTH_USER BERTH_PROFILE BERTH_SET BERTH_TRACE BERTH_MACHINE BERTH_OWNERSHIP BERTH_CC
unset BERTH_PREEMPTION

# told EXIT LINE COMMAND...: the command ends with EXIT, and its last words are LINE.
told() {
    exit_code=$1
    line=$2
    shift 2
    "$@" >printed 2>said
    status=$?
    if [ $status -ne "$exit_code" ] || [ "$(tail -n 1 said)" != "$line" ]; then
        echo "messages.sh: $*: ends with $status, expected $exit_code; says:" >&2
        cat said >&2
        echo "expected: $line" >&2
        exit 1
    fi
}
# one EXIT LINE COMMAND...: and there are no other words.
one() {
    told "$@"
    if [ "$(wc -l <said)" -ne 1 ]; then
        echo "messages.sh: more than one line:" >&2
        cat said >&2
        exit 1
    fi
}
name=$(basename "$driver")
echo 'int main(void) { return 0; }' >ok.c
"$driver" ok.c -o ok || exit 1

one 127 "$name: BERTH_CC='nosuch': no such command, expected a compiler of gcc's or clang's kin" \
    env BERTH_CC=nosuch "$driver" ok.c -o never
cat >missing.c <<'END'
#include <windows.h>
int NotThere(int);
int NorThis(int);
int main(void) { return NotThere(1) + NorThis(2) + NotThere(3); }
END
told 1 "$name: neither the machine nor the program has NorThis NotThere: expected functions of Berth's <windows.h>, or the program's own" \
    "$driver" missing.c -o never
[ ! -e never ] || exit 1
echo 'int nothing(void) { return 0; }' >nomain.c
"$driver" nomain.c -o nomain || exit 1
one 2 "berth: the program has no main, expected main or wmain(int, wchar_t **)" ./nomain

one 2 "berth: BERTH_SEED='x': expected a number of 64 bits, decimal or after 0x" \
    env BERTH_SEED=x ./ok
one 2 "berth: BERTH_USER='root': expected standard, admin, elevated, builtin, system or network" \
    env BERTH_USER=root ./ok
one 2 "berth: BERTH_OWNERSHIP='1': expected on or off" env BERTH_OWNERSHIP=1 ./ok
one 2 "berth: BERTH_PREEMPTION='2': expected on or off" env BERTH_PREEMPTION=2 ./ok
one 2 "berth: BERTH_PROFILE='none/here': No such file or directory, expected a profile to read" \
    env BERTH_PROFILE=none/here ./ok
one 2 'berth: BERTH_SET:1: no answer in "a", expected question = option' env BERTH_SET=a ./ok
one 2 'berth: BERTH_SET:1: unknown question "a", expected a row of spec/behaviours.def' \
    env BERTH_SET=a=b ./ok
one 2 "berth: BERTH_TRACE='none/here': cannot be opened, expected a file that can be written" \
    env BERTH_TRACE=none/here ./ok
one 2 "berth: BERTH_MACHINE='none/here': cannot be opened, expected a file in a folder that is there and writable" \
    env BERTH_MACHINE=none/here ./ok
echo junk >junk
one 2 "berth: BERTH_MACHINE='junk': not a machine file, expected one that Berth made, or none" \
    env BERTH_MACHINE=junk ./ok
[ "$(cat junk)" = junk ] || exit 1

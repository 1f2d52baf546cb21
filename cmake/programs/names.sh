#!/bin/sh
# What the archives export: nothing that a program could have a name for. And a program that has all
# the names of our insides for its own links, and runs.
#
#   names.sh DRIVER NM BUILD ROOT WORK
set -eu
driver=$1
nm=$2
build=$3
root=$4
work=$5

fail() {
    echo "names.sh: $*" >&2
    exit 1
}
# names ARCHIVE...: the global names that they define, but for those that programs may meet.
names() {
    "$nm" -g --defined-only "$@" | sed -n 's/^[0-9a-f]* [A-Za-z] //p' |
        grep -Ev '^(berth_[A-Za-z0-9_]+|__wrap_[A-Za-z0-9_]+)$' | sort -u
}
rm -rf "$work"
mkdir -p "$work"
cd "$work"
unset BERTH_SEED BERTH_USER BERTH_PROFILE BERTH_SET BERTH_TRACE BERTH_MACHINE

names "$build/lib/libberth.a" "$build/lib/libberth_main.a" "$build/lib/berth_begin.o" >exported
! grep -v '^berth\.' exported >odd || fail "the archives export $(tr '\n' ' ' <odd)"

# Our floors' names, all of them, as a program's own variables.
names "$build/lib/plain/libberth.a" "$build/lib/plain/libberth_main.a" >inside
for name in choose wait_for port_of machine_running image_new endings_run; do
    grep -qx $name inside || fail "our insides have no $name: what is tested here?"
done
grep -E '^[A-Za-z_][A-Za-z0-9_]*$' inside | grep -v '^__' |
    sed 's/.*/char &[1] = {7};/' >all_names.c
"$driver" -c all_names.c -o all_names.o
for language in c cpp; do
    case $language in
    c) "$driver" -Wall "$root/cmake/programs/own_names.c" all_names.o -o program ;;
    cpp) "$driver" -Wall -x c++ "$root/cmake/programs/own_names.c" -x none all_names.o -o program ;;
    esac || fail "all names, $language: does not link"
    ./program >printed 2>said || fail "all names, $language: ends with $?: $(cat said)"
    cmp -s printed "$root/cmake/programs/own_names.txt" ||
        fail "all names, $language: prints $(cat printed said)"
    [ ! -s said ] || fail "all names, $language: $(cat said)"
done

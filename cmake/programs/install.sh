#!/bin/sh
# Installs, moves the installed tree elsewhere, and builds what does not know our source: by CMake, by
# pkg-config, by the installed berth-cc.
#
#   install.sh CMAKE BUILD ROOT WORK [FLAG...]    FLAG: what this build's sanitizers ask of a linker
set -eu
cmake=$1
build=$2
root=$3
work=$4
shift 4

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

rm -rf "$work"
mkdir -p "$work"
"$cmake" --install "$build" --prefix "$work/first" >"$work/log"
mv "$work/first" "$work/prefix"
if grep -rlE "$root|$build" "$work/prefix/bin" "$work/prefix/include" "$work/prefix/lib/cmake" \
    "$work"/prefix/lib/*/cmake "$work"/prefix/lib/*/pkgconfig 2>/dev/null; then
    fail "these name the tree they were built in"
fi
unset BERTH_SEED BERTH_PROFILE BERTH_SET BERTH_TRACE BERTH_MACHINE
export BERTH_USER=elevated
expected='somebody: 0 1, 2'

"$cmake" -S "$root/cmake/programs/outside" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS="$*" -DCMAKE_C_COMPILER="${CC:-cc}" >>"$work/log" 2>&1 &&
    "$cmake" --build "$work/cmake" >>"$work/log" 2>&1 || fail "$(cat "$work/log")"
printed=$("$work/cmake/program" somebody)
[ "$printed" = "$expected" ] || fail "built by CMake, it prints: $printed"
printed=$("$work/cmake/host")
[ "$printed" = "found again" ] || fail "the host prints: $printed"

"$work/prefix/bin/berth-cc" "$root/cmake/programs/outside/program.c" -o "$work/program-cc"
printed=$("$work/program-cc" somebody)
[ "$printed" = "$expected" ] || fail "built by berth-cc, it prints: $printed"
"$work/prefix/bin/berth-c++" -x c++ "$root/cmake/programs/cplusplus.cpp" -o "$work/program-c++"
"$work/program-c++" >/dev/null || [ $? -eq 3 ] || fail "built by berth-c++, it fails"

if ! command -v pkg-config >/dev/null; then
    echo "SKIPPED: pkg-config is not installed"
    exit 0
fi
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name berth.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # a list of words
"${CC:-cc}" "$@" "$root/cmake/programs/outside/program.c" -o "$work/program-pc" \
    $(pkg-config --cflags --libs berth)
printed=$("$work/program-pc" somebody)
[ "$printed" = "$expected" ] || fail "built with pkg-config, it prints: $printed"

# Without an object before the program's: its variables, a thread's own and constructors with a
# priority are a process' own all the same, but under a sanitizer, whose own go before.
[ -z "$*" ] || exit 0
unset BERTH_USER
cxx=$(echo "${CC:-cc}" | sed 's/clang\([^/]*\)$/clang++\1/; s/gcc\([^/]*\)$/g++\1/; s/cc$/c++/')
for program in family.c statics.cpp; do
    compiler=${CC:-cc}
    [ "$program" = family.c ] || compiler=$cxx
    # shellcheck disable=SC2046
    "$compiler" "$root/cmake/programs/$program" -o "$work/$program-pc" \
        $(pkg-config --cflags --libs berth)
    status=0
    "$work/$program-pc" >"$work/printed" 2>"$work/said" || status=$?
    cmp -s "$work/printed" "$root/cmake/programs/${program%.*}.txt" ||
        fail "built with pkg-config, $program ends with $status and prints: $(cat "$work/printed" "$work/said")"
done

#!/bin/sh
# Installs what building and testing Berth needs and this machine lacks.
#
#   sh cmake/setup.sh          the two commands of the README, the sanitize, fuzz and bench presets
#   sh cmake/setup.sh sdk      the same, and mingw-w64 for the test that compiles against the SDK
#   sh cmake/setup.sh wine     all that, Wine, and cmocka's Debian source in build/cache for the
#                              preset of that name
#
# Debian and its kin: through apt-get, as root or through sudo. Elsewhere: says what to install.
set -eu

want_sdk=no
want_wine=no
for argument in "$@"; do
    case $argument in
    sdk) want_sdk=yes ;;
    wine) want_sdk=yes want_wine=yes ;;
    *)
        echo "setup.sh: unknown argument '$argument', expected nothing, 'sdk' or 'wine'" >&2
        exit 2
        ;;
    esac
done

# What is missing, as Debian calls it. A thing counts as there when it works, wherever it came from.
missing=
need() {
    missing="$missing $1"
}
has() {
    command -v "$1" >/dev/null 2>&1
}
includes() {
    echo "#include <$1>" | cc -E - >/dev/null 2>&1
}
cmake_is_recent() {
    has cmake || return 1
    version=$(cmake --version | sed -n '1s/.* \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    set -- $version
    [ "$1" -gt 3 ] || { [ "$1" -eq 3 ] && [ "$2" -ge 25 ]; }
}

has cc || need gcc
has cc && includes stdio.h || need libc6-dev
has c++ || need g++ # for berth-c++
has pkg-config || need pkg-config
cmake_is_recent || need cmake
has ninja || need ninja-build
has git || need git
# cmocka.h wants four headers before it, so it is looked for by name.
includes stdarg.h && printf '#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <setjmp.h>\n#include <cmocka.h>\n' |
    cc -E - >/dev/null 2>&1 || need libcmocka-dev
includes xxhash.h || need libxxhash-dev
includes sqlite3.h || need libsqlite3-dev
ls /usr/lib/*/libboost_context.so /usr/local/lib*/libboost_context.so /usr/lib/libboost_context.so \
    >/dev/null 2>&1 || need libboost-context-dev
has clang || need clang
# clang's own sanitizer and fuzzer runtimes are a package of their own.
has clang && echo 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { return d && n ? 0 : 0; }' |
    clang -x c -fsanitize=fuzzer,address - -o /dev/null >/dev/null 2>&1 || need libclang-rt-dev
if [ "$want_sdk" = yes ]; then
    has x86_64-w64-mingw32-gcc || need gcc-mingw-w64-x86-64-win32
fi

if [ "$want_wine" = yes ]; then
    has wine || has wine64 || [ -x /usr/lib/wine/wine64 ] || need wine64
    has dpkg-source || need dpkg-dev
fi

install_missing() {
    if ! has apt-get; then
        echo "setup.sh: no apt-get here. Install what Debian calls:$missing" >&2
        exit 1
    fi

    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! has sudo; then
            echo "setup.sh: run as root, or install:$missing" >&2
            exit 1
        fi
        as_root=sudo
    fi

    # An index of a foreign architecture may be out of step; the install below decides.
    $as_root apt-get update -qq || true
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

# Debian has no cmocka for mingw-w64, so its source is built with ours. It is fetched with lists of
# apt's own kept beside it: the machine's sources stay as they are.
fetch_cmocka() {
    cache=$(cd "$(dirname "$0")/.." && pwd)/build/cache
    [ -f "$cache/cmocka/src/cmocka.c" ] && return
    rm -rf "$cache/cmocka" "$cache/apt"
    mkdir -p "$cache/apt/lists/partial"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        if [ -f "$list" ]; then sed -n 's/^deb /deb-src /p' "$list"; fi
    done >"$cache/apt/sources.list"
    mkdir -p "$cache/apt/sources.list.d"
    for list in /etc/apt/sources.list.d/*.sources; do
        if [ -f "$list" ]; then
            sed 's/^Types:.*/Types: deb-src/' "$list" >"$cache/apt/sources.list.d/$(basename "$list")"
        fi
    done
    set -- -qq -o "Dir::State::lists=$cache/apt/lists" -o APT::Sandbox::User= \
        -o "Dir::Etc::sourcelist=$cache/apt/sources.list" \
        -o "Dir::Etc::sourceparts=$cache/apt/sources.list.d" \
        -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
    apt-get "$@" update || true
    (cd "$cache/apt" && apt-get "$@" source cmocka >/dev/null)
    mv "$cache"/apt/cmocka-*/ "$cache/cmocka"
    rm -rf "$cache/apt"
}

[ -z "$missing" ] || install_missing
[ "$want_wine" = no ] || fetch_cmocka

#!/usr/bin/env bash
# Makes sure that what a command needs is there. Installs Debian packages where it may (as root, or with sudo that asks nothing);
# otherwise says exactly what to install and fails.
#
#   require.sh swift git pkg:NAME COMMAND:PACKAGE ...
#
# swift           a Swift toolchain of version 6.1 or later; never installed by us
# NAME            a command of a package of the same name
# COMMAND:PACKAGE a command and the package that brings it
# pkg:PACKAGE     a package without a command; pkg:A|B|C is satisfied by any of them, and installs the first that there is
# doc:PACKAGE     a package with pages below /usr/share/doc, PACKAGE/html/index.html or its like, which container images leave out; doc:A|B|C as above
set -euo pipefail

# The first of the packages that can be installed, or the first at all.
available() {
    local package
    for package in "$@"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            echo "$package"
            return
        fi
    done
    echo "$1"
}

installed() {
    dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

# Whether a need `doc:` is satisfied.
documented() {
    local choices package
    IFS='|' read -ra choices <<<"$1"
    for package in "${choices[@]}"; do
        # sqlite3-doc puts its pages where the program's documentation is.
        if installed "$package" && [[ -e /usr/share/doc/$package/html/index.html || -e /usr/share/doc/${package%-doc}/index.html ]]; then
            return 0
        fi
    done
    return 1
}

# The missing packages, a line each. The files of a documentation may belong to another package, which it depends on and which
# is named too, as it may be installed already, without its files.
packages() {
    local choices spec package
    for spec in "${missing[@]}"; do
        IFS='|' read -ra choices <<<"$spec"
        available "${choices[@]}"
    done
    for spec in "${missing_docs[@]}"; do
        IFS='|' read -ra choices <<<"$spec"
        package=$(available "${choices[@]}")
        echo "$package"
        apt-cache depends "$package" 2>/dev/null | sed -nE 's/^ *Depends: ([a-z0-9][a-z0-9+.-]*-doc)$/\1/p'
    done
}

missing=()
missing_docs=()
for need in "$@"; do
    case $need in
        swift)
            if ! command -v swift >/dev/null; then
                echo "Swift is missing. Install Swift 6.1 or later from https://www.swift.org/install/ and put it on PATH." >&2
                exit 1
            fi
            version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
            read -r major minor <<<"${version:-0 0}"
            if ((major < 6 || (major == 6 && minor < 1))); then
                echo "Swift $major.$minor is too old. Install Swift 6.1 or later from https://www.swift.org/install/." >&2
                exit 1
            fi
            ;;
        pkg:*)
            IFS='|' read -ra choices <<<"${need#pkg:}"
            found=
            for package in "${choices[@]}"; do
                if installed "$package"; then found=$package; fi
            done
            [[ -n $found ]] || missing+=("${need#pkg:}")
            ;;
        doc:*)
            documented "${need#doc:}" || missing_docs+=("${need#doc:}")
            ;;
        *)
            # Programs of the system live in sbin, which a user's PATH may not name.
            PATH="$PATH:/usr/sbin:/sbin" command -v "${need%%:*}" >/dev/null || missing+=("${need##*:}")
            ;;
    esac
done
((${#missing[@]} + ${#missing_docs[@]} == 0)) && exit 0

options=()
if ((${#missing_docs[@]} > 0)); then
    # Container images tell dpkg to leave documentation out; an installed package gets its files only when it is installed anew.
    options=(--reinstall -o 'Dpkg::Options::=--path-include=/usr/share/doc/*')
fi

if ! command -v apt-get >/dev/null; then
    needs=("${missing[@]}" "${missing_docs[@]}")
    echo "Missing: ${needs[*]//|/ or } (the names of Debian's packages). Install them with your system's package manager." >&2
    exit 1
fi
run=()
if [[ $(id -u) != 0 ]]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        run=(sudo)
    else
        echo "Missing packages. Install them with:" >&2
        echo "    sudo apt-get install${options[*]:+ --reinstall -o '${options[2]}'} $(packages | tr '\n' ' ')" >&2
        exit 1
    fi
fi
echo "Installing: $(packages | tr '\n' ' ')" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    # Chosen anew each time: the lists may say more by then.
    packages | xargs "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${options[@]}"
}
# apt-get only warns where it cannot install a package anew.
complete() {
    local spec
    for spec in "${missing_docs[@]}"; do documented "$spec" || return 1; done
}
if ! { install && complete; } >"$log" 2>&1; then
    # The package lists may be missing or old.
    { "${run[@]}" apt-get update && install && complete; } >"$log" 2>&1 || {
        cat "$log" >&2
        echo "Installing the packages failed, or brought no /usr/share/doc/PACKAGE/html; see above." >&2
        exit 1
    }
fi

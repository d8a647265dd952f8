#!/usr/bin/env bash
# Installs the program, its completions and its manual pages below a prefix; --remove takes them away again.
#
#   install.sh BIN_DIR PREFIX
#   install.sh --remove PREFIX
set -euo pipefail

if [[ $# != 2 || -z $1 || -z $2 ]]; then
    echo "usage: install.sh BIN_DIR PREFIX, or install.sh --remove PREFIX" >&2
    exit 2
fi
prefix=$2
program=$prefix/bin/larder
bash_completion=$prefix/share/bash-completion/completions/larder
zsh_completion=$prefix/share/zsh/site-functions/_larder
fish_completion=$prefix/share/fish/vendor_completions.d/larder.fish
manual=$prefix/share/man/man1

if [[ $1 == --remove ]]; then
    rm -fv "$program" "$bash_completion" "$zsh_completion" "$fish_completion" "$manual"/larder.1 "$manual"/larder-*.1
    exit 0
fi

larder=$1/larder
if [[ ! -x $larder ]]; then
    echo "install: $larder is missing; 'make build' builds it" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# swift-argument-parser has a tool that writes manual pages from the program's own help. Built by itself it takes a minute at
# most; its plugin would build every product of this package once more.
parser=$(dirname "$0")/../.build/checkouts/swift-argument-parser
tool=(swift build --package-path "$parser" --scratch-path "$(dirname "$0")/../.build/manual-tool")
[[ -d $parser ]] || swift package --package-path "$(dirname "$0")/.." resolve
echo "Writing the manual pages; the first time, the tool for it is built in a minute."
"${tool[@]}" --product generate-manual >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
mkdir "$work/pages"
"$("${tool[@]}" --show-bin-path)/generate-manual" "$larder" --multi-page --section 1 --output-directory "$work/pages" >/dev/null
# Named larder-crawl.1, so that `man larder crawl` finds it, and with paragraphs in place of the empty lines that troff objects to.
rm -f "$work/pages/larder.help.1"
for page in "$work"/pages/*.1; do
    name=$(basename "$page")
    [[ $name == larder.1 ]] || name=larder-${name#larder.}
    sed -E -e '/^\.Xr larder\.help 1 ,$/d' -e 's/^\.Xr larder\./.Xr larder-/' -e 's/^\.Dt LARDER\./.Dt LARDER-/' -e 's/^$/.Pp/' \
        "$page" >"$work/$name"
done

mkdir -p "$(dirname "$program")" "$(dirname "$bash_completion")" "$(dirname "$zsh_completion")" "$(dirname "$fish_completion")" "$manual"
install -m 0755 "$larder" "$program"
# Two thirds of a release build are symbols for debuggers; what is in .build keeps them.
if command -v strip >/dev/null; then strip "$program"; fi
for shell in bash zsh fish; do
    completion=${shell}_completion
    "$larder" --generate-completion-script "$shell" >"$work/completion"
    install -m 0644 "$work/completion" "${!completion}"
done
install -m 0644 "$work"/*.1 "$manual"
echo "Installed $program with completions for bash, zsh and fish and manual pages (man larder)."

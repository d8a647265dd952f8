#!/usr/bin/env bash
# Installs the program, its completions and its manual pages below a prefix; --remove takes them away again.
#
#   install.sh BIN_DIR PREFIX
#   install.sh --remove PREFIX
set -euo pipefail

prefix=$2
bin=$prefix/bin/larder
bash_completion=$prefix/share/bash-completion/completions/larder
zsh_completion=$prefix/share/zsh/site-functions/_larder
fish_completion=$prefix/share/fish/vendor_completions.d/larder.fish
manual=$prefix/share/man/man1

if [[ $1 == --remove ]]; then
    rm -fv "$bin" "$bash_completion" "$zsh_completion" "$fish_completion" "$manual"/larder.1 "$manual"/larder.*.1
    exit 0
fi

larder=$1/larder
mkdir -p "$(dirname "$bin")" "$(dirname "$bash_completion")" "$(dirname "$zsh_completion")" "$(dirname "$fish_completion")" "$manual"
install -m 0755 "$larder" "$bin"
"$larder" --generate-completion-script bash >"$bash_completion"
"$larder" --generate-completion-script zsh >"$zsh_completion"
"$larder" --generate-completion-script fish >"$fish_completion"

# swift-argument-parser writes the manual pages from the program's own help.
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
swift package --allow-writing-to-directory "$pages" plugin generate-manual \
    --product larder --multi-page --section 1 --output-directory "$pages" >/dev/null
install -m 0644 "$pages"/*.1 "$manual"
echo "Installed $bin with completions for bash, zsh and fish and manual pages (man larder)."

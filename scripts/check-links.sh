#!/usr/bin/env bash
# Every relative link of the documentation leads to a file.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
while IFS= read -r file; do
    while IFS= read -r target; do
        target=${target%%#*}
        [[ -z $target || $target =~ ^[a-z]+: ]] && continue
        if [[ ! -e $(dirname "$file")/$target ]]; then
            echo "$file: link to $target leads nowhere" >&2
            status=1
        fi
    done < <(grep -oE '\]\([^) ]+\)' "$file" | sed 's/^](//; s/)$//')
done < <(git ls-files --cached --others --exclude-standard '*.md')
exit $status

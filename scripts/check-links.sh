#!/usr/bin/env bash
# Every relative link of the documentation leads to a file.
set -euo pipefail
cd "$(dirname "$0")/.."

# Assigned first: a failure of git within the loop's redirection would pass unseen, as a documentation without files.
files=$(git ls-files --cached --others --exclude-standard '*.md')
if [[ -z $files ]]; then
    echo "git lists no Markdown files: nothing was checked" >&2
    exit 1
fi

status=0
while IFS= read -r file; do
    # Deleted, and not yet committed.
    [[ -e $file ]] || continue
    while IFS= read -r target; do
        target=${target%%#*}
        [[ -z $target || $target =~ ^[a-z]+: ]] && continue
        if [[ ! -e $(dirname "$file")/$target ]]; then
            echo "$file: link to $target leads nowhere" >&2
            status=1
        fi
    done < <(grep -oE '\]\([^) ]+\)' "$file" | sed 's/^](//; s/)$//')
done <<<"$files"
exit $status

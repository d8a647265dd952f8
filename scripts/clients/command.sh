# shellcheck shell=bash
# The command line beside the proxy, on one cache.

command_lists() {
    "$bin/larder" ls --no-config --cache "$cache" --json >listed
    grep -qF "\"$origin/texts/shared.html\"" listed
    grep -qF "\"$origin/large/file.bin\"" listed
    none grep -F /no-store/ listed
    grep -qF "\"$secure_origin/texts/proxied.html\"" listed
}
check "larder ls: the entries, while it serves" command_lists
command_prints() {
    "$bin/larder" cat --no-config --cache "$cache" "$origin/texts/shared.html" >body
    same_file body www/texts/shared.html
    "$bin/larder" cat --no-config --cache "$cache" "$origin/large/file.bin" >body
    same_file body www/large/file.bin
}
check "larder cat: a content, while it serves" command_prints
command_counts() {
    local entries hits
    "$bin/larder" stats --no-config --cache "$cache" --json | tee stats
    entries=$(sed -nE 's/.*"entries":([0-9]+).*/\1/p' stats)
    hits=$(sed -nE 's/.*"hit":([0-9]+).*/\1/p' stats)
    ((entries >= 20 && hits >= 20)) || { echo "too few: $entries entries, $hits hits"; return 1; }
}
check "larder stats: entries and hits, while it serves" command_counts
command_shares() {
    "$bin/larder" get --no-config --cache "$cache" "$origin/texts/shared.html" >body
    same_file body www/texts/shared.html
    asked /texts/shared.html "GET 200"
    "$bin/larder" get --no-config --cache "$cache" "$origin/texts/got.html" >body
    get 200 "$origin/texts/got.html"
    hit
    same_file body www/texts/got.html
    asked /texts/got.html "GET 200"
}
check "larder get: what the proxy fetched, and the proxy what it fetched" command_shares

#!/usr/bin/env bash
# Crawls a small site of our own twice through one cache, shows what happened, and fails where it is not what it should be.
#
#   demo.sh BIN_DIR              with a cache of its own, which is removed at the end
#   KEEP=1 LARDER_CACHE=DIR demo.sh BIN_DIR    with the cache in DIR, which stays
#
# PAGES  how many pages the site has; 500 unless told
set -euo pipefail

fail() {
    echo "demo: $*" >&2
    exit 1
}

[[ $# == 1 ]] || fail "usage: demo.sh BIN_DIR, the directory with larder and larder-test-origin"
bin=$(cd "$1" && pwd) || exit 1
for program in larder larder-test-origin; do
    [[ -x $bin/$program ]] || fail "$bin/$program is missing; 'make demo' builds it"
done
pages=${PAGES:-500}
[[ $pages =~ ^[1-9][0-9]*$ ]] || fail "PAGES is a number from 1"

work=$(mktemp -d)
origin=
# Ends the site and waits until it has said what it was asked; its own process only.
stop_origin() {
    [[ -n $origin ]] || return 0
    kill "$origin" 2>/dev/null || true
    wait "$origin" 2>/dev/null || true
    origin=
}
clean_up() {
    stop_origin
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ -n ${KEEP:-} ]]; then
    [[ -n ${LARDER_CACHE:-} ]] || fail "KEEP=1 needs LARDER_CACHE, the directory of the cache that stays"
    [[ $LARDER_CACHE == /* ]] || LARDER_CACHE=$PWD/$LARDER_CACHE
else
    LARDER_CACHE=$work/cache
fi
export LARDER_CACHE
# The user's own settings and proxy are for the user's own crawls.
export XDG_CONFIG_HOME=$work/config no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
PATH=$bin:$PATH

# Shows a command and runs it.
run() {
    echo "\$ $*"
    "$@" || fail "'$*' ended with exit code $?"
}

# One number of the totals that the cache keeps: its requests by outcome, or its bytes; 0 where there is no cache yet.
total() {
    local line
    line=$(larder stats --json 2>/dev/null) || true
    line=$(sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$line")
    echo "${line:-0}"
}
totals() {
    echo "$(total miss) $(($(total hit) + $(total revalidated))) $(total network_bytes) $(total requests) $(total entries)"
}

cd "$work"
larder-test-origin --port 0 --port-file port --pages "$pages" >origin.out 2>origin.log &
origin=$!
for ((waited = 0; ; waited++)); do
    [[ -s port ]] && break
    kill -0 "$origin" 2>/dev/null || fail "the site did not start: $(cat origin.log)"
    ((waited < 300)) || fail "the site did not start within 30 s: $(cat origin.log)"
    sleep 0.1
done
base=http://127.0.0.1:$(<port)
larder-test-origin --pages "$pages" --list "$pages" --base "$base" >urls.txt
echo "A small web site of our own is up at $base/; urls.txt lists its $pages pages."

read -r misses0 answered0 bytes0 requests0 _ <<<"$(totals)"
echo
run larder crawl -i urls.txt
read -r misses1 answered1 bytes1 requests1 entries1 <<<"$(totals)"
[[ $((misses1 - misses0)) == "$pages" && $answered1 == "$answered0" && $((requests1 - requests0)) == "$pages" ]] ||
    fail "the first crawl should have fetched each of $pages pages; it fetched $((misses1 - misses0))"
((bytes1 > bytes0)) || fail "the first crawl should have brought something over the network"
echo "The first time nothing was known: all $pages pages are misses, fetched and stored."

echo
run larder crawl -i urls.txt
read -r misses2 answered2 bytes2 requests2 entries2 <<<"$(totals)"
[[ $((answered2 - answered1)) == "$pages" && $misses2 == "$misses1" && $((requests2 - requests1)) == "$pages" ]] ||
    fail "the second crawl should have found all $pages pages in the cache; it found $((answered2 - answered1))"
[[ $bytes2 == "$bytes1" ]] || fail "the second crawl should have transferred no page; it transferred $((bytes2 - bytes1)) bytes"
[[ $entries2 == "$entries1" ]] || fail "the second crawl should have stored nothing new; there are $((entries2 - entries1)) entries more"
echo "The second time each page was fresh (hit) or confirmed by the server (revalidated): no page was transferred again."

echo
run larder ls -l --sort time --limit 5
echo
run larder show "$base/pages/0.html"
echo
run larder stats

stop_origin
echo
echo "What the site saw of both crawls: $(tail -n 1 origin.log)"
if [[ -n ${KEEP:-} ]]; then
    echo "The cache stays in $LARDER_CACHE."
else
    echo "The site is stopped and this cache removed. For your own list: make crawl URLS=file"
fi

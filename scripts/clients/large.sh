# shellcheck shell=bash
# Large files, slow clients and clients that go away.

# Whether a file has this many bytes.
grown() {
    [[ -e $1 ]] && (($(stat -c %s "$1") >= $2))
}
large_together() {
    local first second
    curl -fsS --no-buffer --max-time 60 --proxy "$proxy" -o first "$origin/large/file.bin" &
    first=$!
    curl -fsS --no-buffer --max-time 60 --proxy "$proxy" -o second "$origin/large/file.bin" &
    second=$!
    until_true grown first 1000000
    until_true grown second 1000000
    # The origin takes four seconds to send it, and says so at the end.
    asked /large/file.bin
    wait "$first"
    wait "$second"
    same_file first www/large/file.bin
    same_file second www/large/file.bin
    asked /large/file.bin "GET 200"
}
check "64 MiB to two clients at once: one request, streamed to both" large_together
large_again() {
    curl -fsS --max-time 60 --proxy "$proxy" -o first "$origin/large/file.bin"
    same_file first www/large/file.bin
    wget_through -q -O second "$origin/large/file.bin"
    same_file second www/large/file.bin
    asked /large/file.bin "GET 200"
}
check "64 MiB from the cache" large_again
rm -f first second

one_comes_late() {
    local early late
    curl -fsS --no-buffer --max-time 30 --proxy "$proxy" -o early "$origin/trickle/late.bin" &
    early=$!
    until_true grown early 1000000
    curl -fsS --no-buffer --max-time 30 --proxy "$proxy" -o late "$origin/trickle/late.bin" &
    late=$!
    until_true grown late 500000
    # The origin is still sending.
    asked /trickle/late.bin
    wait "$early"
    wait "$late"
    same_file late www/trickle/late.bin
    asked /trickle/late.bin "GET 200"
}
check "a client that comes in the middle: served while the rest arrives" one_comes_late
one_leaves() {
    local leaving staying
    curl -sS --no-buffer --max-time 30 --proxy "$proxy" -o leaving "$origin/trickle/shared.bin" &
    leaving=$!
    until_true grown leaving 500000
    curl -fsS --no-buffer --max-time 20 --proxy "$proxy" -D staying.head -o staying "$origin/trickle/shared.bin" &
    staying=$!
    until_true grown staying.head 1
    kill "$leaving"
    wait "$leaving" || true
    wait "$staying"
    same_file staying www/trickle/shared.bin
    asked /trickle/shared.bin "GET 200"
    get 200 "$origin/trickle/shared.bin"
    hit
}
check "a client goes away: another that waits for the same gets all of it" one_leaves
all_leave() {
    local leaving
    curl -sS --no-buffer --max-time 30 --proxy "$proxy" -o leaving "$origin/trickle/alone.bin" &
    leaving=$!
    until_true grown leaving 500000
    kill "$leaving"
    wait "$leaving" || true
    get 200 "$origin/trickle/alone.bin"
    same_file body www/trickle/alone.bin
    kill -0 "$serve"
}
check "a client goes away: the next one gets the whole file" all_leave
one_sleeps() {
    local sleeping
    curl -fsS --no-buffer --max-time 60 --proxy "$proxy" -o sleeping "$origin/trickle/slow.bin" &
    sleeping=$!
    # Where the check fails, it must not sleep on.
    trap 'kill -CONT "$sleeping" && kill "$sleeping"' EXIT
    until_true grown sleeping 200000
    kill -STOP "$sleeping"
    get 200 --max-time 15 "$origin/trickle/slow.bin"
    same_file body www/trickle/slow.bin
    kill -CONT "$sleeping"
    wait "$sleeping"
    trap - EXIT
    same_file sleeping www/trickle/slow.bin
    asked /trickle/slow.bin "GET 200"
}
check "a client that reads nothing for a while holds up nobody, and gets the rest" one_sleeps

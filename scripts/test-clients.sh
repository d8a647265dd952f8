#!/usr/bin/env bash
# Shows that real programs share one cache through `larder serve`: curl, wget, Python's requests, pip and Chromium. The origin is
# nginx, and its log says what it was asked; everything stays on 127.0.0.1.
#
#   test-clients.sh BIN_DIR
set -euo pipefail

[[ $# == 1 ]] || { echo "usage: test-clients.sh BIN_DIR, the directory with larder" >&2; exit 2; }
bin=$(cd "$1" && pwd) || exit 1
[[ -x $bin/larder ]] || { echo "test-clients: $bin/larder is missing; 'make test-clients' builds it" >&2; exit 1; }
clients=$(cd "$(dirname "$0")/clients" && pwd)
# nginx is in sbin, which a user's PATH may not name; Python is Debian's, as its modules are.
PATH=/usr/bin:$PATH:/usr/sbin:/sbin

work=$(mktemp -d)
pids=()
clean_up() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The user's own proxy, settings and caches play no part.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
unset LARDER_CACHE SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE PYTHONPATH PYTHONHOME
for name in "${!PIP_@}"; do unset "$name"; done
export HOME=$work/home XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/caches
export PIP_CONFIG_FILE=/dev/null WGETRC=$work/wgetrc LC_ALL=C
mkdir "$work/home"
: >"$WGETRC"
cd "$work"

# shellcheck source=scripts/clients/support.sh
source "$clients/support.sh"
# shellcheck source=scripts/clients/origin.sh
source "$clients/origin.sh"

# MARK: The proxy

cache=$work/cache
SSL_CERT_FILE=$work/certificate.pem "$bin/larder" serve --no-config --cache "$cache" --listen 127.0.0.1:0 >serve.out 2>serve.log &
serve=$!
pids+=("$serve")
proxy=
for ((waited = 0; waited < 600; waited++)); do
    proxy=$(sed -nE 's,.*(http://127\.0\.0\.1:[0-9]+).*,\1,p' serve.log | head -n 1)
    [[ -n $proxy ]] && break
    kill -0 "$serve" 2>/dev/null || break
    sleep 0.05
done
[[ -n $proxy ]] || { echo "test-clients: larder serve did not start: $(cat serve.log)" >&2; exit 1; }

# MARK: The checks

for part in sharing conditions contents large pip chromium command; do
    # shellcheck source=/dev/null
    source "$clients/$part.sh"
done

# MARK: The end

nothing_foreign() {
    "$bin/larder" ls --no-config --cache "$cache" >listed
    test -s listed
    none grep -vE "https?://127\.0\.0\.1:" listed
}
check "nothing came from another machine" nothing_foreign
# It is this shell's child, so here alone can its exit be waited for.
kill -TERM "$serve"
stopped=0
timeout 15 tail --pid="$serve" -f /dev/null || kill -KILL "$serve"
wait "$serve" || stopped=$?
served_to_the_end() {
    same "exit code" 0 "$stopped" || { cat serve.log; return 1; }
    none grep -iE 'fatal error|crashed|precondition' serve.log
}
check "larder serve: ends with 0 on SIGTERM" served_to_the_end
refused_afterwards() {
    none reaches "$proxy/"
    "$bin/larder" cat --no-config --cache "$cache" "$origin/texts/shared.html" >body
    same_file body www/texts/shared.html
}
check "larder serve: nobody listens any more, and the entries stay" refused_afterwards

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]

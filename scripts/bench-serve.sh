#!/usr/bin/env bash
# Measures hits of a 10 KB page over loopback: `larder serve` beside nginx's proxy_cache with one worker, the same origin, the same
# load, rounds by turns. Then the memory of `larder serve` over many requests, and what idle connections cost.
#
#   bench-serve.sh DIRECTORY-OF-PROGRAMS [SECONDS-PER-ROUND] [ROUNDS] [REQUESTS-FOR-MEMORY]
set -euo pipefail

programs=$1
seconds=${2:-5}
rounds=${3:-5}
requests=${4:-0}
work=$(mktemp -d)
chmod 755 "$work"
pids=()

cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT

PATH="$PATH:/usr/sbin:/sbin"
mkdir "$work/origin"
head -c 7500 /dev/urandom | base64 -w0 | head -c 10000 >"$work/origin/page.html"
read -r origin_port cache_port < <(python3 - <<'PORTS'
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])
PORTS
)

nginx_conf() {
    cat <<CONF
worker_processes 1; daemon off; pid $work/$1.pid; error_log $work/$1.log; worker_rlimit_nofile 65536;
events { worker_connections 20000; }
http {
    access_log off; sendfile on; keepalive_requests 1000000000; client_body_temp_path $work/b; proxy_temp_path $work/p;
    fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    $2
}
CONF
}
nginx_conf origin "server { listen 127.0.0.1:$origin_port; root $work/origin; expires 1h; }" >"$work/origin.conf"
nginx_conf cache "proxy_cache_path $work/cache keys_zone=pages:10m; ${NGINX_EXTRA:-}
    server { listen 127.0.0.1:$cache_port; location / { proxy_pass http://127.0.0.1:$origin_port; proxy_cache pages; } }" \
    >"$work/cache.conf"
for name in origin cache; do
    nginx -c "$work/$name.conf" &
    pids+=($!)
done
ulimit -n 65536 2>/dev/null || true
"$programs/larder" serve --no-config -q --cache "$work/larder" --listen 127.0.0.1:0 \
    --upstream "http://127.0.0.1:$origin_port" 2>"$work/larder.log" &
larder=$!
pids+=("$larder")

larder_port=
for _ in $(seq 100); do
    larder_port=$(sed -nE 's#.*http://127\.0\.0\.1:([0-9]+).*#\1#p' "$work/larder.log" | head -n 1)
    [[ -n $larder_port ]] && break
    sleep 0.1
done
[[ -n $larder_port ]] || { cat "$work/larder.log" >&2; exit 1; }
until curl -fsS -o /dev/null "http://127.0.0.1:$cache_port/page.html" 2>/dev/null; do sleep 0.1; done
curl -fsS -o /dev/null "http://127.0.0.1:$larder_port/page.html"
curl -fsS -o /dev/null -D - "http://127.0.0.1:$larder_port/page.html" | grep -i '^cache-status'

measure() {
    wrk -t1 -c64 -d"${seconds}s" "http://127.0.0.1:$1/page.html" | awk '/Requests\/sec/ { print int($2) } /Non-2xx|Socket errors/ { print "ERRORS", $0 }'
}
resident() {
    awk '/VmRSS/ { print int($2 / 1024) " MiB" }' "/proc/$larder/status"
}
median() {
    sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

for round in $(seq "$rounds"); do
    nginx_rate=$(measure "$cache_port")
    larder_rate=$(measure "$larder_port")
    echo "round $round: nginx $nginx_rate/s, larder $larder_rate/s"
    echo "$nginx_rate" >>"$work/nginx.rates"
    echo "$larder_rate" >>"$work/larder.rates"
done
echo "median: nginx $(median <"$work/nginx.rates")/s, larder $(median <"$work/larder.rates")/s; larder's memory $(resident)"

if ((requests > 0)); then
    done_requests=0
    while ((done_requests < requests)); do
        count=$(wrk -t1 -c64 -d60s "http://127.0.0.1:$larder_port/page.html" | awk '/requests in/ { print $1 }')
        done_requests=$((done_requests + count))
        echo "after $done_requests requests: $(resident)"
    done
fi

before=$(resident)
python3 - "$larder_port" "$work/idle" <<'IDLE' &
import os, resource, socket, sys, time
resource.setrlimit(resource.RLIMIT_NOFILE, (20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
sockets = []
for _ in range(10000):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.sendall(b"GET /page.html HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    sockets.append(s)
for s in sockets:
    data = b""
    while b"\r\n\r\n" not in data or len(data) - data.index(b"\r\n\r\n") - 4 < 10000:
        data += s.recv(65536)
open(sys.argv[2], "w").close()
time.sleep(60)
IDLE
pids+=($!)
until [[ -e $work/idle ]] || ! kill -0 "${pids[-1]}" 2>/dev/null; do sleep 0.2; done
echo "10,000 idle connections: $(resident), before $before"

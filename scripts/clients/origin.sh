# shellcheck shell=bash
# The origin of test-clients.sh: nginx with a page, texts, large files and an index of Python packages, over http and https.

"$clients/site.py" "$work/www"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem 2>openssl.log || { cat openssl.log >&2; exit 1; }

write_nginx_conf() {
    cat >nginx.conf <<CONF
$([[ $(id -u) == 0 ]] && echo 'user root;')
worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 512; }
http {
    types { text/html html; text/plain txt; text/css css; text/javascript js; image/png png; }
    default_type application/octet-stream;
    log_format asked '\$request_method \$uri \$status';
    access_log $work/access.log asked;
    client_body_temp_path $work/uploads; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    client_max_body_size 16m;
    gzip_vary on; gzip_http_version 1.0; gzip_proxied any; gzip_types text/plain;
    server {
        listen 127.0.0.1:$1; listen 127.0.0.1:$2 ssl;
        ssl_certificate $work/certificate.pem; ssl_certificate_key $work/key.pem;
        root $work/www;
        location / { expires 1h; }
        location /simple/ { expires 10m; }
        location /packages/ { add_header Cache-Control "public, max-age=31536000, immutable"; }
        location /gzip/ { gzip on; expires 1h; }
        location /no-store/ { add_header Cache-Control no-store; }
        location /no-cache/ { add_header Cache-Control no-cache; }
        location /private/ { add_header Cache-Control "private, max-age=3600"; }
        location /trickle/ { expires 1h; limit_rate 3m; }
        location /large/ { expires 1h; limit_rate 16m; }
        location = /note { add_header Cache-Control max-age=3600; return 200 "a note\n"; }
        location = /upload { client_body_in_file_only on; proxy_pass http://127.0.0.1:$1/accepted; }
        location = /accepted { access_log off; return 200 "accepted\n"; }
        location = /barrier { access_log off; return 204; }
    }
}
CONF
}
reaches() {
    curl -fs --max-time 5 -o /dev/null "$1"
}
# The system names free ports; another program may take one before nginx does, so there are three attempts.
start_origin() {
    local attempt waited ports pid
    for attempt in 1 2 3; do
        read -r -a ports < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*[each.getsockname()[1] for each in sockets])')
        write_nginx_conf "${ports[@]}"
        origin=http://127.0.0.1:${ports[0]}
        secure_origin=https://127.0.0.1:${ports[1]}
        nginx -c "$work/nginx.conf" -e "$work/nginx.log" >nginx.out 2>&1 &
        pid=$!
        pids+=("$pid")
        for ((waited = 0; waited < 200; waited++)); do
            reaches "$origin/barrier" && return 0
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.05
        done
    done
    echo "test-clients: nginx did not start: $(cat nginx.out nginx.log)" >&2
    exit 1
}
start_origin

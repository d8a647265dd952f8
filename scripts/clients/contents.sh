# shellcheck shell=bash
# Ranges, content codings and https, by curl, wget and Python's requests.

curl_ranges() {
    get 200 "$origin/ranges/file.bin"
    get 206 -r 1000-200999 "$origin/ranges/file.bin"
    same Content-Range "bytes 1000-200999/2097152" "$(field Content-Range)"
    same_file body <(tail -c +1001 www/ranges/file.bin | head -c 200000)
    get 206 -r -1000 "$origin/ranges/file.bin"
    same_file body <(tail -c 1000 www/ranges/file.bin)
    get 206 -r 2097000- "$origin/ranges/file.bin"
    same_file body <(tail -c 152 www/ranges/file.bin)
    get 416 -r 3000000- "$origin/ranges/file.bin"
    same Content-Range "bytes */2097152" "$(field Content-Range)"
    asked /ranges/file.bin "GET 200"
}
check "curl -r: ranges from the whole entry" curl_ranges
wget_continues() {
    head -c 700000 www/ranges/file.bin >file.bin
    wget_through -nv -S -c "$origin/ranges/file.bin" 2>&1 | tee wget.said
    grep -q '206 Partial Content' wget.said
    same_file file.bin www/ranges/file.bin
    asked /ranges/file.bin "GET 200"
}
check "wget -c: the rest of a file from the whole entry" wget_continues
curl_continues() {
    head -c 900000 www/ranges/file.bin >resumed
    curl -fsS --max-time 20 --proxy "$proxy" -C - -o resumed "$origin/ranges/file.bin"
    same_file resumed www/ranges/file.bin
    asked /ranges/file.bin "GET 200"
}
check "curl -C: the rest of a file from the whole entry" curl_continues

# MARK: Content codings

gzip_variants() {
    local round before
    for round in 1 2; do
        get 200 --compressed "$origin/gzip/text.txt"
        same "content coding for curl --compressed" gzip "$(field Content-Encoding)"
        matches Vary '[Aa]ccept-[Ee]ncoding' "$(field Vary)"
        same_file body www/gzip/text.txt
        get 200 "$origin/gzip/text.txt"
        same "content coding for curl" "" "$(field Content-Encoding)"
        same_file body www/gzip/text.txt
        wget_through -q -O body "$origin/gzip/text.txt"
        same_file body www/gzip/text.txt
        same status 200 "$(requests_through "$origin/gzip/text.txt" body)"
        same_file body www/gzip/text.txt
        reaches "$origin/barrier"
        if [[ $round == 1 ]]; then
            before=$(grep -c gzip/text.txt access.log)
        else
            same "requests at the origin after the second round" "$before" "$(grep -c gzip/text.txt access.log)"
        fi
    done
    ((before <= 4)) || { echo "four programs caused $before requests"; return 1; }
}
check "gzip with Vary: each program gets what it understands, once from the origin" gzip_variants

# MARK: TLS

curl_tunnel() {
    get 200 --cacert certificate.pem "$secure_origin/texts/tunnelled.html"
    same_file body www/texts/tunnelled.html
    wget_through -q --ca-certificate=certificate.pem -O body "$secure_origin/texts/tunnelled.html"
    same_file body www/texts/tunnelled.html
    same status 200 "$(requests_through "$secure_origin/texts/tunnelled.html" body certificate.pem)"
    same_file body www/texts/tunnelled.html
    asked /texts/tunnelled.html "GET 200" "GET 200" "GET 200"
}
check "curl, wget, requests: https in a tunnel, past the cache" curl_tunnel
curl_tunnel_refused() {
    none curl -fsS --max-time 20 --proxy "$proxy" -o body "$secure_origin/texts/tunnelled.html"
}
check "curl: https with a certificate that it does not trust fails in the client" curl_tunnel_refused
tls_gateway() {
    curl -fsS --max-time 20 -o body "$proxy/$secure_origin/texts/proxied.html"
    same_file body www/texts/proxied.html
    wget -q --tries=1 --timeout=20 -O body "$proxy/$secure_origin/texts/proxied.html"
    same_file body www/texts/proxied.html
    asked /texts/proxied.html "GET 200"
}
check "curl, wget: https by a gateway URL, from the cache" tls_gateway

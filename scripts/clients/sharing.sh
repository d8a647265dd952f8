# shellcheck shell=bash
# curl, wget and Python's requests share entries, however they ask.

wget_through() {
    http_proxy=$proxy https_proxy=$proxy timeout 30 wget --tries=1 --timeout=20 "$@"
}
requests_through() {
    http_proxy=$proxy https_proxy=$proxy timeout 30 /usr/bin/python3 "$clients/fetch.py" "$@"
}

curl_first() {
    get 200 "$origin/texts/shared.html"
    same_file body www/texts/shared.html
    forwarded uri-miss
    matches Via larder "$(field Via)"
    asked /texts/shared.html "GET 200"
}
check "curl: fetches once" curl_first
curl_again() {
    get 200 "$origin/texts/shared.html"
    same_file body www/texts/shared.html
    hit
    asked /texts/shared.html "GET 200"
}
check "curl: again, from the cache" curl_again
curl_old() {
    get 200 --http1.0 "$origin/texts/shared.html"
    same_file body www/texts/shared.html
    asked /texts/shared.html "GET 200"
}
check "curl: from the cache with HTTP/1.0" curl_old
curl_environment() {
    http_proxy=$proxy curl -fsS --max-time 20 -o body "$origin/texts/shared.html"
    same_file body www/texts/shared.html
    asked /texts/shared.html "GET 200"
}
check "curl: with http_proxy, from the cache" curl_environment
curl_gateway() {
    curl -fsS --max-time 20 -D head -o body "$proxy/$origin/texts/shared.html"
    same_file body www/texts/shared.html
    hit
    asked /texts/shared.html "GET 200"
}
check "curl: by a gateway URL, from the same entry" curl_gateway
wget_shared() {
    wget_through -q -O body "$origin/texts/shared.html"
    same_file body www/texts/shared.html
    asked /texts/shared.html "GET 200"
}
check "wget: what curl fetched, from the cache" wget_shared
requests_shared() {
    same status 200 "$(requests_through "$origin/texts/shared.html" body)"
    same_file body www/texts/shared.html
    asked /texts/shared.html "GET 200"
}
check "requests: what curl fetched, from the cache" requests_shared
wget_first() {
    wget_through -q -O body "$origin/texts/wget.html"
    get 200 "$origin/texts/wget.html"
    hit
    same_file body www/texts/wget.html
    asked /texts/wget.html "GET 200"
}
check "wget: what it fetched, curl has from the cache" wget_first
requests_first() {
    same status 200 "$(requests_through "$origin/texts/requests.html" body)"
    same_file body www/texts/requests.html
    wget_through -q -O body "$origin/texts/requests.html"
    same_file body www/texts/requests.html
    asked /texts/requests.html "GET 200"
}
check "requests: what it fetched, wget has from the cache" requests_first
curl_kept_open() {
    local connections
    connections=$(curl -fsS --max-time 20 --proxy "$proxy" -w '%{num_connects} ' -o body "$origin/texts/shared.html" \
        -o body2 "$origin/texts/shared.html" -o body3 "$origin/texts/wget.html")
    same "connections opened" "1 0 0 " "$connections"
    same_file body2 www/texts/shared.html
    same_file body3 www/texts/wget.html
}
check "curl: keeps its connection" curl_kept_open

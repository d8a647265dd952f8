# shellcheck shell=bash
# Conditional requests, methods and directives, by curl and wget.

wget_timestamps() {
    mkdir -p stamped
    wget_through -q -P stamped -N "$origin/texts/conditional.html"
    wget_through -nv -S -P stamped -N "$origin/texts/conditional.html" 2>&1 | tee wget.said
    grep -q '304 Not Modified' wget.said
    same_file stamped/conditional.html www/texts/conditional.html
    asked /texts/conditional.html "GET 200"
}
check "wget -N: 304 from the cache" wget_timestamps
curl_newer() {
    get 200 "$origin/texts/newer.html"
    get 304 -z www/texts/newer.html "$origin/texts/newer.html"
    test ! -s body
    get 200 -z 'Thu, 01 Jan 1998 00:00:00 GMT' "$origin/texts/newer.html"
    same_file body www/texts/newer.html
    asked /texts/newer.html "GET 200"
}
check "curl -z: 304 from the cache, or the page where it is newer" curl_newer
curl_etag() {
    get 200 --etag-save etag.txt "$origin/texts/tagged.html"
    get 304 --etag-compare etag.txt "$origin/texts/tagged.html"
    test ! -s body
    same "ETag of the 304" "$(tr -d '\n' <etag.txt)" "$(field ETag)"
    get 200 -H 'If-None-Match: "another"' "$origin/texts/tagged.html"
    same_file body www/texts/tagged.html
    asked /texts/tagged.html "GET 200"
}
check "curl: If-None-Match, 304 from the cache, or the page where it is another" curl_etag
curl_head() {
    get 200 "$origin/texts/headed.html"
    get 200 -I "$origin/texts/headed.html"
    hit
    same Content-Length "$(stat -c %s www/texts/headed.html)" "$(field Content-Length)"
    asked /texts/headed.html "GET 200"
}
check "curl -I: HEAD from the entry of a GET" curl_head
curl_reload() {
    get 200 "$origin/texts/reload.html"
    get 200 -H 'Cache-Control: no-cache' "$origin/texts/reload.html"
    same_file body www/texts/reload.html
    asked /texts/reload.html "GET 200" "GET 304"
}
check "curl: no-cache in the request asks the origin, which confirms" curl_reload
curl_only_if_cached() {
    get 504 -H 'Cache-Control: only-if-cached' "$origin/texts/kept.html"
    asked /texts/kept.html
    get 200 "$origin/texts/kept.html"
    get 200 -H 'Cache-Control: only-if-cached' "$origin/texts/kept.html"
    asked /texts/kept.html "GET 200"
}
check "curl: only-if-cached never asks the origin" curl_only_if_cached
curl_no_store() {
    get 200 "$origin/no-store/text.html"
    get 200 "$origin/no-store/text.html"
    same_file body www/no-store/text.html
    asked /no-store/text.html "GET 200" "GET 200"
}
check "curl: no-store is fetched each time" curl_no_store
curl_no_cache() {
    get 200 "$origin/no-cache/text.html"
    get 200 "$origin/no-cache/text.html"
    same_file body www/no-cache/text.html
    asked /no-cache/text.html "GET 200" "GET 304"
}
check "curl: no-cache is confirmed each time" curl_no_cache
curl_private() {
    get 200 "$origin/private/text.html"
    get 200 "$origin/private/text.html"
    asked /private/text.html "GET 200" "GET 200"
    get 200 -u user:password "$origin/secret/text.html"
    get 200 "$origin/secret/text.html"
    same_file body www/secret/text.html
    asked /secret/text.html "GET 200" "GET 200"
}
check "curl: private answers, and answers to Authorization, are shared with nobody" curl_private
curl_missing() {
    get 404 "$origin/texts/missing.html"
    asked /texts/missing.html "GET 404"
}
check "curl: 404 is passed on" curl_missing
curl_refused() {
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    get 502 "http://127.0.0.1:$port/"
    test -s body
}
check "curl: 502 where nobody listens" curl_refused
curl_loop() {
    get 508 "$proxy/$origin/texts/shared.html"
}
check "curl: 508 where the proxy is asked for itself through itself" curl_loop
curl_post() {
    head -c 3000000 www/large/file.bin >posted
    get 200 --data-binary @posted -H 'Expect: 100-continue' "$origin/upload"
    same content accepted "$(cat body)"
    until_true test -n "$(find uploads -type f)"
    same_file posted "$(find uploads -type f | head -n 1)"
    asked /upload "POST 200"
    find uploads -type f -delete
    get 200 --data-binary @- -H 'Transfer-Encoding: chunked' "$origin/upload" <posted
    same_file posted "$(find uploads -type f | head -n 1)"
    asked /upload "POST 200" "POST 200"
}
check "curl: POST passes through, by length and chunked" curl_post
curl_invalidates() {
    get 200 "$origin/note"
    get 200 "$origin/note"
    hit
    get 200 -d text "$origin/note"
    get 200 "$origin/note"
    asked /note "GET 200" "POST 200" "GET 200"
}
check "curl: POST to a page drops its entry" curl_invalidates

# shellcheck shell=bash
# Chromium loads a page with its images, and wget finds its parts in the cache.

# browse PROFILE URL OPTION...: the document as Chromium has it after loading goes to the file `dom`, a picture to `shot.png`. Only
# http goes through the proxy, and no name is looked up, so that the browser's own errands stay on this machine.
browse() {
    local profile=$1 url=$2
    shift 2
    local options=(--headless --disable-gpu --disable-dev-shm-usage --no-first-run --no-default-browser-check --no-pings
        --disable-background-networking --disable-component-update --disable-sync --disable-default-apps --disable-extensions
        --disable-domain-reliability --disable-client-side-phishing-detection
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        --window-size=800,600 --timeout=20000)
    # Chromium refuses its sandbox to root.
    if [[ $(id -u) == 0 ]]; then options+=(--no-sandbox); fi
    rm -f dom shot.png
    timeout 40 chromium "${options[@]}" --user-data-dir="$work/$profile" "$@" --screenshot="$work/shot.png" --dump-dom "$url" \
        >dom 2>chromium.log || { tail -n 20 chromium.log; return 1; }
    rm -rf "${work:?}/$profile"
}
whole_page() {
    local seen
    seen=$(sed -nE 's/.*<pre id="seen">(.*)<\/pre>.*/\1/p' dom)
    same "what the page's script saw" "[red 64x48; green 80x60; blue 96x72; rgb(1, 2, 3)]" "$seen" ||
        { tail -n 20 chromium.log; return 1; }
}
# The page and all its parts came once from the origin.
page_asked_once() {
    local path
    for path in page.html style.css script.js images/red.png images/green.png images/blue.png; do
        asked "/site/$path" "GET 200"
    done
}
chromium_proxied() {
    browse "$1" "$origin/site/page.html" --proxy-server="http=${proxy#http://}" --proxy-bypass-list='<-loopback>'
    whole_page
    same "the picture's first bytes" "89504e470d0a1a0a" "$(od -An -tx1 -N8 shot.png | tr -d ' ')"
    page_asked_once
}
check "chromium: a page with its images, style sheet and script" chromium_proxied profile1
check "chromium: again with a new profile, all from the cache" chromium_proxied profile2
# How many answers came from the cache so far, by the proxy's own account.
hits() {
    curl -s --noproxy '*' "$proxy/larder/status" | sed -nE 's/.*"hit":([0-9]+).*/\1/p'
}
# To a browser all sites behind gateway addresses are one, so no script of theirs runs: the proxy's account says what was loaded.
chromium_gateway() {
    local before
    before=$(hits)
    browse profile3 "$proxy/$origin/site/page.html"
    # Perhaps the script as well, which the browser may fetch before it knows that it must not run it.
    (($(hits) - before >= 5)) || {
        echo "page, style sheet and three images are not all from the cache: $before hits before, $(hits) after"
        return 1
    }
    same "the page's script" "" "$(sed -nE 's/.*<pre id="seen">(.*)<\/pre>.*/\1/p' dom)"
    page_asked_once
}
check "chromium: by a gateway URL, with relative links, from the same entries, without scripts" chromium_gateway
wget_page() {
    wget_through -q -p -e robots=off -P page "$origin/site/page.html"
    same_file "$(find page -name blue.png)" www/site/images/blue.png
    page_asked_once
}
check "wget -p: the page with its parts, from the browser's entries" wget_page

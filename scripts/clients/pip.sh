# shellcheck shell=bash
# pip installs from an index of its own through the proxy.

install_with_pip() {
    timeout 60 /usr/bin/python3 -m pip --isolated --disable-pip-version-check --no-cache-dir --no-input install --no-deps \
        --index-url "$origin/simple/" --target "$1" "${@:2}" larder-sample
    same "what the package says" "hello from the wheel" \
        "$(PYTHONPATH=$1 /usr/bin/python3 -c 'import larder_sample; print(larder_sample.GREETING)')"
}
pip_first() {
    install_with_pip "$work/pip1" --proxy "$proxy"
    asked /simple/larder-sample/index.html "GET 200"
    asked /packages/larder_sample-1.0-py3-none-any.whl "GET 200"
}
check "pip: installs a package from an index" pip_first
index_aged() {
    get 200 -I "$origin/simple/larder-sample/"
    (($(field Age) >= 1))
}
pip_again() {
    # pip asks for an index with max-age=0, which an answer of the same second satisfies (RFC 9111 section 5.2.1.1); an older one
    # is confirmed by the origin.
    until_true index_aged
    http_proxy=$proxy install_with_pip "$work/pip2"
    asked /simple/larder-sample/index.html "GET 200" "GET 304"
    asked /packages/larder_sample-1.0-py3-none-any.whl "GET 200"
}
check "pip: again, with http_proxy, the package from the cache, the index confirmed" pip_again

#!/usr/bin/env bash
# Tests what a newcomer meets: the demonstration, the tour of README.md and the installation, with programs that are built.
#
#   test-demo.sh BIN_DIR
set -euo pipefail

[[ $# == 1 ]] || { echo "usage: test-demo.sh BIN_DIR, the directory with larder and larder-test-origin" >&2; exit 2; }
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
origin=
serve=
clean_up() {
    local pid
    for pid in $origin $serve; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0
failed=0
# check NAME COMMAND...: counts whether the command succeeds; what it says is shown where it does not.
check() {
    local name=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        sed 's/^/    /' "$work/said"
    fi
}

export XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/caches
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY LARDER_CACHE KEEP PAGES MAKEFLAGS MAKELEVEL

# MARK: The demonstration

demo=$work/demo.out
demo_status=0
"$root/scripts/demo.sh" "$bin" >"$demo" 2>"$work/demo.err" </dev/null || demo_status=$?
shows() {
    grep -qE -- "$1" "$demo" || {
        echo "no line like '$1' in:"
        cat "$demo" "$work/demo.err"
        return 1
    }
}
check "demo: ends well" test "$demo_status" = 0
check "demo: says nothing on standard error" test ! -s "$work/demo.err"
check "demo: writes no control characters where there is no terminal" bash -c '! grep -q "[[:cntrl:]]" "$1"' - "$demo"
check "demo: the first crawl is all misses" shows '^  miss +500 +100%$'
check "demo: the second crawl is fresh or revalidated" bash -c \
    'set -- $(sed -nE "s/^  (hit|revalidated) +([0-9]+) .*/\2/p" "$1"); [[ $# == 2 && $(($1 + $2)) == 500 ]]' - "$demo"
check "demo: the second crawl transfers nothing" shows '^over the network +0 B$'
check "demo: lists entries" shows '^200  text/html .*/pages/[0-9]+\.html$'
check "demo: shows an entry" shows '^  etag +"'
check "demo: shows totals" shows '^from the cache +500  50%$'
check "demo: the site saw no page twice" shows '\(200: 500, 304: [0-9]+\)$'

fails_saying() {
    local sentence=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then
        echo "it ended well"
        return 1
    fi
    grep -q -- "$sentence" "$work/err" || {
        echo "it did not say '$sentence' but:"
        cat "$work/err"
        return 1
    }
}
mkdir "$work/empty" "$work/reloading"
check "demo: names a program that is missing" fails_saying 'is missing' "$root/scripts/demo.sh" "$work/empty"
cat >"$work/reloading/larder" <<SCRIPT
#!/usr/bin/env bash
[[ \$1 == crawl ]] && set -- "\$@" --reload
exec "$bin/larder" "\$@"
SCRIPT
chmod +x "$work/reloading/larder"
ln -s "$bin/larder-test-origin" "$work/reloading/larder-test-origin"
check "demo: fails where the cache is not used" fails_saying 'the second crawl should' "$root/scripts/demo.sh" "$work/reloading"
check "demo: keeps the cache where asked" env KEEP=1 LARDER_CACHE="$work/kept" "$root/scripts/demo.sh" "$bin"
check "demo: the kept cache is there" "$bin/larder" stats --cache "$work/kept"
rm -rf "$work/kept"

# MARK: The tour of README.md

# The tour stands in README.md as ```console blocks: `$ ` before a command, its output below. A command ends well unless
# `$ echo $?` follows. A line `...` stands for any lines. Sizes, times and rates may differ; everything else must be as written.
tour=$work/tour
mkdir "$tour" "$work/home"
(cd "$work" && exec "$bin/larder-test-origin" --port 0 --port-file "$work/port" >/dev/null 2>"$work/origin.log") &
origin=$!
for ((waited = 0; waited < 300; waited++)); do
    [[ -s $work/port ]] && break
    sleep 0.1
done
[[ -s $work/port ]] || { echo "the test site did not start: $(cat "$work/origin.log")" >&2; exit 1; }
base=http://127.0.0.1:$(<"$work/port")
# Here and not by the program's own redirection, which may come after the first look into it.
: >"$work/serve.log"
"$bin/larder" serve --listen 127.0.0.1:0 2>>"$work/serve.log" &
serve=$!
proxy=
for ((waited = 0; waited < 300; waited++)); do
    proxy=$(sed -nE 's,.*(http://127\.0\.0\.1:[0-9]+).*,\1,p' "$work/serve.log" | head -n 1)
    [[ -n $proxy ]] && break
    sleep 0.1
done
[[ -n $proxy ]] || { echo "larder serve did not start: $(cat "$work/serve.log")" >&2; exit 1; }

awk -v tour="$tour" '
    /^```console$/ { inside = 1; next }
    /^```/ { inside = 0 }
    !inside { next }
    /^\$ / { count++; print substr($0, 3) > (tour "/" count ".command"); close(tour "/" count ".command"); next }
    count { print > (tour "/" count ".expected") }
' "$root/README.md"
sed -i -e "s,http://127\.0\.0\.1:8080,$base,g" -e "s,http://127\.0\.0\.1:8118,$proxy,g" "$tour"/*

count=$(find "$tour" -name '*.command' | wc -l)
check "tour: README.md has one" test "$count" -ge 8
# One shell runs them all, for `$?` and the files they make.
for ((i = 1; i <= count; i++)); do
    printf '{ %s\n} >%s 2>&1; status=$?; echo $status >%s; (exit $status)\n' \
        "$(<"$tour/$i.command")" "$tour/$i.said" "$tour/$i.status"
    touch "$tour/$i.expected"
done >"$work/tour.sh"
(
    cd "$work/home"
    # `make` builds in the tour; here the programs are built already.
    make() { command make --no-print-directory -f "$root/Makefile" "$@"; }
    export BIN_DIR=$bin PATH=$bin:$PATH
    # As in the shell of a reader: a program that `head` leaves is no failure.
    set +eu +o pipefail
    # shellcheck source=/dev/null
    source "$work/tour.sh"
)

# Takes out what differs from run to run, or from one version of zlib to another.
settled() {
    sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}Z/TIME/g' -e 's/[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT/TIME/g' \
        -e 's/[0-9.,]+ ?(ms|s|m|h|d)\b/SPAN/g' -e 's/SPAN( SPAN)+/SPAN/g' \
        -e 's/[0-9.,]+ (B|[KMGT]iB)( |$)/SIZE\2/g' -e 's/[0-9,]+ (bytes|stored)/SIZE \1/g' -e 's/(Content-Length:) [0-9]+/\1 SIZE/' \
        -e 's/^(URLs a second) .*/\1 RATE/' -e 's/("[a-z_]+_bytes":)[0-9]+/\1SIZE/g' \
        -e 's/("(elapsed_ms|urls_per_second|longest_commit_ms)":)[0-9.]+/\1RATE/g' -e 's/[0-9a-f]{64}/DIGEST/g' -e 's/"[0-9a-f]{16}(-gzip)?"/"TAG\1"/g' \
        -e 's/ +/ /g' -e 's/ $//' "$1"
}
# Each expected line comes, in this order, and between two `...` nothing else.
agrees() {
    diff -u <(settled "$1" | grep -v '^$') <(settled "$2" | grep -v '^$') >"$work/diff" && return 0
    grep -q '^\.\.\.$' "$1" && awk '
        NR == FNR { if ($0 == "...") gap = 1; else { expected[++n] = $0; free[n] = gap; gap = 0 }; next }
        { said[++m] = $0 }
        END {
            line = 1
            for (i = 1; i <= n; i++) {
                while (free[i] && line <= m && said[line] != expected[i]) line++
                if (line > m || said[line] != expected[i]) { print "missing: " expected[i]; exit 1 }
                line++
            }
            if (!gap && line <= m) { print "too much: " said[line]; exit 1 }
        }' <(settled "$1" | grep -v '^$') <(settled "$2" | grep -v '^$') && return 0
    cat "$work/diff"
    return 1
}
for ((i = 1; i <= count; i++)); do
    command=$(<"$tour/$i.command")
    next=
    [[ -f $tour/$((i + 1)).command ]] && next=$(<"$tour/$((i + 1)).command")
    status=$(cat "$tour/$i.status" 2>/dev/null || echo none)
    # shellcheck disable=SC2016
    if [[ $next != 'echo $?' && $status != 0 ]]; then
        check "tour: '$command' ends well" bash -c 'echo "exit code $1"; cat "$2"; false' - "$status" "$tour/$i.said"
    elif [[ $command == make* ]]; then
        check "tour: '$command' ends well" test "$status" = 0
    else
        check "tour: '$command' says what README.md shows" agrees "$tour/$i.expected" "$tour/$i.said"
    fi
done

kill "$serve"
check "serve: ends with 0 on SIGTERM" wait "$serve"
serve=

# MARK: The installation

prefix=$work/prefix
check "install: ends well" "$root/scripts/install.sh" "$bin" "$prefix"
check "install: the program runs" "$prefix/bin/larder" --version
check "install: completions for bash are a script" bash -n "$prefix/share/bash-completion/completions/larder"
check "install: completions for bash know the commands" grep -q crawl "$prefix/share/bash-completion/completions/larder"
check "install: completions for zsh" grep -q '^#compdef larder' "$prefix/share/zsh/site-functions/_larder"
check "install: completions for fish" grep -q 'complete -c .*larder' "$prefix/share/fish/vendor_completions.d/larder.fish"
check "install: a manual page of the program" grep -q '^\.Nd' "$prefix/share/man/man1/larder.1"
for command in $("$bin/larder" --help | sed -n '/^SUBCOMMANDS:/,$s/^  \([a-z][a-z]*\)  .*/\1/p'); do
    check "install: a manual page of larder $command" grep -q '^\.Nd' "$prefix/share/man/man1/larder-$command.1"
done
check "install: is removed again" "$root/scripts/install.sh" --remove "$prefix"
check "install: leaves no file behind" bash -c '[[ -z $(find "$1" -type f) ]]' - "$prefix"
check "install: names a program that is missing" fails_saying 'is missing' "$root/scripts/install.sh" "$work/empty" "$prefix"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]

# shellcheck shell=bash
# What the checks of test-clients.sh are made of. That script sets what they use: the directory `work`, the URLs `proxy` and
# `origin`.

passed=0
failed=0
# check NAME COMMAND...: whether the command, a function here, ends well; any command of it that fails, fails it.
check() {
    local name=$1 status=0
    shift
    set +e
    (
        set -e
        "$@"
    ) >"$work/said" 2>&1
    status=$?
    set -e
    if [[ $status == 0 ]]; then
        passed=$((passed + 1))
        echo "ok $((passed + failed)) $name"
    else
        failed=$((failed + 1))
        echo "FAILED $((passed + failed)) $name"
        grep -v dbus "$work/said" | sed 's/^/    /' || true
    fi
}

# same WHAT EXPECTED FOUND
same() {
    [[ $2 == "$3" ]] || { printf '%s: expected\n  %s\nfound\n  %s\n' "$1" "$2" "$3"; return 1; }
}
# matches WHAT PATTERN FOUND
matches() {
    [[ $3 =~ $2 ]] || { printf '%s: expected something like\n  %s\nfound\n  %s\n' "$1" "$2" "$3"; return 1; }
}
# none COMMAND...: fails where the command ends well; `!` does not stop a function.
none() {
    if "$@"; then
        echo "this should have failed: $*"
        return 1
    fi
}
same_file() {
    cmp "$1" "$2" || { ls -l "$1" "$2"; return 1; }
}
# Waits until the command succeeds, at most 15 s.
until_true() {
    local waited
    for ((waited = 0; waited < 300; waited++)); do
        "$@" && return 0
        sleep 0.05
    done
    echo "waited in vain for: $*"
    return 1
}

# asked PATH ["METHOD STATUS"...]: what the origin was asked for a path since it started, whole and in order.
asked() {
    local path=$1 expected='' found
    shift
    if (($# > 0)); then expected=$(printf '%s, ' "$@"); fi
    # The origin's only worker has logged what it answered before when it answers this.
    curl -fsS --max-time 10 -o /dev/null "$origin/barrier"
    found=$(awk -v path="$path" '$2 == path { printf "%s %s, ", $1, $3 }' "$work/access.log")
    same "requests for $path at the origin" "$expected" "$found"
}

# get STATUS URL OPTION...: fetches with curl through the proxy; the answer is in the files `head` and `body` then.
get() {
    local expected=$1 status
    shift
    rm -f head body
    status=$(curl -sS --max-time 30 --proxy "$proxy" --suppress-connect-headers -D head -o body -w '%{http_code}' "$@")
    same "status of curl $*" "$expected" "$status" || { cat head; return 1; }
    touch body
}
# The value of a field of the last answer.
field() {
    sed -nE "s/^$1: *(.*[^ ]) *\r?\$/\1/Ip" head | tr -d '\r' | tail -n 1
}
hit() {
    matches "Cache-Status" '^larder;.*hit' "$(field Cache-Status)"
    matches "Age" '^[0-9]+$' "$(field Age)"
}
forwarded() {
    matches "Cache-Status" "^larder;.*fwd=$1" "$(field Cache-Status)"
}

#!/usr/bin/env bash
# The base and pure targets import each other and small libraries of values, nothing that knows a clock, a file or a socket. The
# compiler checks what a target declares; this checks what may be declared.
set -euo pipefail
cd "$(dirname "$0")/.."

allowed='HTTPSemantics|HTTPCaching|CrawlPolicy|LinkExtraction|ContentCoding|CZlib|DequeModule|HeapModule|Synchronization'
status=0
for target in HTTPSemantics HTTPCaching CrawlPolicy LinkExtraction ContentCoding; do
    [[ -d Sources/$target ]] || continue
    if grep -nrE '^[[:space:]]*(@testable +|@preconcurrency +)?((package|public|internal|private|fileprivate) +)?import ' "Sources/$target" --include='*.swift' |
        grep -vE "import (struct |class |enum |func )?($allowed)(\.[A-Za-z]+)?$"; then
        echo "Sources/$target is pure: it may import only ${allowed//|/, }." >&2
        status=1
    fi
    if grep -nrE '\b(ContinuousClock|SuspendingClock|SystemRandomNumberGenerator|clock_gettime|gettimeofday)\b|Date\(\)|\.random\(in: [^)]*\)$' "Sources/$target" --include='*.swift'; then
        echo "Sources/$target is pure: clock and randomness come as arguments." >&2
        status=1
    fi
done
exit $status

#!/usr/bin/env bash
# The documentation of the library as web pages: docs.sh OUTPUT. Fails where a public declaration lacks its comment, and at any warning
# of docc: a link that leads nowhere, a parameter that is not there.
set -euo pipefail
cd "$(dirname "$0")/.."
output=$1

docc=$(dirname "$(readlink -f "$(command -v swift)")")/docc
if [[ ! -x $docc ]]; then
    echo "docc is missing beside the compiler; install the whole toolchain from https://www.swift.org/install/" >&2
    exit 1
fi

bin=$(swift build --show-bin-path)
graphs=$bin/Larder.symbol-graphs
rm -rf "$graphs" "$output"
mkdir -p "$graphs"
# Of every target; only the library has public declarations that anybody is to read about.
if ! log=$(swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members 2>&1); then
    echo "$log" >&2
    exit 1
fi
cp "$(dirname "$bin")/symbolgraph/Larder.symbols.json" "$graphs"

/usr/bin/python3 - "$graphs/Larder.symbols.json" <<'PYTHON'
import json, sys

missing = []
symbols = json.load(open(sys.argv[1]))["symbols"]
for symbol in symbols:
    # What a conformance demands is documented by its protocol.
    if not symbol.get("docComment") and symbol["kind"]["identifier"] != "swift.extension":
        missing.append(".".join(symbol["pathComponents"]))
if not symbols:
    sys.exit("Larder has no public declaration: nothing was checked")
if missing:
    sys.exit("without a documentation comment: " + ", ".join(sorted(missing)))
PYTHON

"$docc" convert Sources/Larder/Larder.docc --additional-symbol-graph-dir "$graphs" --output-dir "$output" \
    --fallback-display-name Larder --fallback-bundle-identifier larder.Larder --warnings-as-errors

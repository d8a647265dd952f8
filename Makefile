# Larder. `make help` lists the commands. Everything a command needs is installed or named by the command itself.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
# What `make demo`, `make crawl` and `make install` build: release or debug.
CONFIGURATION ?= release
# The directory of programs that are built already, absolute; then the same commands build nothing.
BIN_DIR ?=
# Which cases `make conformance` puts: those whose id begins so; empty for all.
ONLY ?=

# Warnings fail our own builds; Package.swift says why this is a variable.
export LARDER_WARNINGS_AS_ERRORS := 1

SWIFT_BUILD := swift build --configuration $(CONFIGURATION) --static-swift-stdlib
# Asked for by the shell, after the build.
PROGRAMS = $(or $(BIN_DIR),$$($(SWIFT_BUILD) --show-bin-path))
SOURCES := Package.swift Sources Tests Examples

.PHONY: help setup setup-test setup-clients setup-bench build build-demo build-benchmarks demo crawl need-urls test test-unit test-system test-clients conformance \
	check-crawl bench bench-quick bench-serve bench-share bench-hosts bench-crawl bench-frontier bench-parts torture docs example format lint check check-imports check-links install uninstall clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## install the system libraries that a build needs, where allowed
	@scripts/require.sh swift git pkg:libsqlite3-dev pkg:zlib1g-dev

setup-test: setup
	@scripts/require.sh nginx:nginx-light curl:curl openssl:openssl sqlite3:sqlite3 pkg:python3-html5lib doc:python3-doc 'doc:postgresql-doc-15|postgresql-doc-16|postgresql-doc-17|postgresql-doc-18'

ifeq ($(BIN_DIR),)
build: setup  ## build the program (CONFIGURATION=release|debug)
	@echo "Building larder; the first build compiles the libraries too and takes 5 to 15 minutes on two cores."
	$(SWIFT_BUILD) --product larder

build-demo: build
	$(SWIFT_BUILD) --product larder-test-origin

build-benchmarks: setup
	$(SWIFT_BUILD) --product Benchmarks
else
build build-demo build-benchmarks:
endif

demo: build-demo  ## crawl a small site of our own twice through one cache
	@scripts/demo.sh "$(PROGRAMS)"

crawl: need-urls build  ## crawl your own list: make crawl URLS=file
	@"$(PROGRAMS)/larder" crawl -i "$(URLS)"

need-urls:
	@test -n "$(URLS)" || { echo "make crawl URLS=file, a file with one URL a line" >&2; exit 2; }

test: test-unit test-system  ## run every test

# Few tests at a time, where this Swift can be told so: of 1,500 begun at once each waits for all others while its own time limits
# run. Nothing but the limits depends on it.
AT_ONCE = $(eval AT_ONCE := $(shell swift test --help-hidden 2>/dev/null | \
	grep -o -e '--experimental-maximum-parallelization-width ' | head -n 1))$(AT_ONCE)
at-once = $(if $(AT_ONCE),$(AT_ONCE) $1)

test-unit: setup-test
	@echo "Building the tests; the first build compiles the libraries too and takes 3 to 10 minutes on two cores."
	swift build --build-tests --explicit-target-dependency-import-check error
	swift test --skip-build $(call at-once,4) --skip 'EndToEndTests|ConformanceTests|ConnectionEndTests|LarderTests'
	@# By themselves: they start programs, or look at the time that passes, which two cores cannot do beside all the other tests.
	swift test --skip-build --filter ConnectionEndTests
	swift test --skip-build --filter LarderTests
	swift test --skip-build --filter ConformanceTests
	swift test --skip-build $(call at-once,8) --filter EndToEndTests --skip 'TortureTests|EndToEndTests.ManyProcesses|EndToEndTests.SizeLimit'
	swift test --skip-build --filter 'TortureTests|EndToEndTests.ManyProcesses|EndToEndTests.SizeLimit'

test-system: setup-test
	swift build
	@scripts/test-demo.sh "$$(swift build --show-bin-path)"

setup-clients: setup-test
	@scripts/require.sh wget chromium /usr/bin/python3:python3 pkg:python3-requests pkg:python3-pip

test-clients: setup-clients  ## test `larder serve` with curl, wget, requests, pip and Chromium
	swift build
	@scripts/test-clients.sh "$$(swift build --show-bin-path)"

conformance: setup  ## put the cases from the RFCs to `larder serve`: make conformance ONLY=9111-4.2
	swift build --build-tests
	LARDER_CONFORMANCE_ONLY="$(ONLY)" swift test --skip-build --filter ConformanceTests

check-crawl: setup-test  ## crawl Debian's documentation and compare with what html5lib's links lead to
	@scripts/require.sh /usr/bin/python3:python3 pkg:python3-html5lib doc:sqlite3-doc
	swift build
	@/usr/bin/python3 scripts/check-crawl.py "$$(swift build --show-bin-path)" python3-doc \
		"$$(basename "$$(ls -d /usr/share/doc/postgresql-doc-* | sort -V | tail -n 1)")" sqlite3-doc

setup-bench:
	@scripts/require.sh nginx:nginx-light openssl wrk /usr/bin/python3:python3 pkg:python3-venv doc:python3-doc \
		'doc:postgresql-doc-15|postgresql-doc-16|postgresql-doc-17|postgresql-doc-18' doc:sqlite3-doc

bench: build setup-bench  ## measure larder beside other programs on real pages, which it installs: make bench ROUNDS=5 ONLY=cold-gzip
	@scripts/bench.py "$(PROGRAMS)" $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ONLY),--only "$(ONLY)",--output docs/benchmarks.md)

bench-quick: build setup-bench  ## the same in about two minutes, with fewer pages and rounds: .build/benchmarks.md
	@mkdir -p .build
	@scripts/bench.py "$(PROGRAMS)" --quick $(if $(ONLY),--only "$(ONLY)") --output .build/benchmarks.md

bench-serve: build  ## measure `larder serve` beside nginx: make bench-serve SECONDS_EACH=5 ROUNDS=5 REQUESTS=10000000
	@scripts/require.sh nginx:nginx-light wrk curl /usr/bin/python3:python3
	@scripts/bench-serve.sh "$(PROGRAMS)" "$(or $(SECONDS_EACH),5)" "$(or $(ROUNDS),5)" "$(or $(REQUESTS),0)"

docs: setup  ## build the documentation of the library with docc: .build/docs
	@scripts/require.sh /usr/bin/python3:python3
	@echo "Building the documentation; the first time this builds everything in a debug version."
	@scripts/docs.sh .build/docs
	@echo "Wrote .build/docs; serve that directory and open /documentation/larder."

example: setup  ## build Examples/ChangedPages as a package of its own, as its users do
	@# Settings of our own builds do not go with a package that somebody depends on.
	env -u LARDER_WARNINGS_AS_ERRORS swift build --package-path Examples/ChangedPages --scratch-path .build/example

bench-share: build  ## measure many processes on one cache: make bench-share PARTS=abcde ROUNDS=3
	@scripts/require.sh nginx:nginx-light /usr/bin/python3:python3
	@scripts/bench-share.py "$(PROGRAMS)" --parts "$(or $(PARTS),abcde)" --rounds "$(or $(ROUNDS),3)"

bench-hosts: build-demo  ## measure a crawl of many hosts, two of them bad: make bench-hosts HOSTS=1000 ROUNDS=5
	@scripts/require.sh /usr/bin/python3:python3
	@scripts/bench-hosts.py "$(PROGRAMS)" --hosts "$(or $(HOSTS),1000)" --rounds "$(or $(ROUNDS),5)"

bench-crawl: build-demo  ## crawl a web of our own to its end: rate, memory, each page once: make bench-crawl PAGES=1000000
	@scripts/require.sh /usr/bin/python3:python3
	@scripts/bench-crawl.py "$(PROGRAMS)" --pages "$(or $(PAGES),1000000)"

bench-frontier: build-benchmarks  ## fill and drain the frontier of a job, begin its next round: make bench-frontier URLS=10000000
	@work=$$(mktemp -d -t larder-bench-frontier-XXXXXX); trap 'rm -rf "$$work"' EXIT; \
		"$(PROGRAMS)/Benchmarks" frontier --directory "$$work" --urls "$(or $(URLS),10000000)"

bench-parts: build-benchmarks  ## measure each hot part by itself, beside what the run before kept: make bench-parts ROUNDS=5 PARTS="inflate lease"
	@scripts/require.sh doc:python3-doc 'doc:postgresql-doc-15|postgresql-doc-16|postgresql-doc-17|postgresql-doc-18'
	@mkdir -p .build; work=$$(mktemp -d -t larder-bench-parts-XXXXXX); trap 'rm -rf "$$work"' EXIT; \
		TMPDIR="$$work" "$(PROGRAMS)/Benchmarks" parts --rounds "$(or $(ROUNDS),5)" $(if $(PARTS),--only $(PARTS)) \
			--kept .build/bench-parts.txt --keep --documents /usr/share/doc/python3-doc/html \
			"$$(ls -d /usr/share/doc/postgresql-doc-*/html | sort -V | tail -n 1)"

torture: setup-test build  ## kill programs under load, round after round, and check the cache: make torture ROUNDS=200 SEED=1
	swift build --build-tests
	LARDER_TEST_PROGRAM="$$(cd "$(PROGRAMS)" && pwd)/larder" LARDER_TORTURE_ROUNDS="$(or $(ROUNDS),200)" \
		LARDER_TORTURE_SEED="$(or $(SEED),$$(date +%s))" swift test --skip-build --filter EndToEndTests.TortureTests

format:  ## format the code
	swift format --in-place --parallel --recursive $(SOURCES)

lint:  ## check the format
	swift format lint --strict --parallel --recursive $(SOURCES)

check: lint check-imports check-links  ## check format, imports and links; the compiler checks declared imports in every build of the tests

check-imports:  ## check that pure targets import no clock, no Foundation, no I/O
	@scripts/check-imports.sh

check-links:  ## check that files named in the documentation exist
	@scripts/check-links.sh

install: build  ## install program, completions and manual pages: make install PREFIX=/usr/local
	@scripts/install.sh "$(PROGRAMS)" "$(DESTDIR)$(PREFIX)"

uninstall:  ## remove what install wrote
	@scripts/install.sh --remove "$(DESTDIR)$(PREFIX)"

clean:  ## remove what was built
	rm -rf .build

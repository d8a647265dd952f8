#!/usr/bin/env python3
"""Measures Larder beside other programs on real pages, by turns, in one run, and writes the tables and the chart.

    bench.py DIRECTORY-OF-PROGRAMS [--quick] [--rounds 5] [--pages 19720] [--only WORK] [--output docs/benchmarks.md] [--json FILE]

Installs the other programs where it may; what cannot be had is told, and the rest goes on. The exit status is 1 where a work of ours
came out wrong, and with --strict also where a goal was missed.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from bench import peers, report  # noqa: E402
from bench.lab import Lab, Settings  # noqa: E402
from bench.machine import keep_two_processors  # noqa: E402
from bench.pages import PREFIXES, Site  # noqa: E402
from bench.works import WORKS  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs")
    parser.add_argument("--quick", action="store_true", help="about two minutes: fewer pages and rounds")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--pages", type=int, help="at most 8 times what there is")
    parser.add_argument("--only", action="append", choices=[work.name for work in WORKS], help="may be given several times")
    parser.add_argument("--output", help="a Markdown file; the chart is written beside it")
    parser.add_argument("--json", help="the samples of all rounds")
    parser.add_argument("--strict", action="store_true", help="a goal that is missed makes the exit status 1")
    parser.add_argument("--site", default=os.path.join(tempfile.gettempdir(), "larder-bench-site"), help="kept for the next run; 1 GB")
    parser.add_argument("--work", help="where caches and files lie for as long as it runs; 3 GB")
    arguments = parser.parse_args()
    # So that nothing is left behind by a run that is broken off.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    keep_two_processors()
    began = time.monotonic()
    found, missing = {}, {}
    print("other programs", flush=True)
    peers.install(found, missing)
    print("    " + ", ".join(f"{name} {version}" for name, version in found.items()), flush=True)
    site = Site(arguments.site)
    settings = Settings.make(arguments.quick, arguments.rounds, arguments.pages, len(site.paths) * PREFIXES)
    print(f"{settings.pages:,} URLs of {len(site.paths):,} pages in {arguments.site}", flush=True)
    site.make()
    work = tempfile.mkdtemp(prefix="larder-bench-", dir=arguments.work)
    # Servers that run as another user read and write below it.
    os.chmod(work, 0o755)
    lab = None
    try:
        lab = Lab(os.path.abspath(arguments.programs), work, site, settings, found)
        results = [lab.perform(work) for work in WORKS if not arguments.only or work.name in arguments.only]
    finally:
        if lab:
            lab.processes.stop_all()
        shutil.rmtree(work, ignore_errors=True)
    run = report.Run(results, settings, found, missing, lab.version, site, lab.machine, time.monotonic() - began)
    print(report.verdicts(run), flush=True)
    if arguments.output:
        report.write(run, arguments.output)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(run.as_json(), file, indent=1)
    wrong = any(result.failures.get(contestant.name) for result in results for contestant in result.work.contestants if contestant.ours)
    sys.exit(1 if wrong or arguments.strict and any(not verdict.reached for verdict in run.verdicts) else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures many processes on one cache: nginx serves pages that are made once, `larder crawl` runs in several processes.

    bench-share.py DIRECTORY-OF-PROGRAMS [--parts abcde] [--rounds 3] [--pages 20000] [--work DIR] [-- OPTIONS-OF-CRAWL]

Rounds go by turns in one run, medians are told; what is promised and not reached is told and makes the exit status 1.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from share import limits, sharing  # noqa: E402
from share.origin import Nginx, make_pages  # noqa: E402
from share.programs import Lab  # noqa: E402

DEFAULT_OPTIONS = ["--max-per-host", "16", "-j", "16"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs")
    parser.add_argument("--parts", default="abcde")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=1000, help="pushed through a cache with a limit")
    parser.add_argument("--pages", type=int, default=20_000, help="for each process")
    parser.add_argument("--site", default=os.path.join(tempfile.gettempdir(), "larder-bench-share-pages"), help="kept for the next run")
    parser.epilog = "After -- come options of crawl; " + " ".join(DEFAULT_OPTIONS) + " unless told."
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    arguments, options = parser.parse_args(words[:end]), words[end + 1:]
    # So that nothing is left behind by a run that is broken off.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    work = tempfile.mkdtemp(prefix="larder-bench-share-")
    found = []
    origin = lab = None
    try:
        wanted = arguments.pages * (sharing.PROCESSES if "b" in arguments.parts else 1)
        print(f"pages: {wanted} in {arguments.site}", flush=True)
        make_pages(arguments.site, wanted)
        origin = Nginx(work, arguments.site)
        lab = Lab(os.path.abspath(arguments.programs), work, options or DEFAULT_OPTIONS)
        print("options: " + " ".join(lab.options), flush=True)
        if "a" in arguments.parts:
            sharing.same_list(lab, origin, found, arguments.pages, arguments.rounds)
        if "b" in arguments.parts:
            sharing.own_lists(lab, origin, found, arguments.pages, arguments.rounds)
        if "c" in arguments.parts:
            limits.one_pause(lab, origin, found)
        if "d" in arguments.parts:
            for rate in None, "5M":
                limits.size_limit(lab, origin, found, arguments.site, arguments.megabytes * 1_000_000, rate)
        if "e" in arguments.parts:
            limits.full_disk(lab, origin, found, arguments.site)
    finally:
        if lab:
            lab.stop()
        if origin:
            origin.stop()
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

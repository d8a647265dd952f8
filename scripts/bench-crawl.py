#!/usr/bin/env python3
"""Crawls a web of larder-test-origin to its end: memory, the rate at the beginning and at the end, each page asked for once.

    bench-crawl.py DIRECTORY-OF-PROGRAMS [--pages 1000000] [--memory 300] [--share 0.8] [--work DIR] [-- OPTIONS-OF-CRAWL]

The site computes its pages, ten links each, from their numbers: `larder-test-origin --web`. What is promised and not reached is told
and makes the exit status 1.
"""

import argparse
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from share.sharing import complain  # noqa: E402

DEFAULT_OPTIONS = ["--max-per-host", "16", "-j", "16"]
SILENCE = 120
"""Seconds without a line after which the crawl counts as stuck."""

RESULT = re.compile(rb'^\{"url":"[^"]*/web/(\d+)\.html".*?"cache":"([a-z-]+)"', re.MULTILINE)


class Origin:
    """The test origin with its web, on a free port of this machine."""

    def __init__(self, programs, work, pages):
        self.errors = f"{work}/origin.err"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [f"{programs}/larder-test-origin", "--web", str(pages)], stdout=subprocess.PIPE, stderr=errors, text=True)
        self.base = self.process.stdout.readline().rstrip("/\n")
        if not self.base:
            raise SystemExit("larder-test-origin does not start: " + open(self.errors).read())

    def stop(self):
        """Ends it; how often it gave each status."""
        if self.process.returncode is None:
            self.process.terminate()
            self.process.wait()
        with open(self.errors) as file:
            return {int(status): int(count) for status, count in re.findall(r"(\d+): (\d+)", file.read())}


class Progress:
    """What `crawl --json` has told so far: which pages, and when each tenth was complete."""

    def __init__(self, pages, process):
        self.pages, self.process = pages, process
        self.seen = bytearray(pages)
        self.finished = 0
        self.again, self.unfetched = [], []
        self.tenths = [(0, time.monotonic())]

    def add(self, block):
        """A block of whole lines."""
        results = RESULT.findall(block)
        for number, outcome in results:
            number = int(number)
            if self.seen[number]:
                self.again.append(number)
            self.seen[number] = 1
            if outcome != b"miss":
                self.unfetched.append((number, outcome.decode()))
        before = self.finished
        self.finished += len(results)
        if before * 10 // self.pages < self.finished * 10 // self.pages:
            self.tell()

    def tell(self):
        (count, then), now = self.tenths[-1], time.monotonic()
        self.tenths.append((self.finished, now))
        print(f"    {self.finished:,} URLs: {(self.finished - count) / (now - then):,.0f}/s; memory {self.memory('VmRSS')} MiB, at most "
              f"{self.memory('VmHWM')} MiB", flush=True)

    def rates(self):
        return [(after[0] - before[0]) / (after[1] - before[1]) for before, after in zip(self.tenths, self.tenths[1:])]

    def memory(self, name):
        """A value of the process's status in MiB; 0 once it has ended."""
        with open(f"/proc/{self.process.pid}/status") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) // 1024
        return 0


def crawl(command, work, environment, pages):
    """Runs a crawl to its end: its progress, its summary, its exit status, what it used, and what it said on standard error."""
    with open(f"{work}/crawl.err", "wb") as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment)
    progress, rest = Progress(pages, process), b""
    try:
        while True:
            if not select.select([process.stdout], [], [], SILENCE)[0]:
                raise SystemExit(f"nothing finished in {SILENCE} s")
            piece = os.read(process.stdout.fileno(), 1 << 18)
            if not piece:
                break
            whole, _, rest = (rest + piece).rpartition(b"\n")
            if b'{"type":"summary"' in whole:
                whole, _, summary = whole.rpartition(b"\n")
                rest = summary + b"\n" + rest
            if whole:
                progress.add(whole + b"\n")
    except BaseException:
        process.kill()
        process.wait()
        raise
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(f"{work}/crawl.err", errors="replace") as file:
        said = file.read()
    summary = json.loads(rest) if rest.strip() else {}
    return progress, summary, process.returncode, usage, said


def check(found, arguments, progress, summary, status, peak, share, said, answers):
    if status != 0 or said:
        complain(found, f"the crawl ended with {status}, said {said[:300]!r}")
    missing = progress.pages - sum(progress.seen)
    if missing or progress.again or progress.unfetched or summary.get("urls") != progress.pages:
        complain(found, f"{missing} pages missed, {len(progress.again)} told twice, {len(progress.unfetched)} not fetched; "
                 f"the summary tells of {summary.get('urls')}")
    # Each page is told as fetched, so that as many answers as pages, and one for robots.txt, are one for each.
    if sum(answers.values()) != progress.pages + 1:
        complain(found, f"the origin answered {answers}: {progress.pages} pages and a robots.txt were to be asked for once")
    if peak >= arguments.memory:
        complain(found, f"{peak} MiB of memory")
    if share < arguments.share:
        complain(found, f"the last tenth was {share:.2f} times as fast as the first")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs")
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--memory", type=int, default=300, help="MiB that the crawl must stay below")
    parser.add_argument("--share", type=float, default=0.8, help="of the first tenth's rate, that the last must reach")
    parser.add_argument("--work", help="where cache and outputs lie for as long as it runs; 2 KB for each page")
    parser.epilog = "After -- come options of crawl; " + " ".join(DEFAULT_OPTIONS) + " unless told."
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    arguments, options = parser.parse_args(words[:end]), words[end + 1:] or DEFAULT_OPTIONS
    # So that nothing is left behind by a run that is broken off.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    programs = os.path.abspath(arguments.programs)
    work = tempfile.mkdtemp(prefix="larder-bench-crawl-", dir=arguments.work)
    found = []
    origin = None
    try:
        origin = Origin(programs, work, arguments.pages)
        print(f"{arguments.pages:,} pages of {origin.base}, options: " + " ".join(options), flush=True)
        environment = {**os.environ, "LARDER_CACHE": f"{work}/cache", "NO_COLOR": "1"}
        command = [f"{programs}/larder", "crawl", "--no-config", "-q", "--json", "-r", "-l", "0", "--job", "web", *options]
        began = time.monotonic()
        progress, summary, status, usage, said = crawl(
            command + [f"{origin.base}/web/0.html"], work, environment, arguments.pages)
        seconds = time.monotonic() - began
        answers = origin.stop()
        rates = progress.rates() or [0.0]
        share = rates[-1] / rates[0] if rates[0] else 0.0
        peak = usage.ru_maxrss // 1024
        job, cache = (os.path.getsize(f"{work}/cache/{name}") / 1e6 for name in ("jobs/web.db", "cache.db"))
        print(f"{progress.finished:,} URLs in {seconds:.1f} s, {progress.finished / seconds:,.0f}/s; CPU {usage.ru_utime + usage.ru_stime:.1f} s")
        print(f"first tenth {rates[0]:,.0f}/s, last tenth {rates[-1]:,.0f}/s: {share:.2f} of it (at least {arguments.share})")
        print(f"peak of memory {peak} MiB (below {arguments.memory}); longest commit {summary.get('longest_commit_ms')} ms; "
              f"job file {job:,.0f} MB, cache {cache:,.0f} MB")
        print(f"the origin's answers: {answers}", flush=True)
        check(found, arguments, progress, summary, status, peak, share, said, answers)
    finally:
        if origin:
            origin.stop()
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

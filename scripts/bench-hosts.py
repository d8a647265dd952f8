#!/usr/bin/env python3
"""Measures a crawl of many hosts with and without bad ones among them: one that never answers, one that answers 429.

    bench-hosts.py DIRECTORY-OF-PROGRAMS [--hosts 1000] [--pages 20] [--rounds 5] [-- OPTIONS-OF-CRAWL]

The hosts are names below localhost, all of them one `larder-test-origin`. Crawls with and without the bad two go by turns, each on a
cache of its own. What counts is when the last page of the good hosts was finished: the crawl with the bad ones goes on after that, until
it has given them up. What is promised and not reached is told and makes the exit status 1.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

BAD = ("stalls", "refuses")
TIMEOUT = "5s"
# Of two runs on a machine with other work: the bad hosts may cost this much of the time, and no more.
SLACK = 1.1


def start_origin(programs, work, pages):
    """The origin, and the port that it listens on."""
    port_file = os.path.join(work, "port")
    process = subprocess.Popen(
        [os.path.join(programs, "larder-test-origin"), "--web", str(pages), "--stall", f"{BAD[0]}.localhost", "--refuse",
         f"{BAD[1]}.localhost", "--port-file", port_file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(port_file) or not open(port_file).read().endswith("\n"):
        if process.poll() is not None:
            sys.exit("the test origin ended at once")
        time.sleep(0.02)
    return process, int(open(port_file).read())


def crawl(programs, work, port, names, pages, options):
    """Crawls the hosts; seconds until the last page of a good host, seconds in all, processor seconds, and what came out wrong."""
    cache = os.path.join(work, "cache")
    shutil.rmtree(cache, ignore_errors=True)
    # What the last round wrote must not be written to the disk while this one is measured.
    os.sync()
    seeds = os.path.join(work, "seeds")
    with open(seeds, "w") as file:
        file.writelines(f"http://{name}.localhost:{port}/web/0.html\n" for name in names)
    arguments = [
        os.path.join(programs, "larder"), "crawl", "--no-config", "-q", "--json", "-r", "-l", "0", "--job", "hosts", "--timeout",
        TIMEOUT, "-i", seeds, *options]
    began, last, fetched = time.monotonic(), 0.0, 0
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "LARDER_CACHE": cache, "NO_COLOR": "1"})
    try:
        for line in process.stdout:
            # Results come as they are finished; a line that is read late only makes the time longer.
            if b'"status":200' in line and json.loads(line).get("cache") == "miss":
                fetched, last = fetched + 1, time.monotonic() - began
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
    wrong = []
    good = [name for name in names if name not in BAD]
    if fetched != len(good) * pages:
        wrong.append(f"{fetched} pages instead of {len(good) * pages}")
    expected = 23 if len(good) < len(names) else 0
    if process.returncode != expected:
        wrong.append(f"exit status {process.returncode} instead of {expected}")
    return last, time.monotonic() - began, usage.ru_utime + usage.ru_stime, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs")
    parser.add_argument("--hosts", type=int, default=1000, help="the bad two included")
    parser.add_argument("--pages", type=int, default=20, help="of each host")
    parser.add_argument("--rounds", type=int, default=5)
    parser.epilog = "After -- come options of crawl."
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    arguments, options = parser.parse_args(words[:end]), words[end + 1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    programs = os.path.abspath(arguments.programs)
    good = [f"h{number}" for number in range(arguments.hosts - len(BAD))]
    # In the middle, so that they come as others do.
    both = good[: len(good) // 2] + list(BAD) + good[len(good) // 2:]
    work = tempfile.mkdtemp(prefix="larder-bench-hosts-")
    origin, found, times = None, [], {"without": [], "with": []}
    try:
        origin, port = start_origin(programs, work, arguments.pages)
        for number in range(arguments.rounds):
            for kind, names in (("without", good), ("with", both)) if number % 2 else (("with", both), ("without", good)):
                last, whole, processor, wrong = crawl(programs, work, port, names, arguments.pages, options)
                times[kind].append(last)
                found += [f"{kind} the bad hosts: {what}" for what in wrong]
                print(
                    f"round {number + 1}, {kind:>7} the bad hosts: {last:6.2f} s for {len(good) * arguments.pages} pages, "
                    f"{whole:6.2f} s in all, {processor:6.2f} s of processor", flush=True)
    finally:
        if origin:
            origin.terminate()
            origin.wait()
        shutil.rmtree(work, ignore_errors=True)
    medians = {kind: statistics.median(values) for kind, values in times.items()}
    ratio = medians["with"] / medians["without"]
    print(
        f"median without the bad hosts {medians['without']:.2f} s, with them {medians['with']:.2f} s: {ratio:.3f} times, "
        f"extremes {min(times['without']):.2f} to {max(times['without']):.2f} s and {min(times['with']):.2f} to {max(times['with']):.2f} s")
    if ratio > SLACK:
        found.append(f"the good hosts took {ratio:.2f} times as long beside bad ones; {SLACK} is promised")
    for what in found:
        print("not reached: " + what)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

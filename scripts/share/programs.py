"""Runs of the program: one or several at once, what they cost and what they said."""

import json
import os
import random
import shutil
import subprocess
import time


class Run:
    """What became of one process."""

    def __init__(self, status, usage, seconds, output, errors):
        self.status = status
        self.cpu = usage.ru_utime + usage.ru_stime
        self.user, self.system = usage.ru_utime, usage.ru_stime
        self.peak_mib = usage.ru_maxrss // 1024
        self.seconds = seconds
        self.output = output
        self.errors = errors

    def results(self):
        """The objects of `crawl --json`."""
        with open(self.output) as file:
            return [json.loads(line) for line in file]

    def summary(self):
        last = b""
        with open(self.output, "rb") as file:
            file.seek(max(0, os.path.getsize(self.output) - 65536))
            lines = file.read().splitlines()
            last = lines[-1] if lines else b"{}"
        value = json.loads(last)
        return value if value.get("type") == "summary" else {}


class Lab:
    """Where caches, lists and outputs lie; all runs use one configuration and no file of the user's."""

    def __init__(self, programs, work, options):
        self.larder = os.path.join(programs, "larder")
        self.work = work
        self.options = options
        self.number = 0
        self.running = []

    def fresh_cache(self):
        cache = f"{self.work}/cache"
        shutil.rmtree(cache, ignore_errors=True)
        # What the last round wrote must not be written to the disk while this one is measured.
        os.sync()
        return cache

    def write_list(self, urls, seed=None):
        urls = list(urls)
        if seed is not None:
            random.Random(seed).shuffle(urls)
        self.number += 1
        path = f"{self.work}/list-{self.number}"
        with open(path, "w") as file:
            file.write("".join(url + "\n" for url in urls))
        return path

    def start(self, cache, arguments, prefix=()):
        """Starts a command; its output and errors go to files."""
        self.number += 1
        name = f"{self.work}/run-{self.number}"
        with open(name + ".out", "wb") as output, open(name + ".err", "wb") as errors:
            process = subprocess.Popen(
                [*prefix, self.larder, *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                env={**os.environ, "LARDER_CACHE": cache, "NO_COLOR": "1"})
        process.name, process.began = name, time.monotonic()
        self.running.append(process)
        return process

    def finish(self, process):
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - process.began
        process.returncode = os.waitstatus_to_exitcode(status)
        self.running.remove(process)
        with open(process.name + ".err", errors="replace") as file:
            errors = file.read()
        return Run(process.returncode, usage, seconds, process.name + ".out", errors)

    def crawl(self, cache, lists, *more):
        """One `crawl --json` of each list, all at once. The seconds until the last has ended, and the runs."""
        began = time.monotonic()
        processes = [self.start(cache, ["crawl", "--no-config", "-q", "--json", "-i", path, *self.options, *more]) for path in lists]
        runs = [self.finish(process) for process in processes]
        seconds = max(process.began + run.seconds for process, run in zip(processes, runs)) - began
        return seconds, runs

    def stop(self):
        """Ends what still runs."""
        for process in self.running:
            process.kill()
            process.wait()

    def tidy(self):
        """Removes lists and outputs of a round."""
        for entry in os.scandir(self.work):
            if entry.name.startswith(("list-", "run-")):
                os.unlink(entry.path)


def blocks_bytes(directory):
    """What a directory takes on the disk: the blocks of its files, as the file system counts them."""
    total = 0
    for path, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total

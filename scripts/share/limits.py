"""Pauses between processes, a size limit, and a disk that fills."""

import os
import random
import subprocess
import threading
import time

from share.origin import page_path
from share.programs import Lab, blocks_bytes
from share.sharing import complain

LIMIT = 100_000_000
BOUND = 150_000_000


def make_bodies(root, total):
    """Writes bodies of 10 to 400 KB that do not compress, as many as `total` bytes take; their paths."""
    draw = random.Random(1)
    paths, size = [], 0
    while size < total:
        length = draw.randrange(10_000, 400_000)
        paths.append(f"/bodies/{len(paths)}.bin")
        size += length
        path = root + paths[-1]
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(os.urandom(length))
    return paths


def one_pause(lab, origin, found):
    """c) Two processes with --wait 1 and one host: never two requests less than a second apart."""
    count = 8
    urls = [origin.base + page_path(number) for number in range(2 * count)]
    cache = lab.fresh_cache()
    origin.take_log()
    _, runs = lab.crawl(cache, [lab.write_list(urls[:count]), lab.write_list(urls[count:])], "--wait", "1")
    if any(run.status or run.errors for run in runs):
        complain(found, f"c) ended with {[run.status for run in runs]}, said {[run.errors[:200] for run in runs]}")
    lines = sorted(origin.take_log())
    # From the end of one response to the beginning of the next, as the origin sees it; its clock counts milliseconds.
    starts = sorted((end - duration, end) for end, duration, _, _ in lines)
    gaps = [after[0] - before[0] for before, after in zip(starts, starts[1:])]
    print(f"c) {len(lines)} requests of two processes with --wait 1: the shortest gap is {min(gaps):.3f} s, the longest {max(gaps):.3f} s",
          flush=True)
    if len(lines) != 2 * count:
        complain(found, f"c) {len(lines)} requests instead of {2 * count}")
    if min(gaps) < 1:
        complain(found, f"c) two requests {min(gaps):.3f} s apart")
    lab.tidy()


class SizeWatch(threading.Thread):
    """Looks at a directory every 50 ms; keeps the largest size."""

    def __init__(self, directory):
        super().__init__(daemon=True)
        self.directory = directory
        self.largest, self.samples, self.largest_log = 0, 0, 0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(0.05):
            self.largest = max(self.largest, blocks_bytes(self.directory))
            try:
                self.largest_log = max(self.largest_log, os.lstat(f"{self.directory}/cache.db-wal").st_blocks * 512)
            except FileNotFoundError:
                pass
            self.samples += 1

    def finish(self):
        self.ended.set()
        self.join()


def size_limit(lab, origin, found, site, total, rate):
    """d) A limit of 100 MB and 1 GB through it by 4 processes: never above 150 MB, and what is read often stays.

    `rate` bounds what each of them takes in a second: at full speed all of the cache is new before the reader comes round again.
    """
    paths = make_bodies(site, total)
    urls = [origin.base + path for path in paths]
    often = [origin.base + page_path(number) for number in range(200)]
    cache = lab.fresh_cache()
    subprocess.run([lab.larder, "config", "set", "max-size", str(LIMIT)], check=True, env={**os.environ, "LARDER_CACHE": cache})
    often_list = lab.write_list(often)
    lab.crawl(cache, [often_list])
    origin.take_log()
    watch = SizeWatch(cache)
    watch.start()
    began = time.monotonic()
    pace = ["--limit-rate", rate] if rate else []
    writers = [
        lab.start(cache, ["crawl", "--no-config", "-q", "--json", "-i", lab.write_list(urls[part::4]), *lab.options, *pace])
        for part in range(4)
    ]
    runs, reads, missed = [], 0, 0
    while lab.running:
        for writer in [writer for writer in writers if writer in lab.running and os.path.exists(f"/proc/{writer.pid}")]:
            with open(f"/proc/{writer.pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    runs.append(lab.finish(writer))
        if not lab.running:
            break
        _, (read,) = lab.crawl(cache, [often_list])
        reads += 1
        missed += sum(1 for line in read.results() if line.get("cache") == "miss")
        if read.status or read.errors:
            complain(found, f"d) the reader ended with {read.status}: {read.errors[:200]!r}")
        time.sleep(0.1)
    seconds = time.monotonic() - began
    _, (last,) = lab.crawl(cache, [often_list])
    hits = sum(1 for line in last.results() if line.get("cache") == "hit")
    watch.finish()
    after = blocks_bytes(cache)
    how = f"with {' '.join(pace)}" if pace else "at full speed"
    if any(run.status or run.errors for run in runs):
        complain(found, f"d) ended with {[run.status for run in runs]}, said {[run.errors[:200] for run in runs]}")
    print(f"d) {total / 1e6:,.0f} MB in {len(paths)} bodies by 4 processes {how} in {seconds:.1f} s (CPU {sum(run.cpu for run in runs):.1f} s): "
          f"at most {watch.largest / 1e6:.1f} MB in {watch.samples} looks (log {watch.largest_log / 1e6:.1f} MB), {after / 1e6:.1f} MB at the "
          f"end; {hits} of 200 read often are hits at the end, {missed} misses in {reads} readings", flush=True)
    if watch.largest > BOUND:
        complain(found, f"d) the directory took {watch.largest / 1e6:.1f} MB")
    if hits < 190:
        complain(found, f"d) only {hits} of 200 that are read often stayed")
    verify(lab, cache, found, "d")
    lab.tidy()


def verify(lab, cache, found, part):
    result = subprocess.run([lab.larder, "verify", "--no-config"], capture_output=True, text=True, env={**os.environ, "LARDER_CACHE": cache})
    if result.returncode != 0:
        complain(found, f"{part}) verify ended with {result.returncode}: {result.stdout[-300:]} {result.stderr[-300:]}")


def full_disk(lab, origin, found, site):
    """e) A small file system fills under 4 processes: exit 25, nothing damaged, and it goes on once there is room."""
    if os.geteuid() != 0:
        print("e) left out: mounting a small file system needs root", flush=True)
        return
    urls = [origin.base + path for path in make_bodies(site, 60_000_000)]
    lists = [lab.write_list(urls[part::4]) for part in range(4)]
    disk = f"{lab.work}/disk"
    os.makedirs(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=True)
    try:
        small = Lab(os.path.dirname(lab.larder), lab.work, lab.options)
        small.number = lab.number
        cache = f"{disk}/cache"
        _, runs = small.crawl(cache, lists)
        first = [run.status for run in runs]
        stored = [line["url"] for run in runs for line in run.results() if line.get("cache") == "miss"]
        if set(first) != {25} or any("locked" in run.errors for run in runs):
            complain(found, f"e) ended with {first}: {runs[0].errors[:300]!r}")
        verify(small, cache, found, "e")
        subprocess.run(["mount", "-o", "remount,size=512m", disk], check=True)
        origin.take_log()
        _, runs = small.crawl(cache, lists)
        again = origin.counts()
        lost = [url for url in stored if again[url[len(origin.base):]]]
        if any(run.status or run.errors for run in runs) or lost:
            complain(found, f"e) with room again: {[run.status for run in runs]}, {len(lost)} lost")
        verify(small, cache, found, "e")
        print(f"e) a file system of 24 MiB: exits {first}, {len(stored)} stored of {len(urls)}; with room again "
              f"{[run.status for run in runs]}, {len(lost)} of them asked for again", flush=True)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
    lab.tidy()

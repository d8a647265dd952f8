"""A run: the origin, the settings, and the works, whose contestants take turns in each round."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field

from bench import servers
from bench.fetchers import Wrk
from bench.measuring import Failed, Processes, cpu_seconds
from bench.machine import describe
from bench.origin import Origin
from bench.task import Task


TOLERANCE = 0.001
"""The share of requests at the origin by which a round may differ from what its work says."""


@dataclass(frozen=True)
class Settings:
    """`slow_pages` and `slow_rounds` are those of slow contestants, `hits` and `misses` the requests of a round of them, `patience` the
    seconds after which a slow contestant that follows links is stopped."""

    pages: int
    slow_pages: int
    rounds: int
    slow_rounds: int
    hits: int
    misses: int
    patience: int
    quick: bool

    @classmethod
    def make(cls, quick, rounds, pages, most):
        rounds = rounds or (2 if quick else 5)
        pages = min(pages or (most // 6 if quick else most), most)
        return cls(
            pages, slow_pages=min(pages, 100 if quick else 1200), rounds=rounds, slow_rounds=min(rounds, 1 if quick else 3),
            hits=min(20_000 if quick else 200_000, pages * 20), misses=min(pages, 1_000) if quick else pages,
            patience=3 if quick else 30, quick=quick)


@dataclass
class Result:
    """The samples of a work by contestant, and why a contestant has none, or no more."""

    work: object
    samples: dict = field(default_factory=dict)
    failures: dict = field(default_factory=dict)
    pages: int = 0
    page_bytes: int = 0


class Lab:
    """What all works share."""

    def __init__(self, programs, work, site, settings, found):
        self.larder = os.path.join(programs, "larder")
        self.work, self.site, self.found = work, site, found
        self.pages, self.slow_pages, self.hits, self.patience = settings.pages, settings.slow_pages, settings.hits, settings.patience
        self.settings = settings
        self.processors = sorted(os.sched_getaffinity(0))
        self.version = subprocess.run([self.larder, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        self.machine = describe(work)
        servers.make_page(site.root)
        self.processes = Processes(work)
        self.origin = Origin(self.processes, work, site.root)

    def processor(self, number):
        """The number of a processor for taskset, None where there is only one."""
        return self.processors[number] if len(self.processors) > number else None

    def origin_cpu(self):
        return cpu_seconds(self.origin.process.pid)

    def perform(self, work):
        """All rounds of a work; who fails is told and takes no further part."""
        print(f"{work.name}: {work.title}", flush=True)
        result = Result(work, pages=self.pages)
        task = Task(self, work)
        result.page_bytes = self.site.warm(task.paths)
        self.origin.pin(self.processor(servers.LOAD_PROCESSOR) if work.pinned else None)
        able = []
        began = time.monotonic()
        try:
            if "wrk" in self.found:
                # nginx is slower with files that it opens for the first time.
                self._try(Result(work), Wrk(), lambda: Wrk().run(task))
            for contestant in work.contestants:
                lacking = [name for name in contestant.needs if name not in self.found]
                if lacking:
                    result.failures[contestant.name] = "missing: " + ", ".join(lacking)
                elif self._try(result, contestant, lambda: contestant.prepare(task)):
                    able.append(contestant)
            for number in range(self.settings.rounds):
                for contestant in able:
                    if contestant.name in result.failures or (contestant.slow or work.beside) and number >= self.settings.slow_rounds:
                        continue
                    self._try(result, contestant, lambda: self._round(result, task, contestant, number))
        finally:
            for contestant in work.contestants:
                contestant.close(task)
            shutil.rmtree(f"{self.work}/places", ignore_errors=True)
        print(f"    {time.monotonic() - began:.0f} s", flush=True)
        return result

    def _round(self, result, task, contestant, number):
        # What others have written must not be written to the disk while this one is measured.
        os.sync()
        before = self.origin.requests()
        sample = contestant.run(task)
        sample.origin_requests = self.origin.requests() - before
        asked, pages = sample.origin_requests, sample.pages
        if asked < pages * (1 - TOLERANCE) if result.work.asks else asked > pages * TOLERANCE:
            raise Failed(f"the origin was asked {asked:,} times for {pages:,} pages")
        result.samples.setdefault(contestant.name, []).append(sample)
        said = f"{sample.rate:10,.0f}/s" if sample.pages > 1 else f"{sample.seconds * 1000:8,.1f} ms"
        print(f"    round {number + 1}, {contestant.name:<18} {said}, CPU {sample.cpu:6.2f} s, peak {sample.peak_mib:5.0f} MiB"
              + (f", disk {sample.disk_bytes / 1e6:7.1f} MB" if sample.disk_bytes is not None else ""), flush=True)

    @staticmethod
    def _try(result, contestant, action):
        try:
            action()
            return True
        except (Failed, OSError, RuntimeError, subprocess.SubprocessError) as error:
            result.failures[contestant.name] = str(error) or type(error).__name__
            print(f"    {contestant.name} FAILED: {result.failures[contestant.name]}", flush=True)
            return False

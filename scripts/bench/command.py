"""Single commands as their users type them: how long the whole process takes."""

import statistics

from bench.fetchers import COLD, Larder
from bench.measuring import Failed, Sample

TIMES = 21


class LarderCat(Larder):
    """`larder cat URL`, from a cache that holds the list: the median of some runs of other URLs."""

    def __init__(self):
        super().__init__(COLD, "larder cat")

    def prepare(self, task):
        self.crawl(task, task.empty(self), [], "miss")

    def run(self, task):
        cache, runs = task.place(self, "target"), []
        for number in range(TIMES):
            url = task.base + task.paths[(number * 997) % len(task.paths)]
            ended = task.lab.processes.run([task.lab.larder, "cat", "--no-config", "--cache", cache, url])
            if ended.status or not ended.output:
                raise Failed(f"exit status {ended.status}: {ended.errors[-200:]}")
            runs.append(ended)
        return Sample(1, *(statistics.median(getattr(ended, name) for ended in runs) for name in ("seconds", "cpu", "peak_mib")))

"""Those who follow links, over one collection of the documentation."""

import re

from bench.fetchers import Contestant, Larder
from bench.measuring import Failed
from bench.task import CONNECTIONS, files_below, with_disk

FOLDER = "/alike/0/postgresql-doc"
START = FOLDER + "/index.html"


class Recursive(Contestant):
    """Counts what it got by the pages on the disk: a program with another idea of links gets a few more or less."""

    listed = False

    def run(self, task):
        target = task.empty(self)
        sample, _ = task.measure(self, self.command(task, target, task.base + START), statuses=range(256), limit=task.lab.patience + 60)
        sample.pages = files_below(target, FOLDER)
        if sample.pages < 10:
            raise Failed(f"{sample.pages} pages")
        return with_disk(sample, target)


class RecursiveWget2(Recursive):
    def command(self, task, target, start):
        return ["wget2", "--no-config", "-q", "--no-hsts", "--max-threads", str(CONNECTIONS), "-r", "-l", "0", "--no-parent", "-P", target,
                start]


class Httrack(Recursive):
    """HTTrack without its limits of connections and bytes a second; it is stopped after a while, as what counts is a rate."""

    slow = True

    def command(self, task, target, start):
        return ["httrack", start, "-O", target, "-q", "-I0", f"-c{CONNECTIONS}", "-%!", "-%c0", "-A1000000000", "-s0",
                f"-E{task.lab.patience}", "-*", "+" + start.rpartition("/")[0] + "/*"]


class RecursiveLarder(Larder):
    """`larder crawl -r`: a job, whose frontier lies on the disk as well."""

    def run(self, task):
        cache = task.empty(self)
        sample, ended = task.measure(self, [
            task.lab.larder, "crawl", "--no-config", "--cache", cache, "-j", str(CONNECTIONS), "--max-per-host", str(CONNECTIONS),
            "--job", "bench", "-r", "-l", "0", "--no-parent", task.base + START], environment={"NO_COLOR": "1"}, statuses=range(256))
        told = re.search(r"^ +miss +([\d,]+)", ended.output, re.MULTILINE)
        if not told:
            raise Failed((ended.errors or ended.output)[-200:])
        sample.pages = int(told[1].replace(",", ""))
        return with_disk(sample, cache)

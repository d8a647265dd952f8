"""Those who fetch a list: how each is called, and how it is told that it did the work."""

import json
import os
import re

from bench.measuring import Failed, Sample
from bench.origin import PLAIN, TLS
from bench.peers import PYTHON
from bench.task import CONNECTIONS, expect, files_below, with_disk

HERE = os.path.dirname(os.path.abspath(__file__))
COLD, AGAIN, FRESH = "cold", "again", "fresh"
"""Nothing is there; everything is there and is confirmed; everything is there and fresh."""


NOT_MODIFIED_BYTES = 600
"""A 304 of the origin is shorter, with all its fields."""


def accepted(task):
    """The fields of requests to a server that has its pages gzipped."""
    return [] if task.server == PLAIN else ["Accept-Encoding: gzip"]


class Contestant:
    """`needs` names peers; a `slow` one gets fewer pages, where it is given a list, and rounds; a `ceiling` does less than the work."""

    ours = False
    slow = False
    listed = True
    ceiling = False

    def __init__(self, name, *needs):
        self.name = name
        self.needs = needs or (name,)

    def prepare(self, task):
        """What is done once for a work and not measured."""

    def run(self, task):
        """One round: a Sample."""
        raise NotImplementedError

    def close(self, task):
        """What is left over after the last round."""


class Larder(Contestant):
    """`larder crawl -i`, whose account at the end says what came of each URL."""

    ours = True
    OUTCOMES = {COLD: "miss", AGAIN: "revalidated", FRESH: "hit"}
    OPTIONS = {COLD: [], AGAIN: ["--refresh"], FRESH: []}

    def __init__(self, kind, name="larder", options=()):
        super().__init__(name, "nginx")
        self.kind = kind
        self.options = [*self.OPTIONS[kind], *options]

    def crawl(self, task, cache, options, outcome):
        certificate = {"SSL_CERT_FILE": task.lab.origin.certificate} if task.server == TLS else {}
        sample, ended = task.measure(self, [
            task.lab.larder, "crawl", "--no-config", "--cache", cache, "-i", task.urls(self), "-j", str(CONNECTIONS),
            "--max-per-host", str(CONNECTIONS), *options], environment={"NO_COLOR": "1", **certificate})
        told = re.search(rf"^ +{outcome} +([\d,]+)", ended.output + ended.errors, re.MULTILINE)
        expect(int(told[1].replace(",", "")) if told else 0, sample.pages, f"pages told as {outcome}")
        return sample

    def prepare(self, task):
        if self.kind != COLD:
            self.crawl(task, task.empty(self), [], "miss")

    def run(self, task):
        cache = task.empty(self) if self.kind == COLD else task.place(self, "target")
        return with_disk(self.crawl(task, cache, self.options, self.OUTCOMES[self.kind]), cache)


class Wget2(Contestant):
    """wget2 to files; `-N` for what is there."""

    def __init__(self, kind, name="wget2", compression="gzip"):
        super().__init__(name, "wget2")
        self.kind = kind
        self.compression = compression

    def fetch(self, task, target):
        options = ["-N"] if self.kind == AGAIN else []
        if task.server == TLS:
            options += ["--ca-certificate", task.lab.origin.certificate, "--ocsp=off"]
        # Its status speaks of more than the fetches: what is on the disk is counted.
        sample, ended = task.measure(self, [
            "wget2", "--no-config", "-q", "--no-hsts", "--max-threads", str(CONNECTIONS), f"--compression={self.compression}", "-x",
            "-P", target, *options, "-i", task.urls(self)], statuses=range(256))
        expect(files_below(target), sample.pages, f"files (exit status {ended.status})")
        return sample

    def prepare(self, task):
        if self.kind == AGAIN:
            self.fetch(task, task.empty(self))

    def run(self, task):
        target = task.empty(self) if self.kind == COLD else task.place(self, "target")
        return with_disk(self.fetch(task, target), target)


class Curl(Contestant):
    """curl --parallel with a list of its own form; what it gets is thrown away, or kept as it was sent."""

    def __init__(self, name="curl", keep=False):
        super().__init__(name, "curl")
        self.keep = keep

    def run(self, task):
        target = task.empty(self)
        lines = []
        for number, path in enumerate(task.share(self)):
            output = f"{target}/{number}" if self.keep else "/dev/null"
            lines += [f'url = "{task.base}{path}"', f'output = "{output}"']
        config = task.write(self, "config", lines)
        certificate = ["--cacert", task.lab.origin.certificate] if task.server == TLS else []
        coding = [word for field in accepted(task) for word in ("-H", field)]
        sample, _ = task.measure(self, [
            "curl", "--disable", "--silent", "--show-error", "--fail", "--parallel", "--parallel-max", str(CONNECTIONS), *certificate,
            *coding, "--config", config])
        if self.keep:
            expect(files_below(target), sample.pages, "files")
            return with_disk(sample, target)
        return sample


class Aria2(Contestant):
    """aria2 to files; --conditional-get for what is there."""

    slow = True

    def __init__(self, kind, name="aria2"):
        super().__init__(name, "aria2")
        self.kind = kind

    def fetch(self, task, target):
        lines = []
        for number, path in enumerate(task.share(self)):
            lines += [task.base + path, f"  out={number}.html"]
        options = ["--conditional-get=true", "--allow-overwrite=true"] if self.kind == AGAIN else []
        if task.server == TLS:
            options += ["--ca-certificate", task.lab.origin.certificate]
        sample, _ = task.measure(self, [
            "aria2c", "--no-conf", "--quiet", "--file-allocation=none", "--http-accept-gzip=true", "-j", str(CONNECTIONS),
            "-x", "16", "--auto-save-interval=0", "-d", target, *options, "-i", task.write(self, "list", lines)])
        expect(files_below(target), sample.pages, "files")
        return sample

    def prepare(self, task):
        if self.kind == AGAIN:
            self.fetch(task, task.empty(self))

    def run(self, task):
        target = task.empty(self) if self.kind == COLD else task.place(self, "target")
        return with_disk(self.fetch(task, target), target)


class Wrk(Contestant):
    """The load generator, the ceiling: it reads answers and forgets them. It goes through the list until it has made enough requests."""

    ceiling = True
    REQUESTS = 60_000

    def __init__(self, conditional=False):
        super().__init__("wrk")
        self.conditional = conditional

    def run(self, task):
        paths = task.share(self)
        requests = max(len(paths), min(self.REQUESTS, 3 * len(paths)))
        lines = ("\t".join((path, *(task.validators(path) if self.conditional else ("", "")))) for path in paths)
        before = task.lab.origin_cpu()
        seconds, ended = load(task, self, task.base, lines, requests, accepted(task))
        if self.conditional and (told := re.search(r"(\d+) requests in [^,]*, ([\d.]+)(GB|MB)", ended.output)):
            size = float(told[2]) * (1e9 if told[3] == "GB" else 1e6) / int(told[1])
            if size > NOT_MODIFIED_BYTES:
                raise Failed(f"answers of {size:.0f} bytes are no 304s")
        return Sample(requests, seconds, ended.cpu, ended.peak_mib, task.lab.origin_cpu() - before)


def load(task, contestant, base, lines, requests, fields=(), processor=None):
    """wrk with load.lua: the seconds for so many requests, and what it said; an answer that is an error is a failure."""
    result = os.path.join(task.place(contestant), "seconds")
    if os.path.exists(result):
        os.unlink(result)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-d600s", "--timeout", "60s", "-s", os.path.join(HERE, "load.lua")]
    for field in fields:
        command += ["-H", field]
    command += [base, "--", task.write(contestant, "requests", lines), str(requests), str(CONNECTIONS), result]
    ended = task.lab.processes.run(command, 620, processor=processor)
    if ended.status or "Non-2xx" in ended.output or "Socket errors" in ended.output or not os.path.exists(result):
        raise Failed("wrk: " + (ended.output + ended.errors).strip()[-200:])
    with open(result) as file:
        return float(file.read()), ended


class PythonPeer(Contestant):
    """A library for Python in a program of ours, which tells the seconds from the first request to the last answer."""

    slow = True

    def __init__(self, kind, name, program):
        super().__init__(name)
        self.kind = kind
        self.program = os.path.join(HERE, "python", program)

    def fetch(self, task, target):
        mode = "refresh" if self.kind == AGAIN else "reuse"
        sample, ended = task.measure(self, [PYTHON, self.program, task.urls(self), target, str(CONNECTIONS), mode])
        try:
            told = json.loads(ended.output.splitlines()[-1])
        except (IndexError, ValueError):
            raise Failed(f"it told nothing: {ended.errors.strip()[-200:]}") from None
        expect(told["pages"], sample.pages, "pages")
        sample.seconds = told["seconds"]
        return sample, told["cached"]

    def prepare(self, task):
        if self.kind != COLD:
            self.fetch(task, task.empty(self))

    def run(self, task):
        target = task.empty(self) if self.kind == COLD else task.place(self, "target")
        sample, cached = self.fetch(task, target)
        expect(cached, 0 if self.kind == COLD else sample.pages, "pages from the cache")
        return with_disk(sample, target)

"""One work as its contestants see it: which pages, from where, and a directory for each of them."""

import os
import re
import shutil
from email.utils import formatdate

from share.programs import blocks_bytes

from bench.measuring import Failed, Sample
from bench.origin import GZIP, TLS, entity_tag

CONNECTIONS = 64


class Task:
    """`lab` is the run as a whole. Slow contestants get the first pages of the list only: what is told is a rate."""

    def __init__(self, lab, work):
        self.lab = lab
        self.work = work
        self.server = work.server
        self.base = lab.origin.base(work.server)
        self.paths = lab.site.select(work.tree, lab.pages)
        self.round = 0

    def share(self, contestant):
        """The pages of a contestant."""
        return self.paths[: self.lab.slow_pages] if contestant.slow else self.paths

    def place(self, contestant, name=""):
        """A directory of the contestant that stays for the work."""
        slug = re.sub(r"[^a-z0-9]+", "-", contestant.name.lower()).strip("-")
        path = os.path.join(self.lab.work, "places", f"{self.work.name}-{slug}", name)
        os.makedirs(path, exist_ok=True)
        return path

    def empty(self, contestant, name="target"):
        """The same, empty, with nothing left to be written by the disk while the next one is measured."""
        path = self.place(contestant, name)
        shutil.rmtree(path)
        os.makedirs(path)
        os.sync()
        return path

    def write(self, contestant, name, lines):
        path = os.path.join(self.place(contestant), name)
        with open(path, "w") as file:
            file.writelines(line + "\n" for line in lines)
        return path

    def urls(self, contestant):
        """A file with the contestant's URLs, one a line."""
        return self.write(contestant, "urls", (self.base + path for path in self.share(contestant)))

    def validators(self, path):
        """ETag and Last-Modified of a page, as the origin says them."""
        file = self.lab.site.file(path) + (".gz" if self.server in (GZIP, TLS) else "")
        return entity_tag(file), formatdate(int(os.stat(file).st_mtime), usegmt=True)

    def measure(self, contestant, command, statuses=(0,), environment=None, limit=600):
        """Runs a command; the sample counts the contestant's pages, what it printed comes beside it."""
        before = self.lab.origin_cpu()
        ended = self.lab.processes.run(command, limit, environment=environment)
        if ended.status not in statuses:
            raise Failed(f"exit status {ended.status}: {(ended.errors or ended.output).strip()[-200:]}")
        pages = len(self.share(contestant))
        return Sample(pages, ended.seconds, ended.cpu, ended.peak_mib, self.lab.origin_cpu() - before), ended


def files_below(directory, folder=""):
    """How many files with content lie there, in directories with that folder in their name."""
    count = 0
    for path, _, names in os.walk(directory):
        if folder in path:
            count += sum(1 for name in names if os.path.getsize(os.path.join(path, name)))
    return count


def expect(found, wanted, what):
    """Nobody is measured who does less than the others."""
    if found != wanted:
        raise Failed(f"{found} {what} instead of {wanted}")


def with_disk(sample, directory):
    sample.disk_bytes = blocks_bytes(directory)
    return sample

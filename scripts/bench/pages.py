"""The pages of the measurements: Debian's documentation as it is installed, laid out for nginx, plain and gzipped beforehand."""

import glob
import gzip
import os
import random
import shutil
import urllib.parse

DOCUMENTATION = "/usr/share/doc"
COLLECTIONS = ("python3-doc/html", "postgresql-doc-*/html", "sqlite3")
PREFIXES = 8
LEVEL = 6
"""Of gzip, what administrators give `gzip -k` and nginx's own module seldom reaches."""

ALIKE, DISTINCT = "alike", "distinct"
"""The two trees: the same page under each prefix, and each page another by a comment at its end."""


class Site:
    """The directory that nginx serves. It is made once and kept for the next run, as compressing takes a minute."""

    def __init__(self, root):
        self.root = root
        self.index = None
        self.paths = self._find()

    def _find(self):
        """The pages, in an order that is the same each time and mixes the collections."""
        found = []
        for pattern in COLLECTIONS:
            for directory in sorted(glob.glob(f"{DOCUMENTATION}/{pattern}"))[-1:]:
                start = len(found)
                for path, _, names in os.walk(os.path.realpath(directory)):
                    for name in names:
                        if name.endswith(".html"):
                            source = os.path.join(path, name)
                            target = os.path.join(pattern.split("/")[0].rstrip("-*"), os.path.relpath(source, os.path.realpath(directory)))
                            found.append((target, source))
                found[start:] = sorted(found[start:])
        if not found:
            raise SystemExit(f"no pages below {DOCUMENTATION}: install python3-doc, postgresql-doc-15 and sqlite3-doc")
        random.Random(9111).shuffle(found)
        return found

    def make(self):
        """Writes what is not there yet; a tree that was broken off is made anew."""
        done = os.path.join(self.root, "complete")
        wanted = f"{len(self.paths)} {PREFIXES} {LEVEL}"
        if os.path.exists(done) and open(done).read() == wanted:
            return
        shutil.rmtree(self.root, ignore_errors=True)
        for target, source in self.paths:
            with open(source, "rb") as file:
                content = file.read()
            moment = int(os.stat(source).st_mtime)
            self._write(f"{self.root}/pages/{target}", content, moment)
            for number in range(PREFIXES):
                self._write(f"{self.root}/{DISTINCT}/{number}/{target}", content + b"<!-- copy %d -->\n" % number, moment)
        os.makedirs(f"{self.root}/{ALIKE}")
        for number in range(PREFIXES):
            os.symlink("../pages", f"{self.root}/{ALIKE}/{number}")
        with open(done, "w") as file:
            file.write(wanted)

    @staticmethod
    def _write(path, content, moment):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        for name, data in (path, content), (path + ".gz", gzip.compress(content, LEVEL, mtime=0)):
            with open(name, "wb") as file:
                file.write(data)
            os.utime(name, (moment, moment))

    def select(self, tree, count):
        """The first pages of a tree, prefix after prefix: paths of URLs. A small count is a fair sample of the collections."""
        chosen = []
        for number in range(PREFIXES):
            for target, _ in self.paths[: count - len(chosen)]:
                chosen.append(f"/{tree}/{number}/" + urllib.parse.quote(target))
        return chosen

    def file(self, path):
        """Where the page of a URL's path lies."""
        return self.root + urllib.parse.unquote(path)

    def warm(self, paths):
        """Reads the pages, so that no round pays for the disk."""
        size = 0
        for path in paths:
            for suffix in "", ".gz":
                with open(self.file(path) + suffix, "rb") as file:
                    size += 0 if suffix else len(file.read())
        return size

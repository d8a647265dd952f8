#!/usr/bin/python3
"""Crawl Debian's documentation with Larder, and compare what it fetched with what html5lib's links lead to.

    check-crawl.py BIN_DIR [COLLECTION...]    the collections are directories below /usr/share/doc; default: three of them

nginx serves the pages on this machine. For each collection `larder crawl -r -l 50 --no-parent` begins at its index page. Independently, the
same set is walked by a program that shares nothing with Larder: html5lib finds the links, urllib resolves and fetches. Both sets must be
equal, and nginx's log must show that Larder asked for nothing twice. Needs nginx and html5lib (Debian: nginx-light, python3-html5lib).
"""

import argparse
import collections
import importlib.util
import json
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

DEFAULT = ["python3-doc", "postgresql-doc-15", "sqlite3-doc"]

specification = importlib.util.spec_from_file_location(
    "html5lib_links", os.path.join(os.path.dirname(os.path.abspath(__file__)), "check-links-with-html5lib.py"))
html5lib_links = importlib.util.module_from_spec(specification)
specification.loader.exec_module(html5lib_links)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


opener = urllib.request.build_opener(NoRedirects)


def targets_of(url):
    """Where an answer leads: the links of pages and style sheets, the target of a redirect."""
    try:
        with opener.open(url) as response:
            kind, charset, content = response.headers.get_content_type(), response.headers.get_content_charset(), response.read()
    except urllib.error.HTTPError as error:
        location = error.headers.get("Location")
        return url, [urllib.parse.urljoin(url, location)] if error.code in (301, 302, 303, 307, 308) and location else []
    if kind == "text/html":
        links = html5lib_links.links_of(url, content, charset)
        return url, [target for target, _, nofollow in links if not nofollow]
    if kind == "text/css":
        found = html5lib_links.css_links(content.decode("utf-8", "replace"))
        references = [entry[0] if isinstance(entry, tuple) else entry for entry in found]
        resolved = [html5lib_links.resolve(url, reference, "utf-8") for reference in references]
        return url, [target for target in resolved if target]
    return url, []


def reachable(start, pool):
    """All URLs that links lead to from `start`, on its host and below its directory."""
    directory = start[: start.rindex("/") + 1]
    known, level = {start}, [start]
    while level:
        following = []
        for _, targets in pool.imap_unordered(targets_of, level, chunksize=8):
            for target in targets:
                if target.startswith(directory) and target not in known:
                    known.add(target)
                    following.append(target)
        level = following
    return known


class Nginx:
    def __init__(self, work, collections_):
        self.log = os.path.join(work, "access.log")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        locations = "".join(f"location /{name}/ {{ alias {root}/; }}\n" for name, root in collections_.items())
        configuration = os.path.join(work, "nginx.conf")
        with open(configuration, "w") as file:
            file.write(
                f"daemon off; master_process off; pid {work}/nginx.pid; error_log {work}/error.log;\n"
                "events { worker_connections 1024; }\n"
                f"http {{ access_log off; log_format target '$request_uri'; gzip off;\n"
                f"client_body_temp_path {work}/b; proxy_temp_path {work}/p; fastcgi_temp_path {work}/f;"
                f" uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;\n"
                "types { text/html html; text/css css; text/javascript js; image/png png; image/svg+xml svg; image/gif gif;"
                " text/plain txt; application/pdf pdf; }\n"
                "default_type application/octet-stream; keepalive_requests 1000000;\n"
                f"server {{ listen 127.0.0.1:{self.port}; root {work}; access_log {self.log} target if=$http_larder;\n{locations}}} }}\n")
        environment = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen(["nginx", "-e", f"{work}/error.log", "-p", work, "-c", configuration], env=environment)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("nginx does not answer")

    def requests(self):
        with open(self.log) as file:
            return collections.Counter(line.strip() for line in file)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def root_of(collection):
    for path in (collection + "/html", collection, collection.removesuffix("-doc")):
        root = os.path.realpath(os.path.join("/usr/share/doc", path))
        if os.path.isfile(os.path.join(root, "index.html")):
            return root
    raise SystemExit(f"there is no index.html of {collection} below /usr/share/doc: install it")


def check(name, larder, nginx, work, pool):
    start = f"http://127.0.0.1:{nginx.port}/{name}/index.html"
    open(nginx.log, "w").close()
    began = time.monotonic()
    crawl = subprocess.run(
        [larder, "crawl", "--no-config", "--cache", os.path.join(work, "cache"), "-r", "-l", "50", "--no-parent", "--json",
         "-H", "Larder: 1", "-j", "16", "--max-per-host", "16", start], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    seconds = time.monotonic() - began
    lines = [json.loads(line) for line in crawl.stdout.splitlines()]
    fetched = {line["url"] for line in lines if "type" not in line}
    asked = nginx.requests()
    repeated = [target for target, count in asked.items() if count > 1]
    expected = reachable(start, pool)
    prefix = f"http://127.0.0.1:{nginx.port}"
    asked_urls = {prefix + target for target in asked} - {prefix + "/robots.txt"}
    print(f"{name}: {len(fetched)} URLs fetched in {seconds:.1f} s (exit {crawl.returncode}), html5lib finds {len(expected)}; "
          f"missing {len(expected - fetched)}, not expected {len(fetched - expected)}, asked for twice {len(repeated)}, "
          f"asked for and not told {len(asked_urls - fetched)}")
    for title, urls in (("missing", expected - fetched), ("not expected", fetched - expected), ("twice", set(repeated))):
        for url in sorted(urls)[:5]:
            print(f"  {title}: {url}")
    return fetched == expected and not repeated and asked_urls == fetched and len(fetched) > 100


def main():
    parser = argparse.ArgumentParser(description="Compare a crawl of Debian's documentation with html5lib's links.")
    parser.add_argument("binaries", metavar="BIN_DIR", help="where the program larder is")
    parser.add_argument("collections", nargs="*", metavar="COLLECTION", default=DEFAULT)
    arguments = parser.parse_args()
    larder = os.path.join(arguments.binaries, "larder")
    work = tempfile.mkdtemp(prefix="larder-check-crawl-")
    roots = {name: root_of(name) for name in arguments.collections}
    nginx = Nginx(work, roots)
    try:
        with multiprocessing.Pool(os.cpu_count()) as pool:
            results = [check(name, larder, nginx, work, pool) for name in roots]
    finally:
        nginx.stop()
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()

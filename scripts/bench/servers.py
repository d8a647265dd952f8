"""Those who serve: caches in front of the origin, each alone on one processor, under the load of wrk on the other one."""

import base64
import os
import pwd
import random
import urllib.request

from share.origin import free_port

from bench.fetchers import Contestant, accepted, load
from bench.measuring import Failed, Sample, cpu_seconds, family, peak_mib
from bench.origin import start_nginx, wait_for_port
from bench.task import with_disk

HITS, MISSES = "hits", "misses"
PAGE = "/page.html"
PAGE_BYTES = 10_000
MEMORY_MIB = 1024
"""For stores in memory: more than all plain pages."""

LOAD_PROCESSOR, SERVER_PROCESSOR = 0, 1


class Server(Contestant):
    """`kind` says what it is asked for: one page again and again, or each page of the list once."""

    def __init__(self, kind, name, peer=None):
        super().__init__(name, "wrk", peer or name)
        self.kind = kind

    def start(self, task, place, port):
        """Starts the server for the origin of the task; the process, and its log."""
        raise NotImplementedError

    def fill(self, task, place):
        """What it lays into a new directory before it is started."""

    def launch(self, task):
        place = task.empty(self)
        os.chmod(place, 0o755)
        self.fill(task, place)
        port = free_port()
        process, log = self.start(task, place, port)
        try:
            port = self.port_of(process, log, port)
        except BaseException:
            task.lab.processes.stop(process)
            raise
        return process, port, place

    def port_of(self, process, log, port):
        wait_for_port(process, port, log)
        return port

    def prepare(self, task):
        if self.kind == HITS:
            self.process, self.port, self.directory = self.launch(task)
            # The first answer is a miss, and may come before the server is ready for more.
            for _ in range(3):
                fetch(f"http://127.0.0.1:{self.port}{PAGE}")

    def close(self, task):
        """The servers of hits run as long as the work."""
        process = getattr(self, "process", None)
        if process:
            task.lab.processes.stop(process)
            self.process = None

    def run(self, task):
        if self.kind == HITS:
            requests, paths = task.lab.hits, [PAGE]
            return self.under_load(task, self.process, self.port, requests, paths)
        process, port, place = self.launch(task)
        try:
            fetch(f"http://127.0.0.1:{port}{PAGE}")
            paths = task.paths[: task.lab.settings.misses]
            sample = self.under_load(task, process, port, len(paths), paths)
        finally:
            task.lab.processes.stop(process, patience=10)
        return with_disk(sample, place)

    def under_load(self, task, process, port, requests, paths):
        before, origin = cpu_seconds(process.pid), task.lab.origin_cpu()
        seconds, ended = load(
            task, self, f"http://127.0.0.1:{port}", (path + "\t\t" for path in paths), requests, accepted(task),
            processor=task.lab.processor(LOAD_PROCESSOR))
        after = cpu_seconds(process.pid)
        peak = sum(peak_mib(member) for member in family(process.pid))
        return Sample(requests, seconds, after - before, peak, task.lab.origin_cpu() - origin)


class LarderServe(Server):
    """`larder serve` in front of the origin."""

    ours = True

    def __init__(self, kind, name="larder serve", options=()):
        super().__init__(kind, name, "nginx")
        self.options = options

    def start(self, task, place, port):
        log = f"{place}.log"
        open(log, "w").close()
        return task.lab.processes.start([
            task.lab.larder, "serve", "--no-config", "-q", "--cache", f"{place}/cache", "--listen", f"127.0.0.1:{port}",
            "--upstream", task.base, "--threads", "1", *self.options], log, task.lab.processor(SERVER_PROCESSOR)), log


class NginxCache(Server):
    """nginx with proxy_cache and one worker; connections to the origin stay open, as with everybody else."""

    def __init__(self, kind, name="nginx proxy_cache", settings=""):
        super().__init__(kind, name, "nginx")
        self.settings = settings

    def start(self, task, place, port):
        origin = task.base.removeprefix("http://")
        http = f"""
    proxy_cache_path {place}/store levels=1:2 keys_zone=pages:64m max_size=10g; {self.settings}
    upstream origin {{ server {origin}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_cache pages; }}
    }}"""
        log = f"{place}/nginx/error.log"
        return start_nginx(task.lab.processes, place, "nginx", http, task.lab.processor(SERVER_PROCESSOR)), log


class Varnish(Server):
    """Varnish, its store in memory."""

    def __init__(self, kind):
        super().__init__(kind, "varnish")

    def start(self, task, place, port):
        log = f"{place}.log"
        return task.lab.processes.start([
            "varnishd", "-F", "-j", "none", "-n", f"{place}/work", "-a", f"127.0.0.1:{port}", "-b", task.base.removeprefix("http://"),
            "-s", f"malloc,{MEMORY_MIB}m"], log, task.lab.processor(SERVER_PROCESSOR)), log


class Squid(Server):
    """Squid with a store in memory and one on the disk."""

    def __init__(self, kind):
        super().__init__(kind, "squid")

    def fill(self, task, place):
        self.owner = pwd.getpwnam("proxy") if os.geteuid() == 0 else None
        os.makedirs(f"{place}/store")
        if self.owner:
            for path in place, f"{place}/store":
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def start(self, task, place, port):
        host, _, origin = task.base.removeprefix("http://").partition(":")
        with open(f"{place}/squid.conf", "w") as file:
            file.write(f"""
http_port 127.0.0.1:{port} accel defaultsite={host}:{origin} no-vhost
cache_peer {host} parent {origin} 0 no-query originserver name=origin
http_access allow all
cache_peer_access origin allow all
cache_mem {MEMORY_MIB} MB
cache_dir aufs {place}/store 10000 16 256
pid_filename {place}/squid.pid
cache_log {place}/cache.log
access_log none
cache_store_log none
coredump_dir {place}
shutdown_lifetime 0 seconds
pinger_enable off
""" + ("cache_effective_user proxy\n" if self.owner else ""))
        log = f"{place}.log"
        made = task.lab.processes.run(["squid", "-N", "-z", "-f", f"{place}/squid.conf"], 60)
        if made.status:
            raise Failed("squid -z: " + made.errors.strip()[-200:])
        return task.lab.processes.start(["squid", "-N", "-f", f"{place}/squid.conf"], log, task.lab.processor(SERVER_PROCESSOR)), log


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read()


def make_page(root):
    """The page of the hits: 10 KB that do not compress."""
    with open(root + PAGE, "wb") as file:
        file.write(base64.b64encode(random.Random(10).randbytes(PAGE_BYTES))[:PAGE_BYTES])

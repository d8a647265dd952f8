"""The origin of the measurements: pages on the disk, and nginx in front of them with a log that can be counted."""

import collections
import os
import random
import signal
import socket
import subprocess
import time

PAGES_IN_A_FOLDER = 1000
PAGE_BYTES = 10_000
WORDS = (
    "archive body cache cookie copy crawl date delay directory entry example field file fresh gateway header host index "
    "lease length library limit link list lock message method network number option order origin page path policy process "
    "proxy query range reader record request resource response robot route rule safe server shared socket stale status "
    "store stream table target time token transfer update user validator value vary version worker write"
).split()


def page_path(number):
    """The path of a page under the root of the site."""
    return f"/{number // PAGES_IN_A_FOLDER:03d}/{number}.html"


def make_pages(root, count):
    """Writes the pages that are not there yet: about 10 KB of HTML each, no two alike, compressing as text with markup does."""
    os.makedirs(root, exist_ok=True)
    done = os.path.join(root, "complete")
    have = int(open(done).read()) if os.path.exists(done) else 0
    for number in range(have, count):
        draw = random.Random(number)
        path = root + page_path(number)
        if number % PAGES_IN_A_FOLDER == 0:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        parts = [f'<!DOCTYPE html>\n<html lang="en">\n<head><title>Page {number}</title></head>\n<body>\n<h1>Page {number}</h1>\n']
        size = len(parts[0])
        while size < PAGE_BYTES - 300:
            words = draw.choices(WORDS, k=40)
            words[draw.randrange(40)] = str(draw.getrandbits(60))
            part = (
                f'<p class="text">{" ".join(words[:30])} <a href="{page_path(draw.randrange(160_000))}">{words[30]}</a>'
                f' {" ".join(words[31:])}.</p>\n'
            )
            parts.append(part)
            size += len(part)
        parts.append("</body>\n</html>\n")
        with open(path, "w") as file:
            file.write("".join(parts))
        if (number + 1) % PAGES_IN_A_FOLDER == 0:
            with open(done, "w") as file:
                file.write(str(number + 1))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """nginx with one worker on a free port of this machine; its log says when each request for what came to its end."""

    def __init__(self, work, root, server=""):
        self.work = work
        self.log = f"{work}/access.log"
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        for name in "body", "proxy", "fastcgi", "uwsgi", "scgi":
            os.makedirs(f"{work}/{name}", exist_ok=True)
        with open(f"{work}/nginx.conf", "w") as file:
            file.write(f"""
worker_processes 1; daemon off; master_process off; pid {work}/nginx.pid; error_log {work}/error.log; worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
    types {{ text/html html; application/octet-stream bin; }}
    log_format seen '$msec $request_time $status $request_uri';
    access_log {self.log} seen buffer=1m;
    sendfile on; tcp_nopush on; keepalive_requests 100000000;
    server {{ listen 127.0.0.1:{self.port} backlog=4096; root {root}; expires 1h; {server} }}
}}
""")
        self.process = subprocess.Popen(["nginx", "-e", f"{work}/error.log", "-c", f"{work}/nginx.conf"])
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise SystemExit("nginx does not start: " + open(f"{work}/error.log").read())

    def take_log(self):
        """The requests since the last call: (end in seconds, duration, status, target) each. nginx writes what it holds back."""
        taken = f"{self.log}.taken"
        os.rename(self.log, taken)
        self.process.send_signal(signal.SIGUSR1)
        while not os.path.exists(self.log):
            time.sleep(0.005)
        # The new file is there a moment before the old one has got its last lines.
        size = -1
        while size != os.path.getsize(taken):
            size = os.path.getsize(taken)
            time.sleep(0.05)
        lines = []
        with open(taken) as file:
            for line in file:
                end, duration, status, target = line.split(" ", 3)
                lines.append((float(end), float(duration), int(status), target.rstrip("\n")))
        return lines

    def counts(self):
        """How often each target was asked for since the last look."""
        return collections.Counter(target for _, _, _, target in self.take_log())

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()

"""nginx: the origin of all works, and the way in which any nginx of ours is started."""

import os
import socket
import subprocess
import time
import urllib.request

from share.origin import free_port

from bench.measuring import family

PLAIN, GZIP, TLS = "plain", "gzip", "tls"


def start_nginx(processes, work, name, http, processor=None):
    """Starts nginx with one worker and the given part of its configuration; its pages may be read by anybody."""
    place = f"{work}/{name}"
    os.makedirs(place, exist_ok=True)
    with open(f"{place}/nginx.conf", "w") as file:
        file.write(f"""
worker_processes 1; daemon off; pid {place}/nginx.pid; error_log {place}/error.log; worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
    types {{ text/html html; text/css css; application/octet-stream bin; }}
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
    {http}
}}
""")
    return processes.start(["nginx", "-e", f"{place}/error.log", "-c", f"{place}/nginx.conf"], f"{place}/error.log", processor)


def wait_for_port(process, port, log, seconds=20):
    """Returns when somebody listens; the log is told where nobody does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    with open(log, errors="replace") as file:
        raise RuntimeError(f"{process.args[0]} does not listen: {file.read()[-500:]}")


def make_certificate(work):
    """A certificate for 127.0.0.1 that signs itself: file and key."""
    certificate, key = f"{work}/origin.pem", f"{work}/origin.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return certificate, key


class Origin:
    """One nginx with three servers of the same pages: plain, gzipped beforehand, gzipped over TLS. Everything is fresh for a day."""

    def __init__(self, processes, work, root):
        self.certificate, key = make_certificate(work)
        self.ports = {server: free_port() for server in (PLAIN, GZIP, TLS)}
        # Without gzip_proxied nginx sends plain pages to whoever says Via, as caches do.
        zipped = "expires 1d; gzip_static on; gzip_vary on; gzip_proxied any;"
        plain = f"listen 127.0.0.1:{self.ports[PLAIN]} backlog=4096; root {root}; expires 1d;"
        gzip = f"listen 127.0.0.1:{self.ports[GZIP]} backlog=4096; root {root}; {zipped}"
        tls = (f"listen 127.0.0.1:{self.ports[TLS]} ssl backlog=4096; root {root}; {zipped} "
               f"ssl_certificate {self.certificate}; ssl_certificate_key {key};")
        self.status_port = free_port()
        status = f"listen 127.0.0.1:{self.status_port}; location / {{ stub_status; }}"
        self.process = start_nginx(processes, work, "origin", "".join(f"server {{ {part} }}\n" for part in (plain, gzip, tls, status)))
        for port in self.ports.values():
            wait_for_port(self.process, port, f"{work}/origin/error.log")

    def pin(self, processor):
        """Keeps it on one processor, or lets it go to any of ours."""
        for member in family(self.process.pid):
            os.sched_setaffinity(member, os.sched_getaffinity(0) if processor is None else {processor})

    def requests(self):
        """How many requests it has answered, those for this number left out."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.status_port}/", timeout=20) as response:
            told = int(response.read().splitlines()[2].split()[2])
        self.asked = getattr(self, "asked", 0) + 1
        return told - self.asked

    def base(self, server):
        return f"{'https' if server == TLS else 'http'}://127.0.0.1:{self.ports[server]}"


def entity_tag(file):
    """What nginx says in ETag for a file: time and size."""
    status = os.stat(file)
    return f'"{int(status.st_mtime):x}-{status.st_size:x}"'

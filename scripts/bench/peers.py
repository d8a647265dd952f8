"""The other programs: how they are installed where they can be, and which versions they are."""

import os
import shutil
import subprocess
from dataclasses import dataclass

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(os.path.dirname(SCRIPTS), ".build", "bench-venv")
PYTHON = os.path.join(VENV, "bin", "python")


@dataclass(frozen=True)
class Peer:
    """A program of Debian (`need` as scripts/require.sh takes it), or a library for Python: `package` brings what is in `imports`."""

    name: str
    need: str = ""
    version: tuple = ()
    package: str = ""
    imports: str = ""


PEERS = (
    Peer("nginx", "nginx:nginx-light", ("nginx", "-v")),
    Peer("wrk", "wrk", ("wrk", "-v")),
    Peer("wget2", "wget2", ("wget2", "--version")),
    Peer("curl", "curl", ("curl", "--version")),
    Peer("aria2", "aria2c:aria2", ("aria2c", "--version")),
    Peer("httrack", "httrack", ("httrack", "--version")),
    Peer("squid", "squid", ("squid", "--version")),
    Peer("varnish", "varnishd:varnish", ("varnishd", "-V")),
    Peer("Scrapy", package="scrapy", imports="scrapy"),
    Peer("requests-cache", package="requests-cache", imports="requests_cache"),
    Peer("hishel", package="hishel[httpx,async]", imports="hishel.httpx, anysqlite"),
)


def install(found, missing, log=print):
    """Installs what is missing. `found` gets the versions by name, `missing` the reasons."""
    # All at once, and each by itself where one of them cannot be had.
    together = _require(peer.need for peer in PEERS if peer.need)
    for peer in PEERS:
        reason = _install_library(peer) if peer.package else together and _require([peer.need])
        if reason:
            missing[peer.name] = reason
            log(f"missing: {peer.name}: {reason}")
        else:
            found[peer.name] = version(peer)


def _require(needs):
    """Why they cannot be had, an empty text where they are there."""
    # No daemon of a peer is to start with its installation, where the system asks.
    done = _run([f"{SCRIPTS}/require.sh", *needs], env={**os.environ, "RUNLEVEL": "1"})
    return _reason(done.stderr) or "not installed" if done.returncode else ""


def _install_library(peer):
    if not os.path.exists(PYTHON):
        done = _run(["/usr/bin/python3", "-m", "venv", VENV])
        if done.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            return "no virtual environment for Python: " + _reason(done.stderr or done.stdout)
    if _run([PYTHON, "-c", f"import {peer.imports}"]).returncode == 0:
        return ""
    done = _run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", peer.package])
    return _reason(done.stderr) or "pip failed" if done.returncode else ""


def _run(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", **options)


def version(peer):
    """The words of a program about its version, as short as they can be told."""
    if peer.package:
        code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
        return _run([PYTHON, "-c", code, peer.package.partition("[")[0]]).stdout.strip()
    done = _run(peer.version)
    for word in (done.stdout + done.stderr).replace("/", " ").replace("(", " ").replace("-", " ").split():
        if word[0].isdigit() and "." in word:
            return word.rstrip(",")
    return "?"


def _reason(text):
    """The line of an installer that says most: the first error, else the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith(("E: ", "ERROR: "))), lines[-1] if lines else "")[:200]

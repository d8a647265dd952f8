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
    """A program of Debian (`need` as scripts/require.sh takes it), or with `modules` a library for Python."""

    name: str
    need: str = ""
    version: tuple = ()
    modules: tuple = ()


PEERS = (
    Peer("nginx", "nginx:nginx-light", ("nginx", "-v")),
    Peer("wrk", "wrk", ("wrk", "-v")),
    Peer("wget2", "wget2", ("wget2", "--version")),
    Peer("curl", "curl", ("curl", "--version")),
    Peer("aria2", "aria2c:aria2", ("aria2c", "--version")),
    Peer("httrack", "httrack", ("httrack", "--version")),
    Peer("squid", "squid", ("squid", "--version")),
    Peer("varnish", "varnishd:varnish", ("varnishd", "-V")),
    Peer("Scrapy", modules=("scrapy",)),
    Peer("requests-cache", modules=("requests-cache",)),
    Peer("hishel", modules=("hishel[httpx,async]",)),
)


def install(found, missing, log=print):
    """Installs what is missing. `found` gets the versions by name, `missing` the reasons."""
    for peer in PEERS:
        if peer.modules:
            reason = _install_modules(peer)
        else:
            # No daemon of a peer is to start with its installation, where the system asks.
            done = subprocess.run(
                [f"{SCRIPTS}/require.sh", peer.need], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                env={**os.environ, "RUNLEVEL": "1"})
            reason = _last_line(done.stderr) if done.returncode else ""
        if reason:
            missing[peer.name] = reason
            log(f"missing: {peer.name}: {reason}")
        else:
            found[peer.name] = version(peer)


def _install_modules(peer):
    if not os.path.exists(PYTHON):
        done = subprocess.run(["/usr/bin/python3", "-m", "venv", VENV], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            return "no virtual environment for Python: " + _last_line(done.stderr or done.stdout)
    name = peer.modules[0].partition("[")[0]
    if _module_version(name) and "[" not in peer.modules[0]:
        return ""
    done = subprocess.run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.modules], stdin=subprocess.DEVNULL,
        capture_output=True, text=True)
    return _last_line(done.stderr) or "pip failed" if done.returncode else ""


def _module_version(name):
    code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    return subprocess.run([PYTHON, "-c", code, name], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout.strip()


def version(peer):
    """The words of a program about its version, as short as they can be told."""
    if peer.modules:
        return _module_version(peer.modules[0].partition("[")[0])
    done = subprocess.run(peer.version, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    for word in (done.stdout + done.stderr).replace("/", " ").replace("(", " ").replace("-", " ").split():
        if word[0].isdigit() and "." in word:
            return word.rstrip(",")
    return "?"


def _last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""

"""What a piece of work costs: time, CPU and memory of a process and its children, bytes on the disk."""

import os
import subprocess
import threading
import time
from dataclasses import asdict, dataclass

TICKS = os.sysconf("SC_CLK_TCK")
LOOK_FIRST, LOOK_EVERY = 0.002, 0.02
"""Seconds between two looks at the memory of a process, at first and later; the kernel keeps the peak, only the last moment is missed."""


class Failed(Exception):
    """A contestant did not do its work; the others go on."""


@dataclass
class Sample:
    """One contestant in one round. `cpu` and `peak_mib` are its own, the origin's CPU and what it was asked stand apart."""

    pages: int
    seconds: float
    cpu: float | None = None
    peak_mib: float | None = None
    origin_cpu: float | None = None
    origin_requests: int | None = None
    disk_bytes: int | None = None

    @property
    def rate(self):
        return self.pages / self.seconds if self.seconds else 0.0

    def as_json(self):
        return {**asdict(self), "rate": self.rate}


@dataclass
class Ended:
    """A process that has ended."""

    status: int
    seconds: float
    cpu: float
    peak_mib: float
    output: str
    errors: str


def family(pid):
    """A process and all below it."""
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children") as file:
                    found += [int(word) for word in file.read().split()]
        except OSError:
            pass
    return found


def peak_mib(pid):
    """The peak of memory of a process, 0 once it has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def cpu_seconds(pid):
    """What a process, its family and the children that it has waited for have used."""
    total = 0
    for member in family(pid):
        try:
            with open(f"/proc/{member}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / TICKS


class Processes:
    """All that we start, so that nothing is left behind."""

    def __init__(self, work):
        self.work = work
        self.running = []
        self.number = 0

    def start(self, command, log=os.devnull, processor=None, **options):
        """Starts a server; with a processor it stays on that one."""
        if processor is not None:
            command = ["taskset", "-c", str(processor), *command]
        with open(log, "ab") as file:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, **options)
        self.running.append(process)
        return process

    def run(self, command, limit=600, processor=None, environment=None, cwd=None):
        """Runs a command to its end; longer than the limit in seconds is a failure."""
        self.number += 1
        name = f"{self.work}/run-{self.number}"
        if processor is not None:
            command = ["taskset", "-c", str(processor), *command]
        peaks = {}
        with open(name + ".out", "wb") as output, open(name + ".err", "wb") as errors:
            began = time.monotonic()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=cwd, env={**os.environ, **(environment or {})})
            self.running.append(process)
            watching = threading.Event()

            def watch():
                pause = LOOK_FIRST
                while not watching.wait(pause):
                    pause = min(2 * pause, LOOK_EVERY)
                    for member in family(process.pid):
                        peaks[member] = max(peak_mib(member), peaks.get(member, 0))
                    if time.monotonic() - began > limit:
                        process.kill()

            watcher = threading.Thread(target=watch)
            watcher.start()
            try:
                _, status, usage = os.wait4(process.pid, 0)
                seconds = time.monotonic() - began
                process.returncode = os.waitstatus_to_exitcode(status)
            finally:
                watching.set()
                watcher.join()
            self.running.remove(process)
        texts = []
        for suffix in ".out", ".err":
            with open(name + suffix, errors="replace") as file:
                texts.append(file.read())
            os.unlink(name + suffix)
        if seconds > limit:
            raise Failed(f"not done after {limit} s")
        return Ended(process.returncode, seconds, usage.ru_utime + usage.ru_stime, sum(peaks.values()), *texts)

    def stop(self, process, patience=5):
        """Ends one of ours, gently at first."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                members = family(process.pid)
                for member in reversed(members):
                    try:
                        os.kill(member, 9)
                    except ProcessLookupError:
                        pass
                process.wait()
        if process in self.running:
            self.running.remove(process)

    def stop_all(self):
        for process in reversed(list(self.running)):
            self.stop(process)

"""The machine of a run: what the figures hang on."""

import os
import platform
import re


def keep_two_processors():
    """Everything that is started from here on shares two processors, however many there are."""
    mine = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, mine[:2])


def describe(work):
    """One line a fact."""
    with open("/proc/cpuinfo") as file:
        models = re.findall(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    with open("/proc/meminfo") as file:
        memory = int(re.search(r"MemTotal:\s*(\d+)", file.read())[1]) / (1 << 20)
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "") if hasattr(platform, "freedesktop_os_release") else ""
    return {
        "processor": f"{models[0] if models else platform.machine()}, 2 used of {os.cpu_count()}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{system}, Linux {platform.release()}",
        "file system": file_system(work),
    }


def file_system(path):
    """The kind of file system that a path lies on."""
    best, kind = "", "?"
    with open("/proc/mounts") as file:
        for line in file:
            _, place, name, *_ = line.split(" ")
            if (path + "/").startswith(place.rstrip("/") + "/") and len(place) > len(best):
                best, kind = place, name
    return kind

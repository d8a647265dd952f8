"""requests-cache with SQLite and a pool of threads: LIST DIRECTORY THREADS reuse|refresh. More than 16 threads only wait for each other."""

import concurrent.futures
import json
import sys
import threading
import time

import requests_cache

source, directory, threads, mode = sys.argv[1:]
with open(source) as file:
    urls = file.read().split()
local = threading.local()
backend = requests_cache.SQLiteCache(f"{directory}/cache.db", wal=True)


def fetch(url):
    if not hasattr(local, "session"):
        local.session = requests_cache.CachedSession(backend=backend, cache_control=True)
    response = local.session.get(url, refresh=mode == "refresh")
    response.raise_for_status()
    return len(response.content) > 0, response.from_cache


began = time.monotonic()
with concurrent.futures.ThreadPoolExecutor(min(int(threads), 16)) as pool:
    results = list(pool.map(fetch, urls))
print(json.dumps({"seconds": time.monotonic() - began, "pages": sum(whole for whole, _ in results), "cached": sum(cached for _, cached in results)}))

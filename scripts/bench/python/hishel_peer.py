"""hishel with httpx and SQLite, asynchronous: LIST DIRECTORY CONNECTIONS reuse|refresh."""

import asyncio
import json
import sys
import time

import hishel
import hishel.httpx
import httpx

source, directory, connections, mode = sys.argv[1:]
with open(source) as file:
    urls = file.read().split()


async def main():
    waiting = iter(urls)
    pages = cached = 0
    storage = hishel.AsyncSqliteStorage(database_path=f"{directory}/cache.db")
    limits = httpx.Limits(max_connections=int(connections), max_keepalive_connections=int(connections))
    fields = {"Cache-Control": "no-cache"} if mode == "refresh" else {}
    async with hishel.httpx.AsyncCacheClient(
            storage=storage, rfc=hishel.CacheOptions(shared=False), limits=limits, timeout=60, headers=fields) as client:

        async def work():
            nonlocal pages, cached
            for url in waiting:
                response = await client.get(url)
                response.raise_for_status()
                pages += len(response.content) > 0
                status = response.extensions["caching"]
                cached += status["from_cache"] or status["revalidated"]

        await asyncio.gather(*(work() for _ in range(int(connections))))
    return pages, cached


began = time.monotonic()
pages, cached = asyncio.run(main())
print(json.dumps({"seconds": time.monotonic() - began, "pages": pages, "cached": cached}))

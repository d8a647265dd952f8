"""Scrapy with its HTTP cache (rules of the RFC, gzip, files): LIST DIRECTORY CONNECTIONS reuse|refresh."""

import json
import sys
import time

import scrapy
from scrapy.crawler import CrawlerProcess

source, directory, connections, mode = sys.argv[1:]
with open(source) as file:
    urls = file.read().split()
told = {"pages": 0, "cached": 0}
moments = []


class Pages(scrapy.Spider):
    name = "pages"
    custom_settings = {
        "HTTPCACHE_ENABLED": True, "HTTPCACHE_DIR": directory, "HTTPCACHE_GZIP": True,
        "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.RFC2616Policy", "CONCURRENT_REQUESTS": int(connections),
        "CONCURRENT_REQUESTS_PER_DOMAIN": int(connections), "DOWNLOAD_DELAY": 0, "ROBOTSTXT_OBEY": False, "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False, "AUTOTHROTTLE_ENABLED": False}

    async def start(self):
        moments.append(time.monotonic())
        fields = {"Cache-Control": "max-age=0"} if mode == "refresh" else {}
        for url in urls:
            yield scrapy.Request(url, headers=fields, dont_filter=True)

    def parse(self, response):
        told["pages"] += len(response.body) > 0
        told["cached"] += "cached" in response.flags
        moments[1:] = [time.monotonic()]


process = CrawlerProcess()
process.crawl(Pages)
process.start()
print(json.dumps({"seconds": moments[-1] - moments[0], **told}))

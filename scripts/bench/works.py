"""What is measured: a value for each work, with its contestants and what Larder is to reach."""

from dataclasses import dataclass

from bench.command import LarderCat
from bench.fetchers import AGAIN, COLD, FRESH, Aria2, Curl, Larder, PythonPeer, Wget2, Wrk
from bench.origin import GZIP, PLAIN, TLS
from bench.pages import ALIKE, DISTINCT
from bench.recursive import Httrack, RecursiveLarder, RecursiveWget2
from bench.servers import HITS, MISSES, LarderServe, NginxCache, Squid, Varnish

AT_LEAST, AT_MOST = "at least", "at most"
RATE, DISK, MILLISECONDS = "rate", "disk", "milliseconds"


@dataclass(frozen=True)
class Goal:
    """A measure of a contestant of ours, by itself or as a multiple of another's."""

    bound: float
    against: str | None = None
    measure: str = RATE
    kind: str = AT_LEAST
    contestant: str = "larder"


@dataclass(frozen=True)
class Work:
    """A line of the table. `unit` is what a rate counts; `asks` whether the origin must see each of them, or none; a work that only
    says more of another one, `beside` it, gets the rounds of slow contestants."""

    name: str
    title: str
    contestants: tuple
    goals: tuple = ()
    server: str = GZIP
    tree: str = ALIKE
    unit: str = "URLs/s"
    asks: bool = True
    pinned: bool = False
    beside: bool = False
    note: str = ""


def python_peers(kind):
    return (
        PythonPeer(kind, "Scrapy", "scrapy_peer.py"), PythonPeer(kind, "requests-cache", "requests_cache_peer.py"),
        PythonPeer(kind, "hishel", "hishel_peer.py"))


DURABLE = ["--durable"]

MISS_SERVERS = (LarderServe(MISSES), NginxCache(MISSES), Varnish(MISSES), Squid(MISSES))
MISSES_GOALS = (Goal(1, "squid", contestant="larder serve"), Goal(0.7, "nginx proxy_cache", contestant="larder serve"))

WORKS = (
    Work(
        "cold-gzip", "Cold, the server sends gzip",
        (Larder(COLD), Larder(COLD, "larder --durable", DURABLE), Wrk(), Wget2(COLD), Curl(), Curl("curl to files", keep=True), Aria2(COLD),
         *python_peers(COLD)),
        (Goal(0.45, "wrk"), Goal(4, "wget2"), Goal(0.45, "wrk", contestant="larder --durable"),
         Goal(4, "wget2", contestant="larder --durable")),
        note="wrk and curl throw away what they get, wget2 and aria2 write inflated files, `curl to files` keeps them as they were sent."),
    Work(
        "cold-gzip-distinct", "Cold, gzip, no two pages alike",
        (Larder(COLD), Larder(COLD, "larder --durable", DURABLE), Wrk(), Wget2(COLD)), tree=DISTINCT, beside=True,
        note="Larder stores equal bodies once, and the pages under the eight prefixes are equal. Here each is another, by a comment at its "
        "end."),
    Work(
        "cold-plain", "Cold, the server sends plain pages",
        (Larder(COLD), Wrk(), Wget2(COLD, compression="identity"), Curl(), Aria2(COLD)),
        (Goal(1.5, "wget2"), Goal(0.25, "wget2", DISK, AT_MOST)), server=PLAIN, note="Larder deflates what came plain."),
    Work(
        "cold-plain-distinct", "Cold, plain, no two pages alike",
        (Larder(COLD), Wrk(), Wget2(COLD, compression="identity")), server=PLAIN, tree=DISTINCT, beside=True),
    Work(
        "cold-tls", "Cold, over TLS with keep-alive",
        (Larder(COLD), Curl(), Wrk(), Wget2(COLD), Aria2(COLD)), (Goal(0.7, "curl"),), server=TLS,
        note="The server sends gzip. curl and wrk throw away what they get."),
    Work(
        "again-304", "Again, everything revalidated (304)",
        (Larder(AGAIN), Wrk(conditional=True), Wget2(AGAIN, "wget2 -N"), Aria2(AGAIN, "aria2 --conditional-get"),
         *python_peers(AGAIN)),
        (Goal(1, "wget2 -N"), Goal(0.5, "wrk")), note="wrk sends the pages' ETag and Last-Modified."),
    Work(
        "again-fresh", "Again, everything fresh",
        (Larder(FRESH), *python_peers(FRESH)), (Goal(150_000), Goal(300, "requests-cache")), asks=False,
        note="Nobody is asked. The time is that of the whole process; of the libraries for Python, from the first request to the last "
        "answer."),
    Work(
        "recursive", "Cold, following links", (RecursiveLarder(COLD), RecursiveWget2("wget2"), Httrack("httrack")), server=PLAIN,
        note="PostgreSQL's manual, from its first page. HTTrack is stopped after a while."),
    Work(
        "serve-hits", "Serve, hits of 10 KB",
        (LarderServe(HITS), NginxCache(HITS), NginxCache(HITS, "nginx, open_file_cache", "open_file_cache max=10000;"), Varnish(HITS),
         Squid(HITS)),
        (Goal(1, "nginx proxy_cache", contestant="larder serve"), Goal(1, "varnish", contestant="larder serve")),
        server=PLAIN, unit="requests/s", asks=False, pinned=True,
        note="Each server alone on one processor, wrk with 64 connections on the other."),
    Work(
        "serve-misses", "Serve, misses, gzip",
        MISS_SERVERS, MISSES_GOALS, tree=DISTINCT, unit="requests/s", pinned=True,
        note="Each page once, through an empty cache. The server alone on one processor, wrk and the origin on the other. Varnish stores in "
        "memory only."),
    Work(
        "serve-misses-plain", "Serve, misses, plain",
        MISS_SERVERS, MISSES_GOALS, server=PLAIN, tree=DISTINCT, unit="requests/s", pinned=True, beside=True,
        note="The same with pages that come plain, which Larder deflates, and nobody else."),
    Work(
        "cat", "`larder cat URL`", (LarderCat(),), (Goal(25, measure=MILLISECONDS, kind=AT_MOST, contestant="larder cat"),),
        unit="commands/s", asks=False,
        note="The whole process: start, look-up, inflating, end."),
)

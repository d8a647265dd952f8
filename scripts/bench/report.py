"""What came of a run: goals reached and missed, the Markdown page, the raw samples."""

import os
import statistics
import textwrap
import time
from dataclasses import dataclass
from functools import cached_property

from bench import chart
from bench.works import AT_LEAST, AT_MOST, DISK, MILLISECONDS, RATE

PARTS_BEGIN, PARTS_END = "<!-- parts: what stands here is kept -->", "<!-- end of parts -->"
"""Between them lie the measurements of single parts, which another command writes."""

MEASURES = {
    RATE: lambda sample: sample.rate,
    DISK: lambda sample: sample.disk_bytes / sample.pages,
    MILLISECONDS: lambda sample: sample.seconds * 1000,
}


@dataclass(frozen=True)
class Verdict:
    """A goal, and what was measured; None where somebody was missing."""

    work: object
    goal: object
    value: float | None

    @property
    def reached(self):
        if self.value is None:
            return False
        return self.value >= self.goal.bound if self.goal.kind == AT_LEAST else self.value <= self.goal.bound

    @property
    def text(self):
        goal = self.goal
        if goal.against:
            what = "the bytes on the disk" if goal.measure == DISK else "the rate"
            wanted = f"{goal.kind} {number(goal.bound)} times {what} of {goal.against}"
        else:
            wanted = f"{goal.kind} {number(goal.bound)} {'ms' if goal.measure == MILLISECONDS else self.work.unit}"
        return wanted


@dataclass
class Run:
    results: list
    settings: object
    found: dict
    missing: dict
    version: str
    site: object
    machine: dict
    seconds: float

    @cached_property
    def verdicts(self):
        found = []
        for result in self.results:
            for goal in result.work.goals:
                ours, theirs = (median(result, name, goal.measure) for name in (goal.contestant, goal.against))
                value = ours if not goal.against else ours / theirs if ours is not None and theirs else None
                found.append(Verdict(result.work, goal, value))
        return found

    def as_json(self):
        return {
            "larder": self.version, "machine": self.machine, "versions": self.found, "missing": self.missing,
            "seconds": round(self.seconds, 1), "settings": vars(self.settings),
            "works": {
                result.work.name: {
                    "title": result.work.title, "page_bytes": result.page_bytes, "failures": result.failures,
                    "samples": {name: [sample.as_json() for sample in samples] for name, samples in result.samples.items()},
                } for result in self.results
            },
            "goals": [
                {"work": verdict.work.name, "contestant": verdict.goal.contestant, "goal": verdict.text, "value": verdict.value,
                 "reached": verdict.reached} for verdict in self.verdicts
            ],
        }


def values(result, name, measure=RATE):
    samples = result.samples.get(name, [])
    return [MEASURES[measure](sample) for sample in samples if measure != DISK or sample.disk_bytes is not None]


def median(result, name, measure=RATE):
    found = values(result, name, measure)
    return statistics.median(found) if found else None


def number(value):
    """With as many digits as mean something."""
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0") if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def verdicts(run):
    """The goals, a line each."""
    lines = []
    for verdict in run.verdicts:
        word = "reached" if verdict.reached else "open" if verdict.value is None else "MISSED"
        lines.append(f"{word:>8}  {verdict.work.name}, {verdict.goal.contestant}: {number(verdict.value)}, {verdict.text}")
    return "\n".join(lines)


def write(run, path):
    """The page, and the chart beside it; what stands between the marks of an older page stays."""
    picture = os.path.splitext(path)[0] + ".svg"
    parts = ""
    if os.path.exists(path):
        with open(path) as file:
            _, begin, rest = file.read().partition(PARTS_BEGIN)
            if begin and PARTS_END in rest:
                parts = rest.partition(PARTS_END)[0].strip("\n")
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(picture, "w") as file:
        file.write(chart.draw(run.results, median, values))
    with open(path, "w") as file:
        file.write(markdown(run, os.path.basename(picture), parts))


def markdown(run, picture, parts):
    settings = run.settings
    lines = [
        "# Benchmarks",
        wrapped(
            f"Written by `make {'bench-quick' if settings.quick else 'bench'}` on {time.strftime('%Y-%m-%d', time.gmtime())}, in "
            f"{run.seconds / 60:.1f} minutes. Everything ran in one run on one machine, the server included; in each round the contestants took "
            "turns. Figures hang on the machine and on what else it does: compare ratios."),
        "",
        f"![Medians of the rates, one group of bars for each work]({picture})",
        "",
        *goals(run), *losses(run), *setting(run),
        "## Works",
    ]
    for result in run.results:
        lines += work(result, run)
    lines += ["## Parts", PARTS_BEGIN, parts or "Single parts (links, URLs, the frontier, leases) are not in this run.", PARTS_END]
    return "\n".join(lines) + "\n"


def wrapped(text, indent=""):
    return textwrap.fill(text, 118, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def goals(run):
    if not run.verdicts:
        return []
    lines = ["## Goals", "| work | Larder | goal | measured | |", "|---|---|---|---:|---|"]
    for verdict in run.verdicts:
        reached = "reached" if verdict.reached else "not measured" if verdict.value is None else "**missed**"
        lines.append(f"| {verdict.work.title} | `{verdict.goal.contestant}` | {verdict.text} | {number(verdict.value)} | {reached} |")
    return [*lines, ""]


def losses(run):
    """Whoever was faster, or took less of the processor, memory or disk than the first of ours in a work."""
    lines = []
    for result in run.results:
        names = [contestant.name for contestant in result.work.contestants if contestant.ours]
        ours = next((name for name in names if name in result.samples), None)
        if not ours:
            continue
        for contestant in result.work.contestants:
            name = contestant.name
            if contestant.ours or contestant.ceiling or name not in result.samples:
                continue
            found = []
            rate = median(result, name) / median(result, ours)
            if rate > 1:
                found.append(f"{number(rate)} times the rate")
            for what, cost in costs(result, name, ours):
                if cost < 1:
                    found.append(f"{number(cost)} of the {what}")
            if found:
                lines.append(wrapped(f"- {result.work.title}, {name}: {', '.join(found)}.", "  "))
    if not lines:
        return []
    introduction = "What others do faster, or with less for each URL, than Larder in the same work; the load generator is left out."
    return ["## Where we lose", introduction, "", *lines, ""]


def costs(result, name, ours):
    """What another takes as a multiple of ours, for each cost that both have."""
    for what, measure in (
            ("CPU time", lambda sample: sample.cpu and sample.cpu / sample.pages), ("peak memory", lambda sample: sample.peak_mib),
            ("bytes on the disk", lambda sample: sample.disk_bytes and sample.disk_bytes / sample.pages)):
        theirs, own = ([measure(sample) for sample in result.samples[who] if measure(sample)] for who in (name, ours))
        if theirs and own:
            yield what, statistics.median(theirs) / statistics.median(own)


def setting(run):
    settings, machine = run.settings, run.machine
    slow = dict.fromkeys(
        contestant.name for result in run.results for contestant in result.work.contestants if contestant.slow and contestant.listed)
    versions = ", ".join(f"{name} {version}" for name, version in run.found.items())
    lines = [
        "## Machine, versions, settings",
        *(f"- {name}: {value}" for name, value in machine.items()),
        f"- larder {run.version}; {versions}",
        *(f"- missing: {name} ({reason})" for name, reason in run.missing.items()),
        f"- {settings.pages:,} URLs: the {len(run.site.paths):,} pages of Debian's documentation of Python, PostgreSQL and SQLite under up to 8 "
        "prefixes, from nginx with one worker over loopback; gzipped beforehand where it sends gzip. All of them are sent once before each work.",
        f"- {settings.rounds} rounds; of programs that need long for a page {settings.slow_rounds}, with the first {settings.slow_pages:,} URLs: "
        f"{', '.join(slow)}.",
        "- 64 connections for everybody who can be told so; requests-cache has 16 threads. Cold means an empty directory.",
        "- Rates are medians of whole processes, start and end included (libraries for Python and wrk: from the first request to the last answer); "
        "the range is that of the rounds. CPU is the program's own, for 1,000 URLs, the origin's apart. Memory is the sum of the peaks of the "
        "program's processes. Disk is what the file system counts as taken, after the program has ended.",
    ]
    return [lines[0], *(wrapped(line, "  ") for line in lines[1:]), ""]


def work(result, run):
    lines = [f"### {result.work.title}"]
    if result.work.note:
        lines.append(wrapped(result.work.note))
    lines += [
        "", f"| | {result.work.unit} | range | CPU, ms for 1,000 | origin's | peak, MiB | disk, KB each |", "|---|---:|---:|---:|---:|---:|---:|"]
    for contestant in result.work.contestants:
        name = contestant.name
        samples = result.samples.get(name)
        if not samples:
            lines.append(f"| {name} | {result.failures.get(name, 'not measured')} | | | | | |")
            continue
        rates = values(result, name)
        label = f"**{name}**" if contestant.ours else name
        failed = f" ({result.failures[name]})" if name in result.failures else ""
        lines.append(
            f"| {label}{failed} | {number(statistics.median(rates))} | {number(min(rates))}–{number(max(rates))} | "
            f"{each(samples, 'cpu', 1e6)} | {each(samples, 'origin_cpu', 1e6)} | {middle(samples, 'peak_mib')} | "
            f"{each(samples, 'disk_bytes', 1e-3)} |")
    return [*lines, ""]


def each(samples, name, factor):
    """The median of something for each URL."""
    found = [getattr(sample, name) * factor / sample.pages for sample in samples if getattr(sample, name) is not None]
    return number(statistics.median(found)) if found else ""


def middle(samples, name):
    found = [getattr(sample, name) for sample in samples if getattr(sample, name) is not None]
    return f"{statistics.median(found):,.0f}" if found else ""

"""Many processes and one cache: the same list for all, and a list for each."""

import statistics

from share.origin import page_path

PROCESSES = 8


def complain(found, text):
    """Something that is promised is not so; the measurement goes on."""
    print(f"    NOT AS PROMISED: {text}", flush=True)
    found.append(text)


def check_runs(found, runs, wanted):
    """Every process ends with 0, says nothing on standard error, and tells of each of its URLs."""
    for index, run in enumerate(runs):
        if run.status != 0:
            complain(found, f"process {index} ended with {run.status}")
        if run.errors:
            complain(found, f"process {index} said: {run.errors[:300]!r}")
        told = run.summary().get("urls")
        if told is not None and told != wanted:
            complain(found, f"process {index} told of {told} URLs, not of {wanted}")


def check_once(found, origin, wanted):
    """The origin was asked for each target exactly once."""
    counts = origin.counts()
    more = [target for target, count in counts.items() if count > 1]
    requests = sum(counts.values())
    if more or len(counts) != wanted:
        complain(found, f"{len(counts)} targets of {wanted} asked for in {requests} requests, {len(more)} of them more than once")
    return requests


def describe(name, seconds, runs, urls, origin_cpu):
    cpu = [run.cpu for run in runs]
    waits = [run.summary().get("longest_commit_ms") for run in runs]
    waits = [wait for wait in waits if wait is not None]
    print(
        f"    {name}: {seconds:.2f} s, {urls / seconds:,.0f} URLs/s; CPU ours {sum(cpu):.2f} s "
        f"(user {sum(run.user for run in runs):.2f}, system {sum(run.system for run in runs):.2f}; "
        f"each {min(cpu):.2f} to {max(cpu):.2f}), origin {origin_cpu:.2f} s; peak {max(run.peak_mib for run in runs)} MiB"
        + (f"; longest commit {max(waits)} ms" if waits else ""), flush=True)
    return max(waits) if waits else None


def measure(lab, origin, cache, lists, urls, name, found):
    before = origin.cpu_seconds()
    seconds, runs = lab.crawl(cache, lists)
    longest = describe(name, seconds, runs, urls, origin.cpu_seconds() - before)
    return seconds, runs, longest


def same_list(lab, origin, found, pages, rounds):
    """a) The same URLs for all: the origin sees each once, and all together take at most twice what one takes alone."""
    urls = [origin.base + page_path(number) for number in range(pages)]
    alone, together = [], []
    for round_number in range(rounds):
        print(f"  a, round {round_number + 1}", flush=True)
        seconds, runs, _ = measure(
            lab, origin, lab.fresh_cache(), [lab.write_list(urls, seed=round_number)], pages, "1 process", found)
        check_runs(found, runs, pages)
        check_once(found, origin, pages)
        alone.append(seconds)
        lists = [lab.write_list(urls, seed=100 * round_number + index + 1) for index in range(PROCESSES)]
        seconds, runs, longest = measure(lab, origin, lab.fresh_cache(), lists, PROCESSES * pages, f"{PROCESSES} processes", found)
        check_runs(found, runs, pages)
        check_once(found, origin, pages)
        together.append(seconds)
        lab.tidy()
    one, all_of_them = statistics.median(alone), statistics.median(together)
    print(f"a) {pages} URLs, the same for all: S1 {one:.2f} s, S8 {all_of_them:.2f} s, S8/S1 {all_of_them / one:.2f} (at most 2)", flush=True)
    if all_of_them > 2 * one:
        complain(found, f"a) {PROCESSES} processes take {all_of_them / one:.2f} times as long as one")


def own_lists(lab, origin, found, pages, rounds):
    """b) A list for each: together at least as fast as one process with all of them, and nobody waits 1 s for a commit."""
    urls = [origin.base + page_path(number) for number in range(pages * PROCESSES)]
    alone, together, waits = [], [], []
    for round_number in range(rounds):
        print(f"  b, round {round_number + 1}", flush=True)
        seconds, runs, _ = measure(lab, origin, lab.fresh_cache(), [lab.write_list(urls, seed=round_number)], len(urls), "1 process", found)
        check_runs(found, runs, len(urls))
        check_once(found, origin, len(urls))
        alone.append(seconds)
        lists = [lab.write_list(urls[index * pages:(index + 1) * pages], seed=round_number) for index in range(PROCESSES)]
        seconds, runs, longest = measure(lab, origin, lab.fresh_cache(), lists, len(urls), f"{PROCESSES} processes", found)
        check_runs(found, runs, pages)
        check_once(found, origin, len(urls))
        together.append(seconds)
        if longest is not None:
            waits.append(longest)
        lab.tidy()
    one, all_of_them = statistics.median(alone), statistics.median(together)
    print(f"b) {len(urls)} URLs: T1 {one:.2f} s, T8 {all_of_them:.2f} s, T8/T1 {all_of_them / one:.2f} (at most 1)"
          + (f", longest commit {max(waits)} ms (below 1000)" if waits else ", no longest_commit_ms in the summary"), flush=True)
    if all_of_them > one:
        complain(found, f"b) {PROCESSES} processes take {all_of_them / one:.2f} times as long as one")
    if waits and max(waits) >= 1000:
        complain(found, f"b) a commit was waited for {max(waits)} ms")

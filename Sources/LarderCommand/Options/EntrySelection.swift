import ArgumentParser
import CacheStore
import HTTPSemantics

/// The entries that a command changes: what matches one of the patterns and all of the filters.
struct EntrySelection: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A host (example.com), a URL, a prefix ('https://example.com/docs/*'), or a glob over the whole URL; '*' is everything.",
            valueName: "pattern"))
    var patterns: [String]

    @OptionGroup(title: "Filters") var filters: EntryFilters

    /// One query for each pattern.
    func queries(now: UnixTime) -> [EntryQuery] {
        patterns.map { filters.query(pattern: $0, now: now) }
    }

    /// Ends a command that has found nothing to do: a URL that was named and is not in the cache is a failure, a pattern that
    /// matches nothing is not.
    func endWithoutMatch(_ console: Console) throws {
        if patterns.count == 1, let pattern = patterns.first, case .url(let url) = EntryQuery.Pattern(pattern) {
            throw CommandFailure("\(url): not in the cache, or not with these filters.", exit: .notInCache)
        }
        console.notice("nothing matches.")
    }
}

/// How much a selection comes to.
struct EntryTally: Equatable {
    var entries: Int64 = 0
    /// As stored. A body that several of the entries share counts for each of them.
    var storedBytes: Int64 = 0
    /// Entries that gc and the size limit spare.
    var pinnedEntries: Int64 = 0

    init() {}

    /// Counts what the queries match, each entry once.
    init(_ queries: [EntryQuery], in store: CacheStore) async throws {
        if let query = queries.first, queries.count == 1 {
            let groups = try await store.statistics(by: .status, query: query).groups
            entries = groups.reduce(0) { $0 + $1.entries }
            storedBytes = groups.reduce(0) { $0 + $1.storedBytes }
            guard query.isPinned == nil else {
                pinnedEntries = query.isPinned == true ? entries : 0
                return
            }
            var pinned = query
            pinned.isPinned = true
            pinnedEntries = Int64(try await store.count(pinned))
            return
        }
        var counted: Set<Int64> = []
        for query in queries {
            let pages = store.entries(query)
            while let page = try await pages.next() {
                for entry in page where counted.insert(entry.id.row).inserted { add(entry) }
            }
        }
    }

    mutating func add(_ entry: EntrySummary) {
        entries += 1
        storedBytes += entry.storedBytes
        if entry.isPinned { pinnedEntries += 1 }
    }
}

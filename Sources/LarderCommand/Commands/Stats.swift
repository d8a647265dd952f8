import ArgumentParser
import CacheStore

/// `larder stats`: what the cache holds and what it did.
struct Stats: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Totals of the cache, and how much it has saved.",
        discussion: """
            Requests, network and saved bytes are counted by crawl and get; a request counts as answered from the cache when no \
            content was transferred for it.

            Examples:
              larder stats
              larder stats --by host --limit 10
            """)

    @Option(help: ArgumentHelp("Break the totals down: host, type, status or day.", valueName: "key"))
    var by: StatsGrouping?

    @Option(
        help: ArgumentHelp("At most this many groups, those with the most entries first; days in their order.", valueName: "count"))
    var limit = 30

    @OptionGroup(title: "Filters of --by") var filters: EntryFilters
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 10000.") }
    }

    func run() async throws {
        let store = try StoredEntries.open(shared)
        let query = filters.query(pattern: nil, now: SystemClock.now())
        let statistics = try await store.statistics(by: by?.grouping ?? .none, query: query)
        var partial = EntryQuery(now: query.now)
        partial.isPartial = true
        let partialEntries = try await store.count(partial)
        await store.close()
        let report = StatsReport(statistics, partialEntries: partialEntries, by: by, limit: limit)
        let output = OutputStream.standardOutput()
        if shared.json {
            for line in report.jsonLines() { try output.write(line) }
        } else {
            let terminal = Terminal(descriptor: 1, isTerminal: output.isTerminal)
            let style = TextStyle(shared.color, isTerminal: output.isTerminal)
            for line in report.lines(style: style, columns: output.isTerminal ? terminal.columns : nil) {
                try output.writeLine(line)
            }
        }
        try output.flush()
    }
}

/// What totals are broken down by.
enum StatsGrouping: String, CaseIterable, ExpressibleByArgument {
    case host, type, status, day

    var grouping: StoreStatistics.Grouping {
        switch self {
        case .host: .host
        case .type: .type
        case .status: .status
        case .day: .day
        }
    }
}

import ArgumentParser
import CacheStore
import HTTPSemantics

/// `larder ls`: the entries of the cache.
struct List: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the entries of the cache.",
        discussion: """
            A pattern is a host (example.com), a prefix ('https://example.com/docs/*'), or a glob over the whole URL \
            ('*.pdf'; * stands for any text, ? for one character).

            Examples:
              larder ls example.com --stale -l
              larder ls --type text/html --larger 1M --sort size --json
            """)

    @Argument(help: ArgumentHelp("Entries whose URL matches.", valueName: "pattern"))
    var pattern: String?

    @OptionGroup(title: "Filters") var filters: EntryFilters

    @Option(
        help: ArgumentHelp(
            "Order: url, size (largest first), time (latest first), age (oldest first), use (used longest ago first) or status.",
            valueName: "key")
    )
    var sort = EntrySortKey.url

    @Option(help: ArgumentHelp("At most this many entries. Default: all.", valueName: "count"))
    var limit: Int?

    @Flag(
        name: [.customShort("l"), .long], inversion: .prefixedNo,
        help: "One line with status, type, sizes, time and freshness each.")
    var long = false

    @Flag(inversion: .prefixedNo, help: "Print only how many entries there are.")
    var count = false

    @Flag(inversion: .prefixedNo, help: "Comma-separated values with a line of names (RFC 4180).")
    var csv = false

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit must be more than 0.") }
        guard !(csv && shared.json) else { throw ValidationError("--csv and --json exclude each other. Give one of them.") }
    }

    func run() async throws {
        let store = try StoredEntries.open(shared)
        let output = OutputStream.standardOutput()
        var query = filters.query(pattern: pattern, now: SystemClock.now())
        query.order = sort.order
        query.isDescending = sort.isDescending
        query.limit = limit
        if count {
            let number = min(try await store.count(query), limit ?? .max)
            if shared.json {
                var line = JSONLine()
                line.add("entries", number)
                try output.write(line.finished())
            } else {
                try output.writeLine("\(number)")
            }
        } else {
            let style = TextStyle(shared.color, isTerminal: output.isTerminal)
            let format: EntryLineFormat = shared.json ? .json : csv ? .csv : long ? .long : .url
            if format == .csv { try output.write(CSVLine.bytes(EntryLine.csvNames)) }
            let pages = store.entries(query)
            while let page = try await pages.next() {
                for entry in page { try output.write(EntryLine.bytes(entry, format: format, style: style)) }
            }
        }
        try output.flush()
        await store.close()
    }
}

/// What entries are listed in the order of.
enum EntrySortKey: String, CaseIterable, ExpressibleByArgument {
    case url, size, time, age, use, status

    var order: EntryQuery.Order {
        switch self {
        case .url: .url
        case .size: .size
        case .time: .time
        case .age: .age
        case .use: .use
        case .status: .status
        }
    }

    /// What is asked for most often comes first: the largest, the latest, the oldest. The oldest use is the smallest value.
    var isDescending: Bool { self == .size || self == .time || self == .age }
}

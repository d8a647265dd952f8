import ArgumentParser
import CacheStore
import HTTPSemantics

/// Which entries a command is about; all conditions must hold.
struct EntryFilters: ParsableArguments {
    @Option(help: ArgumentHelp("Only of this host, without its subdomains.", valueName: "host"))
    var host: String?

    @Option(help: ArgumentHelp("Only with this status: 404, or a class: 4xx.", valueName: "status"))
    var status: StatusFilter?

    @Option(help: ArgumentHelp("Only of this media type: text/html; text or text/ for all of a kind.", valueName: "type"))
    var type: String?

    @Flag(inversion: .prefixedNo, help: "Only what is fresh now.")
    var fresh = false

    @Flag(inversion: .prefixedNo, help: "Only what is stale now.")
    var stale = false

    @Flag(inversion: .prefixedNo, help: "Only what is held in part, or only what is held whole.")
    var partial: Bool?

    @Flag(inversion: .prefixedNo, help: "Only what is pinned, or only what is not (larder pin).")
    var pinned: Bool?

    @Option(help: ArgumentHelp("Only what was stored since then: 12h or 7d ago, or a date, 2026-11-22, in UTC.", valueName: "time"))
    var since: SinceTime?

    @Option(help: ArgumentHelp("Only what takes more than this in the cache: 500k, 20M, 4G.", valueName: "size"))
    var larger: ByteSize?

    func validate() throws {
        guard !(fresh && stale) else { throw ValidationError("--fresh and --stale exclude each other. Give one of them.") }
    }

    /// The filters and a URL pattern as the store takes them.
    func query(pattern: String?, now: UnixTime) -> EntryQuery {
        var query = EntryQuery(now: now)
        query.pattern = pattern.map(EntryQuery.Pattern.init)
        query.host = host
        query.status = status?.range
        query.typePrefix = type
        query.since = since?.time(now: now)
        query.largerThan = larger?.bytes
        query.isFresh = fresh ? true : stale ? false : nil
        query.isPartial = partial
        query.isPinned = pinned
        return query
    }
}

/// A status code or a class of them.
struct StatusFilter: Hashable, Sendable, ExpressibleByArgument {
    /// The codes that match.
    let range: ClosedRange<Int>

    init?(argument: String) {
        if argument.utf8.count == 3, let code = Int(argument), (100...999).contains(code) {
            range = code...code
        } else if argument.utf8.count == 3, argument.lowercased().hasSuffix("xx"), let digit = argument.first?.wholeNumberValue,
            (1...9).contains(digit)
        {
            range = digit * 100...digit * 100 + 99
        } else {
            return nil
        }
    }
}

/// A point of the past: a span before now, or the beginning of a day in UTC.
enum SinceTime: Hashable, Sendable, ExpressibleByArgument {
    case ago(TimeSpan)
    case date(UnixTime)

    init?(argument: String) {
        if let span = TimeSpan(argument: argument) {
            self = .ago(span)
            return
        }
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            let days = CivilDate.days(year: year, month: month, day: day)
        else { return nil }
        self = .date(UnixTime(seconds: days * 86_400))
    }

    func time(now: UnixTime) -> UnixTime {
        switch self {
        case .ago(let span): now.advanced(byMilliseconds: -span.milliseconds)
        case .date(let time): time
        }
    }
}

import CacheStore
import HTTPSemantics

/// The statistics of a cache, for people and for programs.
struct StatsReport {
    /// What a day's or all requests came to.
    struct Activity: Equatable {
        var requests: Int64 = 0
        var fromCache: Int64 = 0
        var networkBytes: Int64 = 0
        var savedBytes: Int64 = 0
        var outcomes: [String: Int64] = [:]
    }

    private let statistics: StoreStatistics
    /// Entries that are held in part.
    private let partialEntries: Int
    private let by: StatsGrouping?
    private let groups: [StoreStatistics.Group]
    private let total: Activity
    private let days: [Int64: Activity]

    init(_ statistics: StoreStatistics, partialEntries: Int = 0, by: StatsGrouping?, limit: Int) {
        self.statistics = statistics
        self.partialEntries = partialEntries
        self.by = by
        if by == .day {
            let ordered = statistics.groups.sorted { (Int64($0.name) ?? 0) < (Int64($1.name) ?? 0) }
            groups = Array(ordered.suffix(limit))
        } else {
            groups = Array(statistics.groups.prefix(limit))
        }
        (total, days) = Self.sum(statistics.activity.map { ($0.day, $0.delta) })
    }

    /// Adds up what was done, in all and by day. The outcomes are those of a crawl.
    static func sum(_ activity: [(day: Int64, delta: ActivityDelta)]) -> (total: Activity, days: [Int64: Activity]) {
        var total = Activity()
        var days: [Int64: Activity] = [:]
        for (day, delta) in activity {
            total.add(delta)
            days[day, default: Activity()].add(delta)
        }
        return (total, days)
    }

    /// The totals, then one object for each group.
    func jsonLines() -> [[UInt8]] {
        var line = JSONLine()
        line.add("type", "totals")
        line.add("entries", statistics.entries)
        line.add("partial_entries", partialEntries)
        line.add("hosts", statistics.hosts)
        line.add("bodies", statistics.bodies)
        line.add("body_bytes", statistics.wireBytes)
        line.add("stored_bytes", statistics.storedBytes)
        line.add("shared_bytes", statistics.sharedBytes)
        line.add("database_bytes", statistics.databaseFileBytes)
        line.add("log_bytes", statistics.logFileBytes)
        line.add("directory_bytes", statistics.directoryBytes)
        line.add("free_page_bytes", statistics.freePageBytes)
        line.add("pinned_entries", statistics.pinnedEntries)
        line.add("max_size", statistics.settings.maximumBytes)
        line.add("max_age", statistics.settings.maximumAgeSeconds)
        line.add("reserve", statistics.freeSpace.map(statistics.settings.reserve) ?? statistics.settings.reserveBytes)
        line.add("disk_free_bytes", statistics.freeSpace?.availableBytes)
        Self.add(total, to: &line)
        return [line.finished()] + groups.map(jsonLine)
    }

    private func jsonLine(_ group: StoreStatistics.Group) -> [UInt8] {
        var line = JSONLine()
        line.add("type", by?.rawValue ?? "group")
        line.add("name", name(group))
        line.add("entries", group.entries)
        line.add("fresh_entries", group.freshEntries)
        line.add("body_bytes", group.wireBytes)
        line.add("stored_bytes", group.storedBytes)
        if by == .day, let day = Int64(group.name) { Self.add(days[day] ?? Activity(), to: &line) }
        return line.finished()
    }

    private static func add(_ activity: Activity, to line: inout JSONLine) {
        line.add("requests", activity.requests)
        line.add("from_cache", activity.fromCache)
        line.addCounts("outcomes", activity.outcomes.sorted { $0.key < $1.key }.map { ($0.key, Int($0.value)) })
        line.add("network_bytes", activity.networkBytes)
        line.add("saved_bytes", activity.savedBytes)
    }

    /// - Parameter columns: the terminal's width, for bars; nil: no terminal, no bars.
    func lines(style: TextStyle, columns: Int?) -> [String] {
        var table = TextTable([.left, .right, .left])
        table.add("entries", NumberText.count(statistics.entries), "of " + NumberText.counted(statistics.hosts, "host"))
        if partialEntries > 0 { table.add("in part", NumberText.count(partialEntries)) }
        table.add("bodies", NumberText.count(statistics.bodies), "each stored once")
        table.add("as sent", NumberText.bytes(statistics.wireBytes))
        table.add("as stored", NumberText.bytes(statistics.storedBytes))
        table.add("shared", NumberText.bytes(statistics.sharedBytes), "not stored again")
        table.add(
            "database file", NumberText.bytes(statistics.databaseFileBytes),
            "and \(NumberText.bytes(statistics.logFileBytes)) of log")
        addLimits(to: &table)
        if total.requests > 0 {
            table.add("requests", NumberText.count(total.requests))
            table.add(
                "from the cache", NumberText.count(total.fromCache), NumberText.percent(total.fromCache, of: total.requests))
            table.add("over the network", NumberText.bytes(total.networkBytes))
            table.add("saved", NumberText.bytes(total.savedBytes))
        }
        var lines = table.lines
        if let by, !groups.isEmpty {
            lines.append("")
            lines += groupLines(by, style: style, columns: columns)
        }
        return lines
    }

    /// What the directory takes and may take; a limit that is not set is not told.
    private func addLimits(to table: inout TextTable) {
        let settings = statistics.settings
        table.add(
            "on the disk", NumberText.bytes(statistics.directoryBytes),
            settings.maximumBytes.map { "of \(NumberText.bytes($0))" } ?? "")
        if statistics.freePageBytes > 0 {
            table.add("unused inside", NumberText.bytes(statistics.freePageBytes), "for what comes, or until larder gc")
        }
        if let seconds = settings.maximumAgeSeconds {
            table.add("unused entries go", "", "after \(CacheSettingText.time(seconds))")
        }
        if let space = statistics.freeSpace {
            table.add(
                "free on the disk", NumberText.bytes(space.availableBytes),
                "\(NumberText.bytes(settings.reserve(of: space))) in reserve")
        }
        if statistics.pinnedEntries > 0 { table.add("pinned", NumberText.count(statistics.pinnedEntries)) }
    }

    private func groupLines(_ by: StatsGrouping, style: TextStyle, columns: Int?) -> [String] {
        var table = TextTable([.left, .right, .right, .right, .right])
        table.add(by.rawValue, "entries", "fresh", "as sent", "stored")
        for group in groups {
            table.add(
                TerminalText.escaped(name(group)), NumberText.count(group.entries),
                NumberText.percent(group.freshEntries, of: group.entries),
                NumberText.bytes(group.wireBytes), NumberText.bytes(group.storedBytes))
        }
        var lines = table.lines
        let width = lines.map(\.count).max() ?? 0
        if let first = lines.first { lines[0] = style.bold(first) }
        guard let columns, columns - width > 12 else { return lines }
        let largest = groups.map(\.entries).max() ?? 1
        for (index, group) in groups.enumerated() {
            let padding = String(repeating: " ", count: width - lines[index + 1].count + 2)
            lines[index + 1] += padding + style.cyan(BarText.bar(group.entries, of: largest, width: min(40, columns - width - 3)))
        }
        return lines
    }

    private func name(_ group: StoreStatistics.Group) -> String {
        if group.name.isEmpty { return by == .type ? "(none)" : "(unknown)" }
        guard by == .day, let day = Int64(group.name) else { return group.name }
        return String(TimeText.date(UnixTime(seconds: day * 86_400)).prefix(10))
    }
}

extension StatsReport.Activity {
    fileprivate mutating func add(_ delta: ActivityDelta) {
        requests += delta.requests
        networkBytes += delta.networkBytes
        savedBytes += delta.savedBytes
        outcomes[delta.outcome, default: 0] += delta.requests
        if ["hit", "revalidated", "stale"].contains(delta.outcome) { fromCache += delta.requests }
    }
}

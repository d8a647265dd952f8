import HTTPSemantics

/// The SQL of a query over entries, with its parameters in order.
struct EntryQuerySQL {
    private(set) var conditions: [String] = []
    private(set) var values: [Value] = []

    enum Value: Equatable {
        case integer(Int64)
        case text(String)
    }

    /// The tables that conditions, orders and sums refer to.
    static let tables = """
        entry e JOIN freshness f ON f.entry_id = e.entry_id JOIN body b ON b.body_id = e.body_id
        JOIN host h ON h.host_id = e.host_id
        """

    /// The age in seconds at the time given as a parameter (RFC 9111 section 4.2.3).
    static func age(_ now: Int64) -> String {
        "(f.initial_age_s + max(0, \(now) - f.response_time_ms) / 1000)"
    }

    /// Fresh, and neither `no-cache` (1) nor `Vary: *` (32).
    static func isFresh(_ now: Int64) -> String {
        "(f.lifetime_s > \(age(now)) AND f.demands & 33 = 0)"
    }

    init(_ query: EntryQuery) {
        if let host = query.host { add("h.name = ?", .text(host.lowercased())) }
        if let status = query.status {
            add("e.status >= ?", .integer(Int64(status.lowerBound)))
            add("e.status <= ?", .integer(Int64(status.upperBound)))
        }
        if let prefix = query.typePrefix { addPrefix("e.content_type", prefix.lowercased()) }
        if let since = query.since { add("e.created_ms >= ?", .integer(since.milliseconds)) }
        if let size = query.largerThan { add("b.stored_bytes > ?", .integer(size)) }
        switch query.pattern {
        case .host(let host): add("h.name = ?", .text(host))
        case .authority(let authority):
            add("substr(e.url, 1, \(authority.unicodeScalars.count + 8)) = ?", .text("http://\(authority)/"))
            let isPlain = conditions.removeLast()
            add("substr(e.url, 1, \(authority.unicodeScalars.count + 9)) = ?", .text("https://\(authority)/"))
            conditions.append("(\(isPlain) OR \(conditions.removeLast()))")
        case .url(let url): add("e.url = ?", .text(url))
        case .prefix(let prefix): addPrefix("e.url", prefix)
        case .glob(let glob):
            // SQLite's character classes are not ours: brackets stand in URLs for IPv6 addresses alone.
            add("e.url GLOB ?", .text(glob.split(separator: "[", omittingEmptySubsequences: false).joined(separator: "[[]")))
        case nil: break
        }
        if let isPartial = query.isPartial { conditions.append("e.held_ranges IS \(isPartial ? "NOT " : "")NULL") }
        if let isPinned = query.isPinned { conditions.append("f.is_pinned \(isPinned ? "<>" : "=") 0") }
        if let time = query.unusedSince { add("f.last_use_ms < ?", .integer(time.milliseconds)) }
        if let isFresh = query.isFresh {
            conditions.append((isFresh ? "" : "NOT ") + Self.isFresh(query.now.milliseconds))
        }
    }

    private mutating func add(_ condition: String, _ value: Value) {
        values.append(value)
        conditions.append(condition.replacing("?", with: "?\(values.count)"))
    }

    /// Compares the beginning by bytes, so that no character of the prefix has a meaning.
    private mutating func addPrefix(_ column: String, _ prefix: String) {
        guard !prefix.isEmpty else { return }
        add("substr(\(column), 1, \(prefix.unicodeScalars.count)) = ?", .text(prefix))
    }

    var filter: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }

    static func order(_ query: EntryQuery) -> String {
        let column =
            switch query.order {
            case .url: "e.url"
            case .size: "b.stored_bytes"
            case .time: "e.created_ms"
            case .age: age(query.now.milliseconds)
            case .status: "e.status"
            case .use: "f.last_use_ms"
            }
        let direction = query.isDescending ? "DESC" : "ASC"
        let limit = query.limit.map { " LIMIT \(max(0, $0))" } ?? ""
        return " ORDER BY \(column) \(direction), e.entry_id\(limit)"
    }

    func bind(to statement: SQLiteStatement) {
        for (index, value) in values.enumerated() {
            switch value {
            case .integer(let number): statement.bind(number, at: Int32(index + 1))
            case .text(let text): statement.bind(text, at: Int32(index + 1))
            }
        }
    }
}

import HTTPCaching

/// What a group of writes may change of what look-ups find: keys where it knows them, rows of entries elsewhere.
struct TouchedNames: Sendable {
    var keys: [CacheKey] = []
    var rows: [Int64] = []

    mutating func add(_ operation: WriteOperation) {
        switch operation {
        case .put(let entry, _): keys.append(entry.entry.key)
        case .freshen(let change): rows.append(change.id.row)
        case .remove(let ids): rows += ids.map(\.row)
        // Seen by no look-up.
        case .append, .abandon, .setApart, .barrier: break
        }
    }
}

/// By which commit of this store keys and rows were touched last, as far back as there is room.
struct TouchRecord: Sendable {
    /// Beyond this many names the record starts anew: look-ups that began before are outdated then.
    private static let maximumCount = 16_384

    private var keys: [CacheKey: UInt64] = [:]
    private var rows: [Int64: UInt64] = [:]
    /// Nothing is known of commits up to this one.
    private var forgotten: UInt64 = 0

    /// Notes that the commit of that number touches the names; the numbers grow.
    mutating func note(_ names: TouchedNames, commit: UInt64) {
        if keys.count + rows.count + names.keys.count + names.rows.count > Self.maximumCount {
            self = TouchRecord()
            forgotten = commit
            return
        }
        for key in names.keys { keys[key] = commit }
        for row in names.rows { rows[row] = commit }
    }

    /// Whether no commit after that one has touched the key or any of the rows.
    func isUntouched(_ key: CacheKey, rows entries: [StoredEntry], since commit: UInt64) -> Bool {
        guard forgotten <= commit, keys[key] ?? 0 <= commit else { return false }
        return entries.allSatisfy { rows[$0.id.row] ?? 0 <= commit }
    }
}

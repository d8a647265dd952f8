import HTTPCaching
import HTTPSemantics

/// The statement that finds the numbers of responses, for keys of which nothing else is asked: two tables in place of four, and no
/// texts (docs/adr/0018).
final class FreshnessLookup {
    /// Keys in one statement.
    private static let groupCount = 64

    /// Secondary keys that are remembered: most responses of a cache share a few.
    private static let maximumSecondaryKeys = 256

    private let entries: EntryLookup
    private let statement: SQLiteStatement
    /// By their digests; those that no response turned out to have are there without one.
    private var secondaryKeys: [Int64: SecondaryKey?] = [:]

    /// - Parameter entries: of the same connection.
    init(connection: SQLiteConnection, kind: CacheKind, entries: EntryLookup) throws(StoreError) {
        self.entries = entries
        // As in `EntryLookup`: the hashes as they stand, each with its number, before the entries. Of those only the index is read.
        let hashes = (0..<Self.groupCount).map { "(\($0), ?\($0 + 1))" }.joined(separator: ", ")
        statement = try connection.prepare(
            """
            WITH wanted (number, hash) AS (VALUES \(hashes))
            SELECT wanted.number, f.key_check, f.entry_id, f.body_id, f.response_time_ms, f.initial_age_s, f.last_use_ms,
                f.wire_bytes, \(FreshnessColumns.selected(from: "f", kind))
            FROM wanted CROSS JOIN entry e JOIN freshness f ON f.entry_id = e.entry_id WHERE e.key_hash = wanted.hash
            """)
    }

    /// In the order of the keys; nil where nothing is stored, several responses are, or one that takes more than numbers.
    func numbers(of keys: [CacheKey], _ digests: [KeyDigest]) throws(StoreError) -> [StoredFreshness?] {
        var found = [StoredFreshness?](repeating: nil, count: keys.count)
        for start in stride(from: 0, to: keys.count, by: Self.groupCount) {
            let group = digests[start..<min(start + Self.groupCount, keys.count)]
            statement.bind(group.lazy.map(\.prefix), from: 1, places: Self.groupCount)
            var last = -1
            while try statement.step("look up") {
                let index = start + Int(statement.integer(0))
                // A second row of one hash, which follows the first: which of them answers is for the whole entries to tell.
                found[index] = index == last ? nil : try row(of: keys[index], digests[index])
                last = index
            }
            statement.reset()
        }
        return found
    }

    /// The present row; nil where it is not of that key, or takes more than numbers.
    private func row(of key: CacheKey, _ digest: KeyDigest) throws(StoreError) -> StoredFreshness? {
        guard let noted = statement.optionalInteger(1) else { return nil }
        var secondaryKey: SecondaryKey?
        if noted != digest.check {
            secondaryKey = try self.secondaryKey(noted ^ digest.check, of: key, digest)
            if secondaryKey == nil { return nil }
        }
        return StoredFreshness(
            id: EntryID(row: statement.integer(2), body: statement.integer(3)),
            freshness: Freshness(
                responseTime: UnixTime(milliseconds: statement.integer(4)), initialAge: statement.integer(5),
                terms: FreshnessColumns.terms(statement, at: 8)),
            secondaryKey: secondaryKey, lastUse: UnixTime(milliseconds: statement.integer(6)),
            wireBytes: StoredBody.plausible(statement.integer(7)))
    }

    /// The secondary key of that digest, at first from the entry of a key that seems to have it; nil where that has another one, as of
    /// another key with the same hash.
    private func secondaryKey(_ digest: Int64, of key: CacheKey, _ keyDigest: KeyDigest) throws(StoreError) -> SecondaryKey? {
        if let known = secondaryKeys[digest] { return known }
        guard secondaryKeys.count < Self.maximumSecondaryKeys else { return nil }
        let responses = try entries.variants(of: [key], hashes: [keyDigest.prefix]).entries(of: [key])[0].map(\.response)
        let found = responses.lazy.compactMap(\.secondaryKey).first { KeyDigest.digest(of: $0) == digest }
        secondaryKeys[digest] = .some(found)
        return found
    }
}

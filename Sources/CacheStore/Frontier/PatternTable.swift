/// The table `pattern`: sums that all processes add to.
final class PatternTable {
    private let connection: SQLiteConnection
    private let read: SQLiteStatement
    private let insert: SQLiteStatement
    private let update: SQLiteStatement

    private static let columns = "pattern_hash, text, sum_1, sum_2, sum_3, sum_4, sample"

    init(_ connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        read = try connection.prepare("SELECT \(Self.columns) FROM pattern WHERE pattern_hash = ?1")
        insert = try connection.prepare(
            "INSERT OR REPLACE INTO pattern (\(Self.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        update = try connection.prepare(
            "UPDATE pattern SET sum_1 = ?2, sum_2 = ?3, sum_3 = ?4, sum_4 = ?5 WHERE pattern_hash = ?1")
    }

    /// Adds the changes, those of one pattern at once.
    func add(_ deltas: [PatternDelta]) throws(StoreError) {
        var total: [UInt64: PatternDelta] = [:]
        for delta in deltas {
            guard let former = total[delta.hash] else {
                total[delta.hash] = delta
                continue
            }
            total[delta.hash]?.sums = Self.sums(former.sums, delta.sums)
            if let sample = delta.sample { total[delta.hash]?.sample = sample }
        }
        for delta in total.values.sorted(by: { Int64(bitPattern: $0.hash) < Int64(bitPattern: $1.hash) }) { try add(delta) }
    }

    private func add(_ delta: PatternDelta) throws(StoreError) {
        let stored = try find(delta.hash)
        let sums = Self.sums(stored?.sums ?? [], delta.sums)
        // A sample can be long: it is not written where it stays as it is.
        let statement = stored == nil || delta.sample != nil ? insert : update
        let isInsert = statement === insert
        statement.bind(Int64(bitPattern: delta.hash), at: 1)
        if isInsert { statement.bind(stored?.text ?? delta.text, at: 2) }
        for (index, sum) in sums.enumerated() { statement.bind(sum, at: Int32(index) + (isInsert ? 3 : 2)) }
        if isInsert {
            if let sample = delta.sample { statement.bind(sample, at: 7) } else { statement.bind(String?.none, at: 7) }
        }
        try statement.run("note a pattern")
    }

    func find(_ hash: UInt64) throws(StoreError) -> StoredPattern? {
        read.bind(Int64(bitPattern: hash), at: 1)
        defer { read.reset() }
        guard try read.step("read a pattern") else { return nil }
        return StoredPattern(
            hash: hash, text: read.text(1), sums: (0..<PatternDelta.sumCount).map { read.integer(2 + Int32($0)) },
            sample: read.isNull(6) ? nil : read.bytes(6))
    }

    func clear() throws(StoreError) {
        try connection.execute("DELETE FROM pattern", operation: "begin a round")
    }

    private static func sums(_ left: [Int64], _ right: [Int64]) -> [Int64] {
        (0..<PatternDelta.sumCount).map { index in
            let (a, b) = (index < left.count ? left[index] : 0, index < right.count ? right[index] : 0)
            let (sum, isTooLarge) = a.addingReportingOverflow(b)
            return isTooLarge ? (a < 0 ? .min : .max) : sum
        }
    }
}

import HTTPCaching
import HTTPSemantics

/// The rows that a look-up has found, as the database gives them: all their numbers and all their bytes, each in one piece of
/// memory.
///
/// Entries are made of them by whoever has asked. Made by the thread that reads, and let go of by another, thousands of small
/// objects would be taken from the allocator of the one and given back to it by the other, and both would wait for its lock.
struct EntryRows: Sendable {
    /// For each row the index of its key, its columns and where each of its texts ends.
    private var numbers: [Int64] = []
    private var bytes: [UInt8] = []

    /// Stands for NULL: none of these columns ever holds it.
    private static let null = Int64.min

    /// Columns that are never NULL; ten of terms come after them.
    private enum Number: Int, CaseIterable {
        case entry, body, status, version, requestTime, createdTime, isPart, responseTime, initialAge, lastUse, isPinned
        case coding, wireBytes, storedBytes, chunkCount
    }

    private static let optionalStart = Number.allCases.count + FreshnessColumns.count

    /// Columns that may be NULL.
    private enum OptionalNumber: Int, CaseIterable {
        case date, expires, decodedBytes
    }

    private static let textStart = optionalStart + OptionalNumber.allCases.count

    private enum Text: Int, CaseIterable {
        case varyFields, reason, fields, heldRanges, digest
    }

    private static let columnCount = textStart + Text.allCases.count
    private static let stride = columnCount + 1

    /// What is read of each entry; more columns may follow.
    static let select = """
        SELECT e.entry_id, e.body_id, e.status, e.version, e.request_time_ms, e.created_ms,
            e.held_ranges IS NOT NULL, f.response_time_ms, f.initial_age_s, f.last_use_ms, f.is_pinned,
            b.coding, b.wire_bytes, b.stored_bytes, b.chunk_count,
            \(FreshnessColumns.selected(from: "f")), f.date_s, f.expires_s, b.decoded_bytes,
            e.vary_fields, e.reason, e.fields, e.held_ranges, b.digest
        """
    static let tables = "entry e JOIN freshness f ON f.entry_id = e.entry_id JOIN body b ON b.body_id = e.body_id"
    /// The number of the first column behind these.
    static let nextColumn = Int32(columnCount)

    init(capacity: Int) {
        numbers.reserveCapacity(capacity * Self.stride)
        bytes.reserveCapacity(capacity * 512)
    }

    // MARK: Taking rows in

    /// Copies the present row, which is one of the key at that index.
    mutating func append(_ statement: SQLiteStatement, keyAt index: Int) {
        numbers.append(Int64(index))
        for column in 0..<Self.optionalStart { numbers.append(statement.integer(Int32(column))) }
        for column in Self.optionalStart..<Self.textStart {
            numbers.append(statement.optionalInteger(Int32(column)) ?? Self.null)
        }
        for column in Self.textStart..<Self.columnCount {
            statement.withBytes(Int32(column)) { bytes.append(contentsOf: $0) }
            numbers.append(Int64(bytes.count))
        }
    }

    // MARK: Making entries

    /// The entries by key, in the order of the keys; those of one key in the order in which they were first stored.
    func entries(of keys: [CacheKey]) -> [[StoredEntry]] {
        var found = Array(repeating: [StoredEntry](), count: keys.count)
        numbers.withUnsafeBufferPointer { numbers in
            bytes.withUnsafeBufferPointer { bytes in
                var textStart = 0
                var varyFields = VaryFields()
                for start in Swift.stride(from: 0, to: numbers.count, by: Self.stride) {
                    let index = Int(numbers[start])
                    let columns = UnsafeBufferPointer(rebasing: numbers[start + 1..<start + Self.stride])
                    let row = Row(columns: columns, bytes: bytes, textStart: textStart)
                    found[index].append(row.makeEntry(keys[index], &varyFields))
                    textStart = Int(columns[Self.columnCount - 1])
                }
            }
        }
        for index in found.indices where found[index].count > 1 { found[index].sort { $0.id.row < $1.id.row } }
        return found
    }

    /// The fields that Vary named, read once for rows after one another that have the same: of one client most do.
    private struct VaryFields {
        private var text = ""
        private var last = FieldSection()

        mutating func fields(from bytes: UnsafeBufferPointer<UInt8>) -> FieldSection {
            if bytes.isEmpty { return FieldSection() }
            if !text.hasBytes(UnsafeRawBufferPointer(bytes)) {
                text = String(decoding: bytes, as: UTF8.self)
                last = FieldSection(serialized: text)
            }
            return last
        }
    }

    private struct Row {
        let columns: UnsafeBufferPointer<Int64>
        let bytes: UnsafeBufferPointer<UInt8>
        /// Where the first of its texts begins.
        let textStart: Int

        func makeEntry(_ key: CacheKey, _ varyFields: inout VaryFields) -> StoredEntry {
            StoredEntry(
                id: EntryID(row: self[.entry], body: self[.body]), key: key,
                response: StoredResponse(
                    head: head, freshness: freshness, varyFields: varyFields.fields(from: bytes(.varyFields)),
                    heldRanges: self[.isPart] == 0 ? nil : text(.heldRanges)),
                body: body, requestTime: time(.requestTime), createdTime: time(.createdTime), lastUse: time(.lastUse),
                isPinned: self[.isPinned] != 0)
        }

        private var head: StoredHead {
            let version = Int(self[.version])
            return StoredHead(
                version: HTTPVersion(major: version / 10, minor: version % 10), status: Int(self[.status]), reason: text(.reason),
                fields: text(.fields), date: self[.date].map { UnixTime(seconds: $0) },
                expires: self[.expires].map { UnixTime(seconds: $0) })
        }

        private var freshness: Freshness {
            let start = Number.allCases.count
            return Freshness(
                responseTime: time(.responseTime), initialAge: self[.initialAge],
                privateTerms: FreshnessColumns.terms(columns, at: start),
                sharedTerms: FreshnessColumns.terms(columns, at: start + FreshnessColumns.countOfKind))
        }

        private var body: StoredBody {
            StoredBody(
                id: self[.body], digest: UnsafeRawBufferPointer(bytes(.digest)),
                coding: StoredCoding(rawValue: Int(self[.coding])) ?? .asReceived,
                wireBytes: StoredBody.plausible(self[.wireBytes]),
                storedBytes: StoredBody.plausible(self[.storedBytes]), decodedBytes: self[.decodedBytes].map(StoredBody.plausible),
                chunkCount: Int(self[.chunkCount]))
        }

        private subscript(number: Number) -> Int64 { columns[number.rawValue] }

        private subscript(number: OptionalNumber) -> Int64? {
            let value = columns[EntryRows.optionalStart + number.rawValue]
            return value == EntryRows.null ? nil : value
        }

        private func time(_ number: Number) -> UnixTime { UnixTime(milliseconds: self[number]) }

        private func bytes(_ text: Text) -> UnsafeBufferPointer<UInt8> {
            let column = EntryRows.textStart + text.rawValue
            let start = text.rawValue == 0 ? textStart : Int(columns[column - 1])
            return UnsafeBufferPointer(rebasing: bytes[start..<Int(columns[column])])
        }

        private func text(_ text: Text) -> String {
            let bytes = bytes(text)
            return bytes.isEmpty ? "" : String(decoding: bytes, as: UTF8.self)
        }
    }
}

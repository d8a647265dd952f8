import CSQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A prepared statement, kept for the life of its connection and used by the connection's owner alone.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection

    fileprivate static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ sql: String, connection: SQLiteConnection) throws(StoreError) {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        guard sqlite3_prepare_v3(connection.handle, sql, -1, flags, &prepared, nil) == SQLITE_OK, let prepared else {
            throw connection.error("prepare")
        }
        self.handle = prepared
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(handle)
    }

    // MARK: Parameters, numbered from 1

    func bind(_ value: Int64, at index: Int32) {
        sqlite3_bind_int64(handle, index, value)
    }

    func bind(_ value: Int, at index: Int32) {
        sqlite3_bind_int64(handle, index, Int64(value))
    }

    func bind(_ value: Int64?, at index: Int32) {
        if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    /// Binds numbers one after the other, and NULL to the places that are left: it equals nothing, so those find no row.
    func bind(_ values: some Collection<Int64>, from first: Int32, places: Int) {
        var index = first
        for value in values {
            bind(value, at: index)
            index += 1
        }
        while index < first + Int32(places) {
            sqlite3_bind_null(handle, index)
            index += 1
        }
    }

    /// So many parameters as a list: `?1, ?2, ?3`.
    static func places(_ count: Int, from first: Int = 1) -> String {
        (first..<first + count).map { "?\($0)" }.joined(separator: ", ")
    }

    func bind(_ value: String?, at index: Int32) {
        if let value { bind(value, at: index) } else { sqlite3_bind_null(handle, index) }
    }

    /// Binds a copy of the text.
    func bind(_ value: String, at index: Int32) {
        var value = value
        value.withUTF8 { bytes in
            // A null pointer would bind NULL; an empty string has no address of its own.
            if let base = bytes.baseAddress {
                base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    _ = sqlite3_bind_text(handle, index, $0, Int32(bytes.count), Self.transient)
                }
            } else {
                sqlite3_bind_text(handle, index, "", 0, Self.transient)
            }
        }
    }

    /// Binds a copy of the bytes; for short values.
    func bind(_ value: [UInt8], at index: Int32) {
        value.withUnsafeBytes { bytes in
            _ =
                if let base = bytes.baseAddress {
                    sqlite3_bind_blob(handle, index, base, Int32(bytes.count), Self.transient)
                } else {
                    sqlite3_bind_zeroblob(handle, index, 0)
                }
        }
    }

    /// Runs the statement to its end with `value` bound in place, without a copy.
    func run(binding value: ArraySlice<UInt8>, at index: Int32, operation: String) throws(StoreError) {
        let result = value.withUnsafeBytes { bytes -> Int32 in
            if let base = bytes.baseAddress, !bytes.isEmpty {
                // No destructor: the bytes stay where they are until the statement is reset, still inside this closure.
                sqlite3_bind_blob(handle, index, base, Int32(bytes.count), nil)
            } else {
                sqlite3_bind_zeroblob(handle, index, 0)
            }
            let result = sqlite3_step(handle)
            sqlite3_reset(handle)
            sqlite3_bind_null(handle, index)
            return result
        }
        guard result == SQLITE_DONE || result == SQLITE_ROW else {
            throw .sqlite(
                result, systemError: sqlite3_system_errno(connection.handle), operation: operation, path: connection.path)
        }
    }

    // MARK: Running

    /// Goes to the next row; false at the end. On an error the statement is reset.
    func step(_ operation: String = "read") throws(StoreError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = connection.error(operation)
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Runs the statement to its end and makes it ready for the next use.
    func run(_ operation: String = "write") throws(StoreError) {
        while try step(operation) {}
        sqlite3_reset(handle)
    }

    /// Makes the statement ready for the next use; the bound values stay.
    func reset() {
        sqlite3_reset(handle)
    }

    // MARK: Columns of the present row, numbered from 0

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    func text(_ column: Int32) -> String {
        withBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the column has that very text.
    func hasText(_ text: String, at column: Int32) -> Bool {
        withBytes(column) { text.hasBytes($0) }
    }

    func bytes(_ column: Int32) -> [UInt8] {
        withBytes(column) { Array($0) }
    }

    /// The column's bytes where they lie; they are gone after the closure.
    func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let pointer = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return body(UnsafeRawBufferPointer(start: pointer, count: pointer == nil ? 0 : count))
    }
}

extension String {
    /// Whether the text in UTF-8 is those bytes.
    func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var text = self
        return text.withUTF8 { text in
            guard text.count == bytes.count, let left = text.baseAddress, let right = bytes.baseAddress else {
                return text.isEmpty && bytes.isEmpty
            }
            return memcmp(left, right, bytes.count) == 0
        }
    }
}

import CSQLite
import Foundation
import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

extension TemporaryDirectory {
    var cache: String { path + "/cache" }
    var database: String { cache + "/cache.db" }

    func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Runs SQL against the database from outside of the store.
    func execute(_ sql: String) throws {
        let connection = try SQLiteConnection(path: database, mode: .readWrite)
        connection.setBusyTimeout(milliseconds: 10_000)
        try connection.execute(sql)
    }

    func integer(_ sql: String) throws -> Int64 {
        let connection = try SQLiteConnection(path: database, mode: .readOnly)
        connection.setBusyTimeout(milliseconds: 10_000)
        return try connection.integer(sql)
    }
}

extension TemporaryDirectory {
    /// Tables and indexes with their columns, types and constraints, whatever the spelling of the SQL.
    func schema() throws -> [String] {
        let connection = try SQLiteConnection(path: database, mode: .readOnly)
        var lines: [String] = []
        for sql in [
            """
            SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk
            FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid
            """,
            "SELECT name || ' ' || type || ' ' || wr || ' ' || strict FROM pragma_table_list WHERE schema = 'main' ORDER BY 1",
            "SELECT coalesce(sql, name) FROM sqlite_schema WHERE type = 'index' ORDER BY 1",
        ] {
            let statement = try connection.prepare(sql)
            while try statement.step() { lines.append(statement.text(0)) }
        }
        return lines
    }
}

/// The time that the tests' responses come at.
let noon = UnixTime(seconds: 1_795_000_000)

func makeKey(_ url: String) throws -> CacheKey {
    CacheKey(try #require(WebURL(url)))
}

func makeFreshness(_ time: UnixTime = noon, lifetime: Int64 = 3600, demands: ReuseDemands = []) -> Freshness {
    Freshness(responseTime: time, initialAge: 0, lifetime: lifetime, source: .maxAge, demands: demands)
}

func makeEntry(
    _ url: String, status: Int = 200, fields: FieldSection = ["Content-Type": "text/html; charset=utf-8", "ETag": "\"1\""],
    vary: FieldSection = [:], freshness: Freshness = makeFreshness()
) throws -> NewEntry {
    NewEntry(
        key: try makeKey(url),
        response: StoredResponse(
            head: ResponseHead(status: status, reason: "OK", fields: fields), freshness: freshness, varyFields: vary),
        requestTime: noon)
}

func makeBody(_ text: String) -> CompleteBody {
    let bytes = Array(text.utf8)
    return CompleteBody(chunks: bytes.isEmpty ? [] : [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(bytes.count))
}

/// Bytes that differ with the seed and do not repeat.
func makeBytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
}

extension CacheStore {
    /// Stores and waits for the commit.
    func store(_ entry: NewEntry, _ body: CompleteBody) async throws {
        try await put(entry, content: body).value
    }

    /// The only stored response of the URL.
    func find(_ url: String) async throws -> StoredEntry? {
        let found = try await lookup([makeKey(url)])[0]
        #expect(found.count <= 1)
        return found.first
    }

    func content(_ body: StoredBody) async throws -> [UInt8] {
        let reader = readBody(body)
        var bytes: [UInt8] = []
        while let chunk = try await reader.next() { bytes += chunk }
        return bytes
    }
}

/// The error that the body throws.
func storeError(_ body: () async throws -> Void) async -> StoreError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? StoreError
    }
}

extension StoredBody {
    init(
        id: Int64, digest: [UInt8], coding: StoredCoding, wireBytes: Int64, storedBytes: Int64, decodedBytes: Int64?,
        chunkCount: Int
    ) {
        self = digest.withUnsafeBytes {
            StoredBody(
                id: id, digest: $0, coding: coding, wireBytes: wireBytes, storedBytes: storedBytes, decodedBytes: decodedBytes,
                chunkCount: chunkCount)
        }
    }
}

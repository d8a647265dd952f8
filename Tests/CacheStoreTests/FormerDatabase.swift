import Foundation
import HTTPCaching
import TestSupport
import Testing

@testable import CacheStore

extension TemporaryDirectory {
    /// A database that a former version of the program made, with its own SQL: one entry, `http://a.example/`, and its body, `old`.
    ///
    /// - Parameter freshness: writes the entry's row of `freshness`.
    static func ofFormerVersion(_ schema: String, freshness: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.cache, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        #expect(FileManager.default.createFile(atPath: directory.database, contents: nil, attributes: [.posixPermissions: 0o600]))
        let connection = try SQLiteConnection(path: directory.database, mode: .readWrite)
        try connection.execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        try connection.execute(schema)
        let recipe = try connection.prepare("INSERT INTO meta VALUES ('key_recipe', ?1)")
        recipe.bind(CacheKey.recipe, at: 1)
        try recipe.run()
        let entry = try connection.prepare(
            """
            INSERT INTO entry (entry_id, key_hash, host_id, body_id, status, version, request_time_ms, created_ms, method, url,
                content_type, vary_fields, reason, fields)
            VALUES (5, ?1, 1, 1, 200, 11, 1000, 2000, 'GET', 'http://a.example/', 'text/plain', '', 'OK', 'Content-Type: text/plain'
                || char(13, 10))
            """)
        entry.bind(KeyDigest(try makeKey("http://a.example/")).prefix, at: 1)
        try entry.run()
        let body = try connection.prepare(
            """
            INSERT INTO body (body_id, digest_prefix, digest, coding, wire_bytes, stored_bytes, decoded_bytes, chunk_count,
                reference_count, state)
            VALUES (1, ?1, ?2, 0, 3, 3, 3, 1, 1, 0)
            """)
        let digest = BodyDigest.of(Array("old".utf8))
        body.bind(BodyDigest.prefix(of: digest), at: 1)
        body.bind(digest, at: 2)
        try body.run()
        try connection.execute(
            """
            INSERT INTO host VALUES (1, 'http://a.example', 'a.example');
            INSERT INTO body_chunk VALUES (1 << 20, x'6f6c64');
            """)
        try connection.execute(freshness)
        return directory
    }
}

import Foundation
import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// A database of the version before limits and pins, with its own SQL.
@Suite struct MigrationToVersion3Tests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.cache, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        #expect(FileManager.default.createFile(atPath: directory.database, contents: nil, attributes: [.posixPermissions: 0o600]))
        let connection = try SQLiteConnection(path: directory.database, mode: .readWrite)
        try connection.execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        try connection.execute(SchemaVersion2.sql)
        let recipe = try connection.prepare("INSERT INTO meta VALUES ('key_recipe', ?1)")
        recipe.bind(CacheKey.recipe, at: 1)
        try recipe.run()
        let entry = try connection.prepare(
            """
            INSERT INTO entry (entry_id, key_hash, host_id, body_id, status, version, request_time_ms, created_ms, method, url,
                content_type, vary_fields, reason, fields, held_ranges)
            VALUES (5, ?1, 1, 1, 200, 11, 1000, 2000, 'GET', 'http://a.example/', 'text/plain', '', 'OK', 'Content-Type: text/plain'
                || char(13, 10), NULL)
            """)
        entry.bind(BodyDigest.prefix(of: try makeKey("http://a.example/").text), at: 1)
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
            INSERT INTO freshness VALUES (5, 1, 3000, 4, 600, 2, 8, 0, 0, 500, 1, 16, 0, 0, NULL, 5000, 6);
            """)
    }

    @Test func entriesOfBeforeStillAnswerAndCanBePinned() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let entry = try #require(try await store.find("http://a.example/"))
        #expect(entry.id == EntryID(row: 5, body: 1))
        #expect(entry.response.freshness.privateTerms == FreshnessTerms(lifetime: 600, source: .maxAge, demands: .immutable))
        #expect(entry.response.freshness.sharedTerms == FreshnessTerms(lifetime: 500, source: .sharedMaxAge, demands: .privateOnly))
        #expect(entry.lastUse == UnixTime(milliseconds: 5000) && !entry.isPinned)
        #expect(try await store.content(entry.body) == Array("old".utf8))
        #expect(try await store.settings() == StoreSettings())
        #expect(try await store.verify().isClean)
        #expect(try await store.pin(true, matching: EntryQuery(now: noon)) == 1)
        #expect(try await store.find("http://a.example/")?.isPinned == true)
        #expect(try await store.verify().isClean)
        await store.close()
        #expect(try directory.integer("PRAGMA user_version") == 3)
    }

    @Test func theSchemaIsThatOfANewDatabase() async throws {
        try await CacheStore.open(directory: directory.cache).close()
        let new = try TemporaryDirectory()
        try await CacheStore.open(directory: new.cache).close()
        let migrated = try directory.schema()
        #expect(migrated == (try new.schema()))
        #expect(migrated.contains("freshness is_pinned INTEGER 1 0"))
        #expect(migrated.contains { $0.hasPrefix("CREATE INDEX freshness_by_use") })
    }
}

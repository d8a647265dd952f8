import Foundation
import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// A database that the first release made, with its own SQL.
@Suite struct MigrationToVersion2Tests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.cache, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        #expect(FileManager.default.createFile(atPath: directory.database, contents: nil, attributes: [.posixPermissions: 0o600]))
        let connection = try SQLiteConnection(path: directory.database, mode: .readWrite)
        try connection.execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        try connection.execute(SchemaVersion1.sql)
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
            INSERT INTO freshness (entry_id, body_id, response_time_ms, initial_age_s, lifetime_s, lifetime_source, demands, date_s,
                last_use_ms, use_count)
            VALUES (5, 1, 3000, 4, 600, 2, 8, NULL, 5000, 6);
            """)
    }

    @Test func entriesOfBeforeStillAnswer() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let entry = try #require(try await store.find("http://a.example/"))
        #expect(entry.id == EntryID(row: 5, body: 1))
        #expect(entry.response.head.status == 200)
        #expect(entry.response.head.fields.first("Content-Type") == "text/plain")
        #expect(entry.response.heldRanges == nil)
        let freshness = entry.response.freshness
        #expect(freshness.responseTime == UnixTime(milliseconds: 3000) && freshness.initialAge == 4)
        #expect(freshness.privateTerms == FreshnessTerms(lifetime: 600, source: .maxAge, demands: .immutable))
        // Nobody knows whether a shared cache may use it.
        #expect(freshness.sharedTerms == FreshnessTerms(lifetime: 0, source: .none, demands: [.immutable, .forbidden]))
        #expect(entry.lastUse == UnixTime(milliseconds: 5000))
        #expect(try await store.content(entry.body) == Array("old".utf8))
        #expect(try await store.verify().isClean)
        // It can be written as any other.
        try await store.freshen(entry.id, freshness: makeFreshness()).value
        #expect(try await store.find("http://a.example/")?.response.freshness == makeFreshness())
        try await store.store(makeEntry("http://a.example/"), makeBody("new"))
        #expect(try await store.count(EntryQuery(now: noon)) == 1)
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
        #expect(migrated.contains("entry held_ranges TEXT 0 0"))
    }
}

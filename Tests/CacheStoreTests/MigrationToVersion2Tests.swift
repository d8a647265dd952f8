import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// A database that the first release made, with its own SQL.
@Suite struct MigrationToVersion2Tests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try .ofFormerVersion(
            FormerSchema.version1,
            freshness: """
                INSERT INTO freshness (entry_id, body_id, response_time_ms, initial_age_s, lifetime_s, lifetime_source, demands, date_s,
                    last_use_ms, use_count)
                VALUES (5, 1, 3000, 4, 600, 2, 8, NULL, 5000, 6)
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
        try await store.freshen(entry, freshness: makeFreshness()).value
        #expect(try await store.find("http://a.example/")?.response.freshness == makeFreshness())
        try await store.store(makeEntry("http://a.example/"), makeBody("new"))
        #expect(try await store.count(EntryQuery(now: noon)) == 1)
        #expect(try await store.verify().isClean)
        await store.close()
        #expect(try directory.integer("PRAGMA user_version") == 6)
    }

    @Test func theSchemaIsThatOfANewDatabase() async throws {
        try await CacheStore.open(directory: directory.cache).close()
        let new = try TemporaryDirectory()
        try await CacheStore.open(directory: new.cache).close()
        let migrated = try directory.schema()
        #expect(migrated == (try new.schema()))
        #expect(try directory.integer("SELECT use_count FROM entry_use WHERE entry_id = 5") == 6)
        #expect(migrated.contains("entry held_ranges TEXT 0 0"))
    }
}

import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// A database of the version before limits and pins, with its own SQL.
@Suite struct MigrationToVersion3Tests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try .ofFormerVersion(
            FormerSchema.version2,
            freshness: "INSERT INTO freshness VALUES (5, 1, 3000, 4, 600, 2, 8, 0, 0, 500, 1, 16, 0, 0, NULL, 5000, 6)")
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
        #expect(try directory.integer("PRAGMA user_version") == 6)
    }

    @Test func whatHasNeverAnsweredHasNoCount() async throws {
        let unused = try TemporaryDirectory.ofFormerVersion(
            FormerSchema.version2,
            freshness: "INSERT INTO freshness VALUES (5, 1, 3000, 4, 600, 2, 8, 0, 0, 500, 1, 16, 0, 0, NULL, 5000, 0)")
        try await CacheStore.open(directory: unused.cache).close()
        #expect(try unused.integer("SELECT count(*) FROM entry_use") == 0)
        #expect(try unused.integer("SELECT count(*) FROM freshness") == 1)
    }

    @Test func theSchemaIsThatOfANewDatabase() async throws {
        try await CacheStore.open(directory: directory.cache).close()
        let new = try TemporaryDirectory()
        try await CacheStore.open(directory: new.cache).close()
        let migrated = try directory.schema()
        #expect(migrated == (try new.schema()))
        #expect(try directory.integer("SELECT use_count FROM entry_use WHERE entry_id = 5") == 6)
        #expect(migrated.contains("freshness is_pinned INTEGER 1 0"))
        #expect(migrated.contains { $0.hasPrefix("CREATE INDEX freshness_by_use") })
    }
}

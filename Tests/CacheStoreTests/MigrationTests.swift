import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct MigrationTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func options(_ steps: [Migrations.Step]) -> CacheStore.Options {
        var options = CacheStore.Options()
        options.migrations = Migrations(schema: Migrations.current.schema, steps: Migrations.current.steps + steps)
        return options
    }

    @Test func anOlderDatabaseIsBroughtUpStepByStep() async throws {
        var store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        await store.close()
        let steps = [
            Migrations.Step(version: 7, sql: "ALTER TABLE host ADD COLUMN note TEXT"),
            Migrations.Step(version: 8, sql: "UPDATE host SET note = 'moved'"),
        ]
        store = try CacheStore.openExisting(directory: directory.cache, options: options(steps))
        #expect(try await store.find("http://a.example/") != nil)
        await store.close()
        #expect(try directory.integer("PRAGMA user_version") == 8)
        #expect(try directory.integer("SELECT count(*) FROM host WHERE note = 'moved'") == 1)
        // The program of before now finds a newer schema.
        #expect(
            await storeError { _ = try CacheStore.open(directory: directory.cache) }?.code == .newerSchema(found: 8, supported: 6))
    }

    @Test func aStepThatFailsLeavesTheDatabaseAsItWas() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        await store.close()
        let steps = [
            Migrations.Step(version: 7, sql: "ALTER TABLE host ADD COLUMN note TEXT"),
            Migrations.Step(version: 8, sql: "UPDATE nothing SET note = 1"),
        ]
        #expect(await storeError { _ = try CacheStore.open(directory: directory.cache, options: options(steps)) } != nil)
        #expect(try directory.integer("PRAGMA user_version") == 6)
        #expect(try directory.integer("SELECT count(*) FROM pragma_table_info('host')") == 3)
    }

    @Test func theSchemaIsThatOfTheFileAtTheTop() {
        #expect(Migrations.current.schema.contains("CREATE TABLE body_chunk"))
        #expect(Migrations.current.currentVersion == 6)
    }
}

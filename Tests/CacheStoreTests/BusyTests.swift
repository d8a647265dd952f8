import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Another process holds the right to write and does not go on, as one that was stopped with Ctrl-Z.
@Suite struct BusyTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private var options: CacheStore.Options {
        var options = CacheStore.Options()
        options.lockTimeout = .milliseconds(100)
        return options
    }

    /// Takes the byte as another process does; dropping the value lets go of it.
    private func hold(_ byte: Int64) throws -> LockFile {
        let file = try LockFile(path: directory.cache + "/cache.lock")
        #expect(file.tryLock(byte))
        return file
    }

    @Test(.timeLimit(.minutes(1)), arguments: [LockFile.Byte.queue, LockFile.Byte.write])
    func readingAndOpeningGoOn(byte: Int64) async throws {
        let writer = try CacheStore.open(directory: directory.cache)
        try await writer.store(makeEntry("http://a.example/"), makeBody("x"))
        let held = try hold(byte)
        // With the time limit that users have: it must not play a part.
        let reader = try CacheStore.openExisting(directory: directory.cache)
        let entry = try #require(try await reader.find("http://a.example/"))
        #expect(try await reader.content(entry.body) == Array("x".utf8))
        #expect(try await reader.statistics().entries == 1)
        #expect(try await reader.verify().isClean)
        #expect(await reader.close() == nil)
        let other = try CacheStore.open(directory: directory.cache)
        #expect(try await other.find("http://a.example/") != nil)
        #expect(await other.close() == nil)
        held.unlock(byte)
        #expect(await writer.close() == nil)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [LockFile.Byte.queue, LockFile.Byte.write])
    func writesFailInTimeAndTheStoreGoesOn(byte: Int64) async throws {
        let store = try CacheStore.open(directory: directory.cache, options: options)
        try await store.store(makeEntry("http://a.example/0"), makeBody("0"))
        let entry = try #require(try await store.find("http://a.example/0"))
        let held = try hold(byte)
        store.touch([entry], at: noon)
        store.record(ActivityDelta(outcome: "hit"))
        // More than one group: those behind the first must not wait each in turn.
        var handles: [CommitHandle] = []
        for number in 1...1000 {
            handles.append(try await store.put(makeEntry("http://a.example/\(number)"), content: makeBody("\(number)")))
        }
        let failure = await storeError { try await store.flush() }
        #expect(failure?.code == .busy)
        #expect(failure?.description.contains("another process holds the lock") == true)
        for handle in handles { #expect(await storeError { try await handle.value }?.code == .busy) }
        held.unlock(byte)
        try await store.store(makeEntry("http://a.example/1"), makeBody("1"))
        // Collected uses and sums have waited.
        try await store.flush()
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 1)
        #expect(try directory.integer("SELECT sum(requests) FROM activity") == 1)
        #expect(try await store.verify().isClean)
        #expect(await store.close() == nil)
    }

    @Test(.timeLimit(.minutes(1))) func closingEndsWithBusy() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: options)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        let held = try hold(LockFile.Byte.write)
        store.record(ActivityDelta(outcome: "hit"))
        #expect(await store.close()?.code == .busy)
        _ = held
    }

    @Test(.timeLimit(.minutes(1))) func closingDoesNotWaitForAStoppedCopier() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        let held = try hold(LockFile.Byte.checkpoint)
        #expect(await store.close() == nil)
        _ = held
    }

    @Test(.timeLimit(.minutes(1))) func makingTheDatabaseEndsWithBusy() async throws {
        try CacheDirectory(directory.cache).create()
        let held = try hold(LockFile.Byte.write)
        #expect(await storeError { _ = try CacheStore.open(directory: directory.cache, options: options) }?.code == .busy)
        #expect(CacheDirectory.fileLength(directory.database) == 0)
        held.unlock(LockFile.Byte.write)
        await (try CacheStore.open(directory: directory.cache, options: options)).close()
    }

    @Test func usesAndSumsOfAGroupThatFailsAreKept() async throws {
        var options = CacheStore.Options()
        options.maximumPages = 512
        let store = try CacheStore.open(directory: directory.cache, options: options)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        let entry = try #require(try await store.find("http://a.example/"))
        store.touch([entry], at: noon)
        store.record(ActivityDelta(outcome: "hit"))
        // Fails at the write of the sums, after the uses.
        try directory.execute("CREATE TRIGGER no BEFORE INSERT ON activity BEGIN SELECT RAISE(ABORT, 'no'); END")
        #expect(await storeError { try await store.flush() } != nil)
        try directory.execute("DROP TRIGGER no")
        try await store.flush()
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 1)
        #expect(try directory.integer("SELECT sum(requests) FROM activity") == 1)
        await store.close()
    }
}

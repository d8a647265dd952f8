import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Processes of their own write and are killed: `CacheStoreTestWriter` stands beside this program.
@Suite struct ManyProcessesTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func check(_ store: CacheStore, _ name: String, _ numbers: [Int]) async throws {
        let found = try await store.lookup(numbers.map { try makeKey("http://\(name).example/\($0)") })
        #expect(found.allSatisfy { $0.count == 1 })
    }

    @Test(arguments: [1, 150, 700])
    func killedInTheMiddleNothingAcknowledgedIsLost(acknowledged: Int) async throws {
        let writer = try WriterProcess(directory.cache, "a", 1_000_000)
        let numbers = writer.acknowledged(acknowledged)
        await writer.kill()
        #expect(numbers.count >= acknowledged)

        let store = try CacheStore.openExisting(directory: directory.cache)
        try await check(store, "a", numbers)
        #expect(try await store.verify().isClean)
        // The first write clears away what the killed process was staging.
        try await store.store(makeEntry("http://a.example/after"), makeBody("after"))
        #expect(try directory.integer("SELECT count(*) FROM body WHERE state = 1") == 0)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func severalProcessesWriteAtOnce() async throws {
        let writers = try (0..<3).map { try WriterProcess(directory.cache, "w\($0)", 1500) }
        let store = try CacheStore.open(directory: directory.cache)
        for number in 0..<500 { _ = try await store.put(makeEntry("http://own.example/\(number)"), content: makeBody("\(number)")) }
        try await store.flush()
        for (index, writer) in writers.enumerated() {
            let numbers = writer.acknowledged(.max)
            #expect(await writer.wait() == 0)
            #expect(numbers.count == 1500)
            try await check(store, "w\(index)", numbers)
        }
        #expect(try await store.count(EntryQuery(now: noon)) >= 500 + 4500)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func twoStoresInOneProcessWriteAtOnce() async throws {
        let stores = try (0..<2).map { _ in try CacheStore.open(directory: directory.cache) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in stores.enumerated() {
                group.addTask {
                    for number in 0..<400 {
                        try await store.store(makeEntry("http://s\(index).example/\(number % 50)"), makeBody("\(number % 90)"))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await stores[0].count(EntryQuery(now: noon)) == 100)
        #expect(try await stores[1].verify().isClean)
        for store in stores { await store.close() }
    }

    @Test func aSecondStoreInOneProcessDoesNotDropTheLocksOfTheFirst() async throws {
        let first = try CacheStore.open(directory: directory.cache)
        try await first.store(makeEntry("http://first.example/before"), makeBody("before"))
        let second = try CacheStore.open(directory: directory.cache)
        let reader = try CacheStore.openExisting(directory: directory.cache)
        // Without those locks this process takes itself for the last and removes the log under the others' feet.
        let writer = try WriterProcess(directory.cache, "w", 20)
        #expect(writer.acknowledged(.max).count == 20)
        #expect(await writer.wait() == 0)
        #expect(FileManager.default.fileExists(atPath: directory.database + "-wal"))
        try await first.store(makeEntry("http://first.example/after"), makeBody("after"))
        try await second.store(makeEntry("http://second.example/after"), makeBody("second"))
        for store in [first, second, reader] { await store.close() }
        let again = try CacheStore.openExisting(directory: directory.cache)
        for url in ["http://first.example/before", "http://first.example/after", "http://second.example/after"] {
            #expect(try await again.find(url) != nil)
        }
        try await check(again, "w", Array(0..<20))
        #expect(try await again.verify().isClean)
        await again.close()
    }

    @Test func theLogStaysBoundedWhileMuchIsWritten() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        var longest: Int64 = 0
        let bytes = makeBytes(100_000, seed: 1)
        for number in 0..<3000 {
            var body = bytes
            withUnsafeBytes(of: number) { for (index, byte) in $0.enumerated() { body[index] = byte } }
            _ = try await store.put(
                makeEntry("http://a.example/\(number)"),
                content: CompleteBody(chunks: [body], digest: BodyDigest.of(body), wireBytes: 100_000))
            if number % 50 == 0 { longest = max(longest, CacheDirectory.fileLength(directory.database + "-wal")) }
        }
        try await store.flush()
        longest = max(longest, CacheDirectory.fileLength(directory.database + "-wal"))
        #expect(longest < 75 << 20)
        #expect(CacheDirectory.fileLength(directory.database) > 200 << 20)
        await store.close()
        #expect(CacheDirectory.fileLength(directory.database + "-wal") == 0)
    }
}

import Dispatch
import HTTPSemantics
import Synchronization
import TestSupport
import Testing

@testable import CacheStore

/// Settings, limits and collections of garbage, on the store itself.
@Suite struct UpkeepTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func settingsThatAreChangedAtTheSameMomentAllCount() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let other = try CacheStore.open(directory: directory.cache)
        for round in 1...8 {
            let number = Int64(round)
            async let size = store.changeSettings { $0.maximumBytes = (100 + number) << 20 }
            async let age = other.changeSettings { $0.maximumAgeSeconds = 1000 + number }
            _ = try await (size, age)
            #expect(
                try await store.settings() == StoreSettings(maximumBytes: (100 + number) << 20, maximumAgeSeconds: 1000 + number))
        }
        #expect(await storeError { try await store.changeSettings { $0.maximumBytes = 5 } }?.code == .invalidArgument)
        #expect(try await other.settings().maximumBytes == 108 << 20)
        await store.close()
        await other.close()
    }

    private static func add(_ range: Range<Int>, to store: CacheStore) async throws {
        for number in range {
            let bytes = makeBytes(100_000, seed: UInt64(number + 1))
            let body = CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(bytes.count))
            try await store.store(makeEntry("http://a.example/\(number)"), body)
        }
    }

    /// A writer that adds more than each step takes away must not keep a collection going.
    @Test func aCollectionDoesNotRunAfterWhatOthersAdd() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let writer = try CacheStore.open(directory: directory.cache)
        try await Self.add(0..<400, to: store)
        let removedBefore = Mutex<Int64>(0)
        let steps = Mutex(0)
        let report = try await store.collectGarbage(
            GarbagePlan(maximumBytes: 28 << 20, now: CacheStore.systemTime()),
            progress: { report in
                let isEviction = removedBefore.withLock { before in
                    defer { before = report.removedEntries }
                    return report.removedEntries > before
                }
                let step = steps.withLock { steps in
                    steps += 1
                    return steps
                }
                // Bounded, so that a collection that does run on ends all the same.
                guard isEviction, step <= 8 else { return }
                let isAdded = DispatchSemaphore(value: 0)
                Task {
                    try? await Self.add((step * 1000)..<(step * 1000 + 90), to: writer)
                    isAdded.signal()
                }
                isAdded.wait()
            })
        #expect((100..<300).contains(report.removedEntries))
        await store.close()
        await writer.close()
    }

    /// A body that is damaged must not live on in what is fetched in its place.
    @Test func equalContentIsStoredAnewWhereABodyIsSetApart() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/1"), makeBody("content"))
        try await store.store(makeEntry("http://a.example/2"), makeBody("content"))
        try directory.execute("UPDATE body_chunk SET bytes = CAST('c0ntent' AS BLOB)")
        let damaged = try #require(try await store.find("http://a.example/1"))
        store.setApart(damaged.body)
        try await store.store(makeEntry("http://a.example/1"), makeBody("content"))
        let mended = try #require(try await store.find("http://a.example/1"))
        #expect(try await store.content(mended.body) == Array("content".utf8))
        let other = try #require(try await store.find("http://a.example/2"))
        #expect(await storeError { _ = try await store.content(other.body) }?.code == .bodyGone)
        #expect(try await store.verify().problems.map(\.kind) == [.wrongDigest])
        let repair = try await store.repair(try await store.verify())
        #expect(repair.removedEntries.map(\.url) == ["http://a.example/2"])
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aRepairTellsWhatWasPinned() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 1...4 { try await store.store(makeEntry("http://a.example/\(number)"), makeBody("content \(number)")) }
        for number in [1, 3] {
            var query = EntryQuery(now: noon)
            query.pattern = .url("http://a.example/\(number)")
            #expect(try await store.pin(true, matching: query) == 1)
        }
        try directory.execute(
            """
            UPDATE body_chunk SET bytes = CAST('c0ntent 1' AS BLOB) WHERE chunk_id >> 20 IN (1, 2);
            UPDATE entry SET held_ranges = 'none' WHERE entry_id >= 3
            """)
        let repair = try await store.repair(try await store.verify())
        #expect(
            repair.removedEntries.map { "\($0.url) \($0.isPinned)" }.sorted()
                == [1, 2, 3, 4].map { "http://a.example/\($0) \($0 % 2 == 1)" })
        await store.close()
    }
}

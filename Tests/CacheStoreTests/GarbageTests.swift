import Foundation
import HTTPSemantics
import Synchronization
import TestSupport
import Testing

@testable import CacheStore

@Suite struct GarbageTests {
    let directory: TemporaryDirectory
    let world = TestWorld()

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open() throws -> CacheStore { try CacheStore.open(directory: directory.cache, options: world.options) }

    private var usage: DirectoryUsage { .measure(CacheDirectory(directory.cache)) }

    private func fill(_ store: CacheStore, _ range: Range<Int>, length: Int = 100_000) async throws {
        for number in range {
            world.pass(seconds: 1)
            _ = try await store.put(
                makeEntry("http://a.example/\(number)"), content: makeBody(length: length, seed: number))
        }
        try await store.flush()
    }

    @Test func removedSpaceGoesBackToTheFileSystem() async throws {
        let store = try open()
        try await fill(store, 0..<100)
        let removed = try await store.remove(
            matching: {
                var query = EntryQuery(now: noon)
                query.limit = 90
                query.order = .time
                return query
            }())
        #expect(removed == RemovalReport(entries: 90, storedBytes: 9_000_000))
        let steps = Mutex(0)
        let report = try await store.collectGarbage(GarbagePlan(now: world.now)) { _ in steps.withLock { $0 += 1 } }
        #expect(report.removedEntries == 0 && !report.isOverLimit)
        #expect(report.freedBytes > 9_000_000 && report.bytesAfter == usage.totalBytes)
        #expect(usage.totalBytes < 2_000_000)
        #expect(try directory.integer("PRAGMA freelist_count") == 0)
        #expect(steps.withLock { $0 } >= 2)
        #expect(try await store.numbers(0..<100) == Array(90..<100))
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func whatIsOldGoesThenWhatIsLeastUsedAndPinsStay() async throws {
        let store = try open()
        try await fill(store, 0..<60)
        var query = EntryQuery(now: noon)
        query.pattern = .url("http://a.example/2")
        _ = try await store.pin(true, matching: query)
        world.pass(seconds: 60)
        try await store.use("http://a.example/4", at: world.now)
        var report = try await store.collectGarbage(GarbagePlan(maximumAgeSeconds: 90, now: world.now))
        // 2 is pinned and 4 was used.
        #expect(try await store.numbers(0..<60) == [2, 4] + Array(29..<60))
        #expect(report.removedEntries == 27 && report.removedBodies == 27 && report.pinnedEntries == 1)
        report = try await store.collectGarbage(GarbagePlan(maximumBytes: 1_500_000, now: world.now))
        let left = try await store.numbers(0..<60)
        #expect(report.bytesAfter <= 1_500_000 && !report.isOverLimit)
        #expect(left.count >= 8 && left.starts(with: [2, 4]))
        #expect(left.dropFirst(2) == Array(60 - (left.count - 2)..<60)[...])
        // Nothing but the pinned one can stay.
        report = try await store.collectGarbage(GarbagePlan(maximumBytes: 0, now: world.now))
        #expect(try await store.numbers(0..<60) == [2])
        #expect(report.isOverLimit)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func theSettingsHoldWhereThePlanSaysNothing() async throws {
        let store = try open()
        try await fill(store, 0..<150)
        try await store.change(StoreSettings(maximumBytes: 10 << 20))
        var report = try await store.collectGarbage(GarbagePlan(now: world.now))
        // Some had gone before, for the writing thread keeps the limit too.
        #expect(report.bytesAfter <= 10 << 20 && !report.isOverLimit)
        #expect((60..<100).contains(try await store.numbers(0..<150).count))
        try await store.change(StoreSettings(maximumAgeSeconds: 5))
        report = try await store.collectGarbage(GarbagePlan(now: world.now))
        #expect(try await store.numbers(0..<150) == Array(144..<150))
        await store.close()
    }

    @Test func leftoversGo() async throws {
        let store = try open()
        try await fill(store, 0..<3, length: 10)
        await store.close()
        try directory.execute(
            """
            INSERT INTO body_chunk VALUES (900 << 20, x'00'), ((900 << 20) + 1, x'00');
            INSERT INTO freshness VALUES (90, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, NULL, NULL, NULL);
            INSERT INTO entry_use VALUES (90, 1), (91, 2);
            INSERT INTO host VALUES (70, 'http://gone.example', 'gone.example');
            INSERT INTO body (body_id, digest_prefix, digest, coding, wire_bytes, stored_bytes, chunk_count, reference_count, state)
                VALUES (80, 1, x'01', 0, 1, 1, 1, 0, 0);
            INSERT INTO body (body_id, coding, wire_bytes, stored_bytes, chunk_count, reference_count, state, owner)
                VALUES (81, 0, 0, 0, 0, 0, 1, 5000000);
            INSERT INTO body_chunk VALUES (80 << 20, x'00'), (81 << 20, x'00');
            """)
        let again = try open()
        let report = try await again.collectGarbage(GarbagePlan(now: world.now))
        #expect(report.removedEntries == 0 && report.removedBodies == 2)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 3)
        #expect(try directory.integer("SELECT count(*) FROM freshness") == 3)
        #expect(try directory.integer("SELECT count(*) FROM entry_use") == 0)
        #expect(try directory.integer("SELECT count(*) FROM host") == 1)
        #expect(try directory.integer("SELECT count(*) FROM body") == 3)
        #expect(try await again.verify().isClean)
        await again.close()
    }

    @Test func aWriterForgetsTheHostsThatWereRemoved() async throws {
        let writer = try open()
        try await writer.storeNumber(1, length: 10)
        let other = try open()
        _ = try await other.remove(matching: EntryQuery(now: noon))
        _ = try await other.collectGarbage(GarbagePlan(now: world.now))
        #expect(try directory.integer("SELECT count(*) FROM host") == 0)
        // It remembers the row of the host.
        try await writer.storeNumber(2, length: 10)
        #expect(try await writer.verify().isClean)
        for store in [writer, other] { await store.close() }
    }

    @Test func oneAtATime() async throws {
        let store = try open()
        try await store.storeNumber(1, length: 10)
        let lock = try UpkeepLock(CacheDirectory(directory.cache), operation: "test")
        let failure = await storeError { _ = try await store.collectGarbage(GarbagePlan(now: world.now)) }
        #expect(failure?.code == .busy && failure?.description.contains("larder gc") == true)
        let repair = await storeError { _ = try await store.repair(VerificationReport()) }
        #expect(repair?.code == .busy)
        withExtendedLifetime(lock) {}
        await store.close()
    }

    @Test func othersReadAndWriteMeanwhile() async throws {
        let store = try open()
        try await fill(store, 0..<200)
        let writers = try (0..<2).map { try WriterProcess(directory.cache, "w\($0)", 400) }
        var collections = 0
        while writers.contains(where: { $0.isRunning }) {
            let report = try await store.collectGarbage(GarbagePlan(maximumBytes: 4 << 20, now: CacheStore.systemTime()))
            #expect(report.bytesBefore > 0)
            collections += 1
            #expect(try await store.verify().isClean)
        }
        for writer in writers {
            #expect(writer.acknowledged(.max).count == 400)
            #expect(await writer.wait() == 0)
        }
        #expect(collections > 0)
        let report = try await store.collectGarbage(GarbagePlan(maximumBytes: 4 << 20, now: CacheStore.systemTime()))
        #expect(report.bytesAfter <= 4 << 20)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func whatAReaderStillReadsIsGoneAndSaysSo() async throws {
        let store = try open()
        let staging = try await store.stageBody()
        let bytes = makeBytes(1_000_000, seed: 1)
        try await staging.append(bytes)
        try await staging.publish(
            makeEntry("http://a.example/1"), digest: BodyDigest.of(bytes), wireBytes: 1_000_000, coding: .asReceived
        ).value
        let entry = try #require(try await store.find("http://a.example/1"))
        let reader = store.readBody(entry.body)
        #expect(try await reader.next() != nil)
        _ = try await store.collectGarbage(GarbagePlan(maximumBytes: 0, now: world.now))
        #expect(await storeError { while try await reader.next() != nil {} }?.code == .bodyGone)
        await store.close()
    }
}

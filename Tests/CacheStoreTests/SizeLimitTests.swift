import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct SizeLimitTests {
    let directory: TemporaryDirectory
    let world = TestWorld()
    private let limit: Int64 = 8 << 20
    private var budget: SizeBudget { SizeBudget(maximumBytes: limit, otherBytes: 0) }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ settings: StoreSettings? = nil) async throws -> CacheStore {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        try await store.change(settings ?? StoreSettings(maximumBytes: limit))
        return store
    }

    @Test func theLeastRecentlyUsedGoFirst() async throws {
        let store = try await open()
        for number in 0..<200 {
            world.pass(seconds: 1)
            try await store.storeNumber(number, length: 100_000)
            // Read every few seconds by somebody.
            if number % 10 == 9 { try await store.use("http://a.example/3", at: world.now) }
        }
        let left = try await store.numbers(0..<200)
        #expect(left.contains(3))
        let others = left.filter { $0 != 3 }
        #expect(others.count > 20 && others.last == 199)
        #expect(others == Array(200 - others.count..<200))
        #expect(try await store.verify().isClean)
        await store.close()
        #expect(try directory.integer("PRAGMA page_count") <= budget.filePages)
    }

    @Test func whatIsPinnedStays() async throws {
        let store = try await open()
        for number in 0..<10 { try await store.storeNumber(number, length: 100_000) }
        #expect(try await store.pin(true, matching: EntryQuery(now: noon)) == 10)
        for number in 10..<150 {
            world.pass(seconds: 1)
            try await store.storeNumber(number, length: 100_000)
        }
        #expect(try await store.numbers(0..<10) == Array(0..<10))
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func whereAllIsPinnedNothingMoreComes() async throws {
        let store = try await open(StoreSettings())
        for number in 0..<100 { try await store.storeNumber(number, length: 100_000) }
        let staging = try await store.stageBody()
        try await staging.append(makeBytes(300_000, seed: 1))
        _ = try await store.pin(true, matching: EntryQuery(now: noon))
        try await store.change(StoreSettings(maximumBytes: limit))
        #expect(
            await storeError { try await store.storeNumber(200, length: 100) }?.code == .cacheFull(maximumBytes: limit))
        let stopped = await storeError {
            try await staging.append(makeBytes(300_000, seed: 2))
            try await store.flush()
            try await staging.append([1])
        }
        #expect(stopped?.code == .cacheFull(maximumBytes: limit))
        staging.abandon()
        let entry = try #require(try await store.find("http://a.example/5"))
        try await store.freshen(entry, freshness: makeFreshness(world.now)).value
        #expect(try await store.numbers(0..<300) == Array(0..<100))
        // What is no longer pinned makes room again.
        _ = try await store.pin(false, matching: EntryQuery(now: noon))
        world.pass(seconds: 1)
        try await store.storeNumber(200, length: 100_000)
        #expect(try await store.numbers(0..<300).last == 200)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aBodyTooLongForTheLimitIsRefusedAloneAndLeavesNothing() async throws {
        let store = try await open()
        try await store.storeNumber(1, length: 1000)
        let length = Int(budget.largestBodyBytes) + 300_000
        let whole = await storeError { try await store.storeNumber(2, length: length) }
        guard case .tooLargeForCache? = whole?.code else { throw try #require(whole) }
        let staging = try await store.stageBody()
        let failure = await storeError {
            for seed in 0..<40 { try await staging.append(makeBytes(ChunkID.maximumBytes, seed: UInt64(seed))) }
            try await staging.publish(
                makeEntry("http://a.example/3"), digest: BodyDigest.of([]), wireBytes: 40 << 18, coding: .asReceived
            ).value
        }
        guard case .tooLargeForCache? = failure?.code else { throw try #require(failure) }
        staging.abandon()
        try await store.flush()
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        #expect(try await store.numbers(0..<5) == [1])
        await store.close()
    }

    @Test func aGroupNeverRemovesWhatItBrought() async throws {
        let store = try await open()
        for number in 0..<40 { try await store.storeNumber(number, length: 100_000) }
        _ = try await store.pin(true, matching: EntryQuery(now: noon))
        for number in 100..<160 {
            // The clock goes back, so that what comes now looks as though it had been used longest ago.
            world.pass(seconds: -1)
            // Each group is one entry, and an earlier group's may go, but never its own.
            let failure = await storeError { try await store.storeNumber(number, length: 100_000) }
            #expect(failure == nil)
            #expect(try await store.numbers(number..<number + 1) == [number])
        }
        await store.close()
    }

    @Test func aLowerLimitIsReachedByWhoeverWritesNext() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        for number in 0..<300 {
            _ = try await store.put(makeEntry("http://a.example/\(number)"), content: makeBody(length: 100_000, seed: number))
        }
        try await store.flush()
        let other = try CacheStore.open(directory: directory.cache, options: world.options)
        try await other.change(StoreSettings(maximumBytes: limit))
        #expect(try await store.settings() == StoreSettings(maximumBytes: limit))
        var groups = 0
        // Each group takes away up to 8 MiB more than it brings, and some of the file.
        while try directory.integer("PRAGMA page_count") > budget.filePages, groups < 60 {
            try await store.storeNumber(1000 + groups, length: 1000)
            groups += 1
        }
        #expect(groups < 60)
        #expect(try await store.verify().isClean)
        for store in [store, other] { await store.close() }
        #expect(DirectoryUsage.measure(CacheDirectory(directory.cache)).totalBytes <= limit)
    }

    @Test func entriesUnusedForTooLongGoWithTheNextGroups() async throws {
        let store = try await open(StoreSettings(maximumAgeSeconds: 600))
        for number in 0..<100 { try await store.storeNumber(number, length: 10) }
        _ = try await store.pin(
            true,
            matching: {
                var query = EntryQuery(now: noon); query.pattern = .url("http://a.example/7"); return query
            }())
        world.pass(seconds: 599)
        try await store.use("http://a.example/8", at: world.now)
        try await store.storeNumber(200, length: 10)
        #expect(try await store.numbers(0..<100).count == 100)
        world.pass(seconds: 2)
        try await store.storeNumber(201, length: 10)
        // A bounded number goes with each group.
        #expect(try await store.numbers(0..<100).count == 35)
        try await store.storeNumber(202, length: 10)
        #expect(try await store.numbers(0..<300) == [7, 8, 200, 201, 202])
        await store.close()
    }

    @Test func twoProcessesKeepTheDirectoryWithinTheLimit() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.change(StoreSettings(maximumBytes: limit))
        let writers = try (0..<2).map { try WriterProcess(directory.cache, "w\($0)", 300) }
        let folder = CacheDirectory(directory.cache)
        var largest: Int64 = 0
        while writers.contains(where: { $0.isRunning }) {
            largest = max(largest, DirectoryUsage.measure(folder).totalBytes)
            try await Task.sleep(for: .milliseconds(5))
        }
        for writer in writers {
            #expect(writer.acknowledged(.max).count == 300)
            #expect(await writer.wait() == 0)
        }
        // 24 MB have passed through it. The log of both may hold a group each beyond its share.
        #expect(largest < limit * 3 / 2)
        #expect(try await store.count(EntryQuery(now: noon)) > 10)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func limitsThatCannotBeKeptAreRefused() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        for settings in [
            StoreSettings(maximumBytes: (8 << 20) - 1), StoreSettings(maximumAgeSeconds: 0), StoreSettings(reserveBytes: -1),
        ] {
            #expect(await storeError { try await store.change(settings) }?.code == .invalidArgument)
        }
        let settings = StoreSettings(maximumBytes: 8 << 20, maximumAgeSeconds: 1, reserveBytes: 0)
        try await store.change(settings)
        #expect(try await store.settings() == settings)
        #expect(try await store.statistics().settings == settings)
        try await store.change(StoreSettings())
        #expect(try await store.settings() == StoreSettings())
        await store.close()
    }
}

import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct DiskReserveTests {
    let directory: TemporaryDirectory
    let world = TestWorld()
    private let reserve: Int64 = 256 << 20

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func belowItTheCacheDoesNotGrowAndServesWhatItHas() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        try await store.storeNumber(1, length: 50_000)
        let begun = try await store.stageBody()
        try await begun.append(makeBytes(300_000, seed: 1))
        try await store.flush()
        world.leaveFree(reserve - 1)
        let failure = await storeError { try await store.storeNumber(2, length: 50_000) }
        guard case .diskReserve(let free, reserve)? = failure?.code else { throw try #require(failure) }
        // What the log has in store for the database counts as taken.
        #expect((reserve - (8 << 20)..<reserve).contains(free))
        #expect(failure?.description.contains("256M are kept in reserve") == true)
        let stopped = await storeError {
            try await begun.append(makeBytes(600_000, seed: 2))
            try await store.flush()
            try await begun.append([1])
        }
        guard case .diskReserve? = stopped?.code else { throw try #require(stopped) }
        begun.abandon()
        // What takes no room goes on.
        let entry = try #require(try await store.find("http://a.example/1"))
        try await store.freshen(entry, freshness: makeFreshness(noon, lifetime: 99)).value
        #expect(try await store.find("http://a.example/1")?.response.freshness.privateTerms.lifetime == 99)
        try await store.use("http://a.example/1", at: UnixTime(milliseconds: noon.milliseconds + 60_000))
        #expect(try await store.find("http://a.example/1")?.lastUse.milliseconds == noon.milliseconds + 60_000)
        try await store.change(StoreSettings(maximumAgeSeconds: 9999))
        #expect(try await store.content(entry.body).count == 50_000)
        try await store.remove([entry.id]).value
        #expect(try await store.numbers(0..<5) == [])
        world.leaveFree(reserve + (64 << 20))
        try await store.storeNumber(2, length: 50_000)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aRefusalFailsNothingElseOfItsGroup() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        try await store.storeNumber(1, length: 100)
        let entry = try #require(try await store.find("http://a.example/1"))
        world.leaveFree(0)
        let ticket = try LockFile(path: directory.cache + "/cache.lock")
        ticket.lock(LockFile.Byte.write)
        let refused = try await store.put(makeEntry("http://a.example/2"), content: makeBody(length: 100_000, seed: 2))
        let freshened = try await store.freshen(entry, freshness: makeFreshness(noon, lifetime: 42))
        ticket.unlock(LockFile.Byte.write)
        guard case .diskReserve? = await storeError({ try await refused.value })?.code else {
            Issue.record("the entry was stored")
            return
        }
        try await freshened.value
        #expect(try await store.find("http://a.example/1")?.response.freshness.privateTerms.lifetime == 42)
        #expect(try await store.numbers(0..<5) == [1])
        await store.close()
    }

    @Test func freePagesOfTheFileMayBeFilled() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        for number in 0..<20 { try await store.storeNumber(number, length: 100_000) }
        _ = try await store.remove(matching: EntryQuery(now: noon))
        let pages = try directory.integer("PRAGMA page_count")
        world.leaveFree(0)
        for number in 20..<30 { try await store.storeNumber(number, length: 100_000) }
        var refused = 0
        for number in 30..<60 {
            if await storeError({ try await store.storeNumber(number, length: 100_000) }) != nil { refused += 1 }
        }
        #expect(refused >= 20)
        #expect(try directory.integer("PRAGMA page_count") == pages)
        await store.close()
    }

    @Test func withASizeLimitEntriesGoInstead() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        try await store.change(StoreSettings(maximumBytes: 100 << 20))
        for number in 0..<40 {
            world.pass(seconds: 1)
            try await store.storeNumber(number, length: 100_000)
        }
        let pages = try directory.integer("PRAGMA page_count")
        world.leaveFree(reserve / 2)
        for number in 40..<100 {
            world.pass(seconds: 1)
            try await store.storeNumber(number, length: 100_000)
        }
        // It neither grows by more than a group nor shrinks.
        #expect(try directory.integer("PRAGMA page_count") < pages + 64)
        let left = try await store.numbers(0..<100)
        #expect(left.count >= 35 && left.last == 99 && left.first ?? 0 >= 55)
        // Where nothing may go, nothing comes.
        _ = try await store.pin(true, matching: EntryQuery(now: noon))
        guard case .diskReserve? = await storeError({ try await store.storeNumber(200, length: 100_000) })?.code else {
            Issue.record("the entry was stored")
            return
        }
        await store.close()
    }

    /// Else the log of a large limit takes what the entries may have, and there is nothing to evict when the reserve is reached.
    @Test(arguments: [(10 << 30, (10 << 30) / 16, 56 << 20), (64 << 20, 4 << 20, 4 << 20)] as [(Int64, Int64?, Int64)])
    func onASmallDiskTheLogIsShortWhateverTheLimit(disk: Int64, unlimited: Int64?, limited: Int64) async throws {
        world.makeDisk(disk)
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        var pauses: [Int64?] = []
        for limit in [nil, 1 << 30] as [Int64?] {
            try await store.change(StoreSettings(maximumBytes: limit))
            let writer = try DatabaseWriter(database: store.database)
            try writer.transaction { (writer) throws(StoreError) in try writer.room.begin {} }
            pauses.append(writer.room.logPauseBytes)
        }
        #expect(pauses == [unlimited, limited])
        await store.close()
    }

    @Test func aReserveOfNothingIsNone() async throws {
        let store = try CacheStore.open(directory: directory.cache, options: world.options)
        world.leaveFree(0)
        #expect(await storeError { try await store.storeNumber(1, length: 100) } != nil)
        try await store.change(StoreSettings(reserveBytes: 0))
        try await store.storeNumber(1, length: 100)
        await store.close()
    }
}

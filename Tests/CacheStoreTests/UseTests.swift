import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct UseTests {
    let directory: TemporaryDirectory
    let world = TestWorld()

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open() throws -> CacheStore { try CacheStore.open(directory: directory.cache, options: world.options) }

    @Test(.timeLimit(.minutes(1))) func aUseReachesTheDiskThoughNothingElseIsWritten() async throws {
        var store = try open()
        try await store.storeNumber(1, length: 10)
        await store.close()
        // One whose writing thread has not even started.
        store = try CacheStore.openExisting(directory: directory.cache, options: world.options)
        let entry = try #require(try await store.find("http://a.example/1"))
        for round in 1...2 {
            let time = UnixTime(milliseconds: noon.milliseconds + Int64(round) * 60_000)
            store.touch([entry], at: time)
            while try directory.integer("SELECT last_use_ms FROM freshness") != time.milliseconds {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 2)
        await store.close()
    }

    @Test func usesCloseToEachOtherAreCountedAndMoveNothing() async throws {
        let store = try open()
        try await store.storeNumber(1, length: 10)
        for offset: Int64 in [300, 900, 59_999] {
            try await store.use("http://a.example/1", at: UnixTime(milliseconds: noon.milliseconds + offset))
        }
        var entry = try #require(try await store.find("http://a.example/1"))
        #expect(entry.lastUse == noon)
        try await store.use("http://a.example/1", at: UnixTime(milliseconds: noon.milliseconds + 60_000))
        entry = try #require(try await store.find("http://a.example/1"))
        #expect(entry.lastUse.milliseconds == noon.milliseconds + 60_000)
        // One of before changes nothing either.
        try await store.use("http://a.example/1", at: noon)
        #expect(try await store.find("http://a.example/1")?.lastUse == entry.lastUse)
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 5)
        await store.close()
    }

    @Test func usesBeforeAndAfterAReplacementAreCountedTogether() async throws {
        let store = try open()
        for round in 0..<3 {
            try await store.storeNumber(1, length: 10 + round)
            store.touch([try #require(try await store.find("http://a.example/1"))], at: noon)
        }
        try await store.flush()
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 3)
        await store.close()
    }

    @Test func manyAtOnceAreCountedEachForItself() async throws {
        let store = try open()
        for number in 0..<150 { try await store.storeNumber(number, length: 10) }
        let found = try await store.lookup((0..<150).map { try makeKey("http://a.example/\($0)") }).map { try #require($0.first) }
        // Some have a count already, one has come to its end.
        store.touch(Array(found[40..<60]), at: noon)
        try await store.flush()
        try directory.execute("UPDATE entry_use SET use_count = \(Int64.max) WHERE entry_id = \(found[40].id.row)")
        for part in [found[0..<150], found[50..<70]] { store.touch(Array(part), at: noon) }
        try await store.remove([found[5].id, found[65].id]).value
        try await store.flush()
        // Here and there, more than one statement takes, with one among them that is used twice, and one that is gone.
        func isScattered(_ number: Int) -> Bool { number < 50 ? number % 2 == 1 : number < 100 ? number % 4 < 2 : number % 5 < 3 }
        store.touch((0..<150).filter(isScattered).map { found[$0] } + [found[92]], at: noon)
        try await store.flush()
        for number in 0..<150 {
            let count = try directory.integer("SELECT total(use_count) FROM entry_use WHERE entry_id = \(found[number].id.row)")
            var times = 1 + ((40..<60) ~= number ? 1 : 0) + ((50..<70) ~= number ? 1 : 0)
            times += (isScattered(number) ? 1 : 0) + (number == 92 ? 1 : 0)
            if number == 5 || number == 65 { times = 0 }
            #expect(number == 40 ? count == .max : count == Int64(times))
        }
        let again = try await store.lookup([try makeKey("http://a.example/7")])
        #expect(again.first?.count == 1)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func damagedNumbersAreSurvived() async throws {
        var store = try open()
        try await store.storeNumber(1, length: 10)
        await store.close()
        try directory.execute(
            "UPDATE freshness SET last_use_ms = \(Int64.min); UPDATE body SET wire_bytes = \(Int64.max), digest = x'01'")
        store = try open()
        let entry = try #require(try await store.find("http://a.example/1"))
        #expect(entry.body.wireBytes == 1 << 44 && entry.body.digest.isEmpty)
        store.touch([entry], at: noon)
        try await store.flush()
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 1)
        await store.close()
    }

    @Test(arguments: [StoreSettings(maximumBytes: 100 << 20), StoreSettings(maximumAgeSeconds: 30)])
    func whereALimitDependsOnThemUsesAreFollowedClosely(settings: StoreSettings) async throws {
        let store = try open()
        try await store.change(settings)
        try await store.storeNumber(1, length: 10)
        let time = noon.advanced(byMilliseconds: 200)
        try await store.use("http://a.example/1", at: time)
        #expect(try await store.find("http://a.example/1")?.lastUse == time)
        await store.close()
    }

    @Test func whatIsConfirmedIsInUse() async throws {
        let store = try open()
        try await store.storeNumber(1, length: 10)
        let entry = try #require(try await store.find("http://a.example/1"))
        world.pass(seconds: 60)
        try await store.freshen(entry, freshness: makeFreshness(world.now)).value
        try await store.flush()
        #expect(try await store.find("http://a.example/1")?.lastUse == world.now)
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 0)
        await store.close()
    }

    @Test func theLedgerAsksOnceForAWriteAndKeepsItsPace() throws {
        let ledger = UseLedger()
        let few = makeUses(3)
        #expect(ledger.note([]) == .nothing)
        #expect(ledger.note([few[0]]) == .writeSoon)
        #expect(ledger.note(few) == .nothing)
        ledger.pace = .leisurely
        #expect(ledger.takeIfDue().isEmpty)
        let taken = ledger.take()
        #expect(taken.map(\.entry) == few.map(\.entry) && taken.map(\.count) == [2, 1, 1])
        #expect(ledger.pace == .leisurely && ledger.isEmpty)
        // What could not be written goes with the next group, whenever that is.
        ledger.add(taken)
        #expect(ledger.takeIfDue().count == 3)
        #expect(ledger.note(makeUses(UseLedger.maximumCollected)) == .writeNow)
    }

    /// One use of each of `count` entries, from row `first` on.
    private func makeUses(_ count: Int, from first: Int64 = 0) -> [UseLedger.Use] {
        (first..<first + Int64(count)).map { UseLedger.Use(of: EntryID(row: $0, body: 1), at: noon, known: noon) }
    }

    @Test func anEntryThatIsUsedAllTheTimeAsksForNoWriteBeforeItsTime() throws {
        let ledger = UseLedger()
        ledger.pace = UseLedger.Pace(period: .seconds(1_000_000), resolutionMilliseconds: 0)
        let entries = makeUses(2)
        #expect(ledger.note([entries[1]]) == .writeSoon)
        let count = 3 * UseLedger.maximumCollected + 7
        for _ in 0..<count { #expect(ledger.note(entries.reversed()) == .nothing) }
        #expect(ledger.takeIfDue().isEmpty)
        let taken = ledger.take()
        #expect(taken.map(\.entry.row) == [0, 1] && taken.map(\.count) == [Int64(count), Int64(count) + 1])
    }

    @Test func aWriteIsAskedForOnceForSoManyNewEntries() throws {
        let ledger = UseLedger()
        ledger.pace = UseLedger.Pace(period: .seconds(1_000_000), resolutionMilliseconds: 0)
        let most = UseLedger.maximumCollected
        let entries = makeUses(2 * most)
        // One comes twice: the write is due a little later, not never.
        var demands = entries.prefix(most - 1).map { ledger.note([$0]) }
        demands.append(ledger.note([entries[0]]))
        #expect(demands.filter { $0 == .writeNow }.isEmpty && ledger.takeIfDue().isEmpty)
        demands = entries[(most - 1)...].map { ledger.note([$0]) }
        #expect(demands.filter { $0 == .writeNow }.count == 1)
        // While that write is on its way the same entries ask for no other.
        for _ in 0..<3 { #expect(ledger.note(Array(entries.prefix(most))) == .nothing) }
        #expect(ledger.takeIfDue().count == 2 * most)
    }

    @Test func whereWritesFailTheOldestEntriesAreKept() throws {
        let ledger = UseLedger()
        let (most, few) = (UseLedger.maximumKept, Int64(5))
        for _ in 0..<2 { _ = ledger.note(makeUses(most, from: few)) }
        _ = ledger.note(makeUses(UseLedger.maximumCollected))
        let kept = ledger.take()
        #expect(kept.count == most && kept.map(\.entry.row) == Array(0..<Int64(most)))
        #expect(kept.map(\.count) == (0..<Int64(most)).map { $0 < few ? 1 : $0 < UseLedger.maximumCollected ? 3 : 2 })
    }

    @Test func listsShowPinsAndUses() async throws {
        let store = try open()
        for number in 0..<5 { try await store.storeNumber(number, length: 10) }
        for number in [3, 0, 4] {
            world.pass(seconds: 60)
            try await store.use("http://a.example/\(number)", at: world.now)
        }
        var query = EntryQuery(now: noon)
        query.order = .use
        func urls(_ query: EntryQuery) async throws -> [Int] {
            var numbers: [Int] = []
            let pages = store.entries(query)
            while let page = try await pages.next() { numbers += page.compactMap { Int($0.url.suffix(1)) } }
            return numbers
        }
        #expect(try await urls(query) == [1, 2, 3, 0, 4])
        #expect(try await store.entries(query).next()?.map(\.useCount) == [0, 0, 1, 1, 1])
        query.unusedSince = UnixTime(milliseconds: noon.milliseconds + 120_000)
        #expect(try await urls(query) == [1, 2, 3])
        #expect(try await store.pin(true, matching: query) == 3)
        #expect(try await store.pin(true, matching: query) == 0)
        query.unusedSince = nil
        query.isPinned = false
        #expect(try await urls(query) == [0, 4])
        query.isPinned = true
        #expect(try await urls(query) == [1, 2, 3])
        #expect(try await store.statistics().pinnedEntries == 3)
        // A new response takes over the pin.
        try await store.store(makeEntry("http://a.example/1"), makeBody("new"))
        #expect(try await store.find("http://a.example/1")?.isPinned == true)
        #expect(try await store.pin(false, matching: query) == 3)
        #expect(try await store.find("http://a.example/1")?.isPinned == false)
        await store.close()
    }
}

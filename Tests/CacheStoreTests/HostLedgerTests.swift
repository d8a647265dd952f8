import CrawlPolicy
import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Two stores of one process are two claimants, like two processes.
@Suite(.timeLimit(.minutes(2))) struct HostLedgerTests {
    let directory: TemporaryDirectory
    let host = "a.example"
    private let plain = PolitenessPolicy(maximumConcurrent: 2)
    private let patient = PolitenessPolicy(waitMilliseconds: 1000)

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open() throws -> CacheStore {
        var options = CacheStore.Options()
        options.now = { noon }
        return try CacheStore.open(directory: directory.cache, options: options)
    }

    private func at(_ milliseconds: Int64) -> UnixTime { noon.advanced(byMilliseconds: milliseconds) }

    private func granted(_ attempt: TurnAttempt) -> HostTurn? {
        if case .granted(let turn) = attempt { turn } else { nil }
    }

    private func lookAgain(_ attempt: TurnAttempt) -> UnixTime? {
        if case .busy(let time) = attempt { time } else { nil }
    }

    @Test func storesShareTheTurnsOfAHost() throws {
        let (first, second) = (try open(), try open())
        let turn = try #require(granted(first.takeTurn(at: host, policy: patient, now: at(0))))
        #expect(lookAgain(second.takeTurn(at: host, policy: plain, now: at(0))) == at(1))
        #expect(
            second.situation(of: host, now: at(0)) == HostSituation(activeRequests: 1, notBefore: nil, holdUntil: nil, starts: 1))
        #expect(granted(second.takeTurn(at: "b.example", policy: plain, now: at(0))) != nil)
        turn.finish(holdUntil: nil, now: at(500))
        #expect(
            second.situation(of: host, now: at(500))
                == HostSituation(activeRequests: 0, notBefore: at(1501), holdUntil: nil, starts: 1))
        #expect(lookAgain(second.takeTurn(at: host, policy: plain, now: at(501))) == at(1501))
        let next = try #require(granted(second.takeTurn(at: host, policy: plain, now: at(1501))))
        // A turn ends once.
        turn.finish(holdUntil: at(9000), now: at(1502))
        turn.withdraw()
        #expect(
            first.situation(of: host, now: at(1502)) == HostSituation(activeRequests: 1, notBefore: nil, holdUntil: nil, starts: 2))
        next.withdraw()
    }

    @Test func aRestHoldsForAllStores() throws {
        let (first, second) = (try open(), try open())
        try #require(granted(first.takeTurn(at: host, policy: plain, now: at(0)))).finish(holdUntil: at(4000), now: at(10))
        second.hold(host, until: at(6000), now: at(20))
        for store in [first, second] {
            guard case .resting(let until) = store.takeTurn(at: host, policy: plain, now: at(30)) else {
                Issue.record("expected a rest")
                continue
            }
            #expect(until == at(6000))
            #expect(store.situation(of: host, now: at(30))?.holdUntil == at(6000))
        }
        #expect(granted(second.takeTurn(at: host, policy: plain, now: at(6000))) != nil)
    }

    @Test func theLastReferenceEndsATurn() throws {
        let (first, second) = (try open(), try open())
        do {
            let turn = granted(first.takeTurn(at: host, policy: patient, now: at(0)))
            #expect(turn != nil)
        }
        #expect(lookAgain(second.takeTurn(at: host, policy: plain, now: at(5))) == at(1001))
    }

    @Test func aTurnGivenBackLeavesNoTrace() throws {
        let (first, second) = (try open(), try open())
        try #require(granted(first.takeTurn(at: host, policy: patient, now: at(0)))).withdraw()
        #expect(granted(second.takeTurn(at: host, policy: patient, now: at(0))) != nil)
    }

    @Test func aTurnOutlivesItsStore() throws {
        let second = try open()
        var first: CacheStore? = try open()
        let attempt = try #require(first?.takeTurn(at: host, policy: patient, now: at(0)))
        let turn = try #require(granted(attempt))
        first = nil
        #expect(lookAgain(second.takeTurn(at: host, policy: plain, now: at(200))) == at(201))
        turn.finish(holdUntil: nil, now: at(300))
        #expect(lookAgain(second.takeTurn(at: host, policy: plain, now: at(300))) == at(1301))
    }

    // MARK: Locks and the dead

    private func table() throws -> (table: HostTable, place: HostTable.Place) {
        let memory = try #require(SharedMemory.openExisting(in: CacheDirectory(directory.cache)))
        let table = HostTable(shared: memory)
        let hash = UInt64(bitPattern: BodyDigest.prefix(ofText: host))
        let bucket = HostTable.bucket(of: hash)
        return (table, HostTable.Place(bucket: bucket, slot: try #require(table.find(hash, in: bucket))))
    }

    @Test func theLockOfADeadProcessIsTakenOverAndItsTurnsWithIt() throws {
        let store = try open()
        try #require(granted(store.takeTurn(at: host, policy: plain, now: at(0)))).withdraw()
        let (table, place) = try table()
        let dead: UInt32 = 1 << 25
        #expect(table.lock(of: place.bucket).take(dead, isAlive: { _ in true }) == .taken)
        for _ in 0..<2 {
            #expect(table.slots(of: place.bucket)[place.slot].record.take(claimant: dead, policy: plain, now: at(0)) == .granted)
        }
        #expect(granted(store.takeTurn(at: host, policy: plain, now: at(1))) != nil)
        #expect(store.situation(of: host, now: at(1))?.activeRequests == 0)
    }

    @Test func theLockOfAStoppedProcessIsLeftToIt() async throws {
        let store = try open()
        let turn = try #require(granted(store.takeTurn(at: host, policy: plain, now: at(0))))
        let (table, place) = try table()
        let living = try ProcessMark(lockPath: directory.cache + "/cache.lock")
        #expect(table.lock(of: place.bucket).take(living.number, isAlive: { _ in true }) == .taken)
        #expect(lookAgain(store.takeTurn(at: host, policy: plain, now: at(1))) == at(51))
        #expect(store.situation(of: host, now: at(1)) == nil)
        // Told as soon as that can be.
        turn.finish(holdUntil: nil, now: at(2))
        table.lock(of: place.bucket).release(living.number)
        #expect(try await poll { store.situation(of: host, now: at(3))?.activeRequests == 0 ? true : nil } == true)
    }

    @Test func theTurnsOfTheDeadComeFree() throws {
        let store = try open()
        try #require(granted(store.takeTurn(at: host, policy: plain, now: at(0)))).withdraw()
        let (table, place) = try table()
        let (dead, living): (UInt32, ProcessMark) = (1 << 25, try ProcessMark(lockPath: directory.cache + "/cache.lock"))
        for claimant in [dead, living.number] {
            let record = table.slots(of: place.bucket)
            #expect(record[place.slot].record.take(claimant: claimant, policy: plain, now: at(0)) == .granted)
        }
        let turn = granted(store.takeTurn(at: host, policy: plain, now: at(1)))
        #expect(turn != nil)
        #expect(store.situation(of: host, now: at(200))?.activeRequests == 2)
        #expect(lookAgain(store.takeTurn(at: host, policy: plain, now: at(300))) != nil)
    }

    // MARK: Room

    @Test func moreHostsThanABucketHasRoomForShareARecord() throws {
        let store = try open()
        let exclusive = PolitenessPolicy(maximumConcurrent: 1)
        var hosts: [String] = []
        var number = 0
        while hosts.count < 10 {
            let name = "h\(number).example"
            if HostTable.bucket(of: UInt64(bitPattern: BodyDigest.prefix(ofText: name))) == 5 { hosts.append(name) }
            number += 1
        }
        var turns: [HostTurn] = []
        for host in hosts.prefix(8) { turns.append(try #require(granted(store.takeTurn(at: host, policy: exclusive, now: at(0))))) }
        // The ninth shares the first's record.
        #expect(lookAgain(store.takeTurn(at: hosts[8], policy: exclusive, now: at(0))) != nil)
        turns[0].finish(holdUntil: nil, now: at(1))
        let shared = try #require(granted(store.takeTurn(at: hosts[8], policy: exclusive, now: at(17))))
        // Once a record is idle, another host gets it, and the turns end where they began.
        turns[3].finish(holdUntil: nil, now: at(20))
        let tenth = try #require(granted(store.takeTurn(at: hosts[9], policy: exclusive, now: at(21))))
        shared.finish(holdUntil: nil, now: at(22))
        tenth.finish(holdUntil: nil, now: at(22))
        for turn in turns { turn.finish(holdUntil: nil, now: at(22)) }
        for host in hosts { #expect(store.situation(of: host, now: at(100))?.activeRequests ?? 0 == 0) }
    }

    @Test func manyHostsThatWantToBeLeftAloneKeepNoOtherFromBeingAsked() throws {
        let store = try open()
        let names = (0..<4 * HostTable.bucketCount * HostTable.slotsPerBucket).map { "h\($0).example" }
        for name in names { store.hold(name, until: at(3_600_000), now: at(0)) }
        for number in 0..<200 {
            let turn = granted(store.takeTurn(at: "other\(number).example", policy: plain, now: at(1)))
            #expect(turn != nil)
            turn?.finish(holdUntil: nil, now: at(1))
        }
    }

    @Test func everyHashHasItsPlaceInTheFile() {
        for shift in 0..<64 as Range<UInt64> {
            for hash in [UInt64.max << shift, UInt64.max >> shift, 1 << shift] {
                #expect((0..<HostTable.bucketCount).contains(HostTable.bucket(of: hash)))
                #expect((0..<ChangeCounters.count).contains(ChangeCounters.index(of: hash)))
            }
        }
    }

    @Test(arguments: ["", "short", "long"])
    func aFileOfAnotherLayoutIsReplaced(content: String) throws {
        let path = directory.cache + "/cache.shared"
        let first = try open()
        let length = SharedMemory.Layout.length
        let bytes = Data(content == "long" ? [UInt8](repeating: 7, count: length) : Array(content.utf8))
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(first.situation(of: host, now: at(0)) == nil)
        let turn = granted(first.takeTurn(at: host, policy: patient, now: at(0)))
        #expect(turn != nil)
        let second = try open()
        #expect(lookAgain(second.takeTurn(at: host, policy: plain, now: at(1))) == at(2))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == length)
    }

    @Test func withoutSharedMemoryAStoreKeepsItsOwnPace() throws {
        try FileManager.default.createDirectory(atPath: directory.cache + "/cache.shared", withIntermediateDirectories: true)
        let (first, second) = (try open(), try open())
        let turn = try #require(granted(first.takeTurn(at: host, policy: patient, now: at(0))))
        #expect(lookAgain(first.takeTurn(at: host, policy: patient, now: at(1))) != nil)
        #expect(granted(second.takeTurn(at: host, policy: patient, now: at(1))) != nil)
        turn.finish(holdUntil: nil, now: at(10))
        #expect(lookAgain(first.takeTurn(at: host, policy: patient, now: at(11))) == at(1011))
        let key = try makeKey("http://a.example/1")
        #expect(first.hasChanged(since: first.changeMark(of: key)))
        guard case .taken(let lease) = first.tryLease(key), case .held = second.tryLease(key) else {
            Issue.record("leases need no shared memory")
            return
        }
        lease.release(hasChanged: true)
    }
}

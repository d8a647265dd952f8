import Foundation
import HTTPCaching
import Synchronization
import TestSupport
import Testing

@testable import CacheStore

/// In which order something happened.
private final class Order: Sendable {
    let numbers = Mutex<[Int]>([])
}

/// Two stores of one process exclude each other like two processes: each opens the files for itself.
@Suite(.timeLimit(.minutes(2))) struct LeaseTests {
    let directory: TemporaryDirectory
    let url = "http://a.example/1"

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open() throws -> CacheStore { try CacheStore.open(directory: directory.cache) }

    private func taken(_ store: CacheStore, _ url: String) throws -> Lease? {
        if case .taken(let lease) = store.tryLease(try makeKey(url)) { lease } else { nil }
    }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: directory.cache + name)[.posixPermissions] as? Int
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: directory.cache + name)
    }

    @Test func nothingIsMadeBeforeTheFirstLease() async throws {
        let store = try open()
        let key = try makeKey(url)
        #expect(try await store.find(url) == nil)
        let mark = store.changeMark(of: key)
        #expect(store.situation(of: "a.example", now: noon) == nil)
        #expect(!exists("/leases") && !exists("/cache.shared"))
        // Nobody could know.
        #expect(store.hasChanged(since: mark))
        #expect(try taken(store, url) != nil)
        #expect(try mode("/leases") == 0o700)
        #expect(try mode("/cache.shared") == 0o600)
        let file = try #require(FileManager.default.contentsOfDirectory(atPath: directory.cache + "/leases").first)
        #expect(try mode("/leases/" + file) == 0o600)
        await store.close()
    }

    @Test(arguments: [false, true])
    func aKeyHasOneHolder(inOneStore: Bool) throws {
        let first = try open()
        let second = inOneStore ? first : try open()
        let lease = try #require(try taken(first, url))
        #expect(try taken(second, url) == nil)
        #expect(try taken(second, "http://a.example/2") != nil)
        lease.release(hasChanged: false)
        let next = try #require(try taken(second, url))
        // What is released stays so, whoever has it now.
        lease.release(hasChanged: false)
        #expect(try taken(first, url) == nil)
        next.release(hasChanged: false)
    }

    @Test func theLastReferenceReleases() throws {
        let (first, second) = (try open(), try open())
        do {
            let lease = try taken(first, url)
            #expect(lease != nil)
            #expect(try taken(second, url) == nil)
        }
        #expect(try taken(second, url) != nil)
    }

    @Test func aChangeIsSeenByAllStores() throws {
        let (first, second) = (try open(), try open())
        let key = try makeKey(url)
        try taken(first, url)?.release(hasChanged: false)
        var mark = second.changeMark(of: key)
        #expect(!second.hasChanged(since: mark))
        try taken(first, url)?.release(hasChanged: false)
        #expect(!second.hasChanged(since: mark))
        try taken(first, url)?.release(hasChanged: true)
        #expect(second.hasChanged(since: mark))
        mark = second.changeMark(of: key)
        #expect(!second.hasChanged(since: mark))
        first.noteChange(of: key)
        #expect(second.hasChanged(since: mark))
        #expect(first.hasChanged(since: mark))
        let other = try makeKey("http://a.example/2")
        #expect(!second.hasChanged(since: second.changeMark(of: other)))
    }

    @Test func thoseOfOneStoreGetItInTheirOrder() async throws {
        let store = try open()
        let key = try makeKey(url)
        let lease = try #require(try taken(store, url))
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask {
                    let (lease, hasWaited) = try await store.lease(key, within: .seconds(60))
                    #expect(hasWaited)
                    order.numbers.withLock { $0.append(number) }
                    lease.release(hasChanged: false)
                }
                #expect(try await poll { try store.waiterCount(url) == number + 1 ? true : nil } == true)
            }
            lease.release(hasChanged: false)
            try await group.waitForAll()
        }
        #expect(order.numbers.withLock { $0 } == [0, 1, 2, 3, 4])
        #expect(try store.waiterCount(url) == nil)
        let (_, hasWaited) = try await store.lease(key, within: .seconds(60))
        #expect(!hasWaited)
    }

    @Test(arguments: [false, true])
    func waitingHasALimitThatNamesTheLock(inOneStore: Bool) async throws {
        let first = try open()
        let second = inOneStore ? first : try open()
        let key = try makeKey(url)
        let lease = try #require(try taken(first, url))
        let error = await storeError { _ = try await second.lease(key, within: .milliseconds(30)) }
        #expect(error?.code == .busy)
        #expect(error?.path.hasPrefix(directory.cache + "/leases/") == true)
        lease.release(hasChanged: false)
        // What was given up holds up nobody.
        let (_, hasWaited) = try await second.lease(key, within: .seconds(60))
        #expect(!hasWaited)
    }

    @Test(arguments: [false, true])
    func aCancelledWaitLetsTheNextGoOn(inOneStore: Bool) async throws {
        let first = try open()
        let second = inOneStore ? first : try open()
        let key = try makeKey(url)
        let lease = try #require(try taken(first, url))
        let waiting = Task { try await second.lease(key, within: .seconds(60)) }
        #expect(try await poll { try second.waiterCount(url) == (inOneStore ? 1 : 0) ? true : nil } == true)
        let next = Task { try await second.lease(key, within: .seconds(60)) }
        #expect(try await poll { try second.waiterCount(url) == (inOneStore ? 2 : 1) ? true : nil } == true)
        waiting.cancel()
        #expect(await storeError { _ = try await waiting.value }?.code == .closed)
        lease.release(hasChanged: false)
        let (_, hasWaited) = try await next.value
        #expect(hasWaited)
    }

    @Test func aLongChainInOneProcessLetsOthersHaveATurn() async throws {
        let store = CacheDirectory(directory.path)
        let (file, other) = (LeaseFile(directory: store, number: 3), LeaseFile(directory: store, number: 3))
        #expect(file.attempt(7) == .taken)
        let start = ContinuousClock.now
        let waiter = Task { await file.wait(for: 7, until: .now + .seconds(60)) }
        #expect(try await poll { file.waiterCount(7) == 1 ? true : nil } == true)
        #expect(try await poll { ContinuousClock.now - start > .milliseconds(101) ? true : nil } == true)
        file.release(7)
        guard case .asks(let pause) = await waiter.value else {
            Issue.record("the byte was handed over")
            return
        }
        #expect(pause >= .milliseconds(10))
        #expect(other.attempt(7) == .taken)
        #expect(!file.take(7))
        other.release(7)
        #expect(file.take(7))
    }

    @Test func whereTheSystemRefusesLocksTheWorkGoesOn() async throws {
        let (first, second) = (try open(), try open())
        // No directory can be made where a file lies.
        #expect(FileManager.default.createFile(atPath: directory.cache + "/leases", contents: nil))
        let lease = try #require(try taken(first, url))
        #expect(try taken(first, url) == nil)
        #expect(try taken(second, url) != nil)
        lease.release(hasChanged: true)
        let (_, hasWaited) = try await first.lease(makeKey(url), within: .seconds(60))
        #expect(!hasWaited)
    }
}

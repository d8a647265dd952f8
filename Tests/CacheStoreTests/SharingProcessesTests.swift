import CrawlPolicy
import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Leases and turns among processes that are killed and stopped: `CacheStoreTestPeer` stands beside this program.
@Suite(.timeLimit(.minutes(3))) struct SharingProcessesTests {
    let directory: TemporaryDirectory
    let store: CacheStore
    let url = "http://a.example/1"
    let host = "a.example"

    init() throws {
        directory = try TemporaryDirectory()
        store = try CacheStore.open(directory: directory.cache)
    }

    @Test func oneOfManyProcessesHasALease() throws {
        let file = directory.path + "/held"
        let peers = try (0..<4).map { _ in try LineProgram.peer(directory.cache, "leases", url, "50", file) }
        for peer in peers { #expect(peer.lines() == ["done"]) }
    }

    @Test func whoeverWaitsForAKilledHolderGetsTheLease() async throws {
        let peer = try LineProgram.peer(directory.cache, "lease", url)
        #expect(peer.line()?.hasPrefix("taken waited=false") == true)
        let key = try makeKey(url)
        let store = store
        let waiting = Task { try await store.lease(key, within: .seconds(60)) }
        #expect(try await poll { try store.waiterCount(url) } == 0)
        await peer.kill()
        let (_, hasWaited) = try await waiting.value
        #expect(hasWaited)
    }

    @Test func aStoppedHolderIsWaitedForUpToTheLimit() async throws {
        let peer = try LineProgram.peer(directory.cache, "lease", url)
        #expect(peer.line()?.hasPrefix("taken") == true)
        peer.signal(SIGSTOP)
        let key = try makeKey(url)
        #expect(await storeError { _ = try await store.lease(key, within: .milliseconds(50)) }?.code == .busy)
        let mark = store.changeMark(of: key)
        peer.signal(SIGCONT)
        peer.tell("changed")
        let (_, _) = try await store.lease(key, within: .seconds(60))
        #expect(store.hasChanged(since: mark))
    }

    @Test func whoeverGetsALeaseWithoutWaitingKnowsWhetherAnythingWasStored() async throws {
        for answer in ["changed", "nothing"] {
            let peer = try LineProgram.peer(directory.cache, "lease", url)
            #expect(peer.line()?.hasPrefix("taken") == true)
            let key = try makeKey(url)
            let mark = store.changeMark(of: key)
            #expect(!store.hasChanged(since: mark))
            peer.tell(answer)
            #expect(peer.lines() == ["released"])
            let (lease, hasWaited) = try await store.lease(key, within: .seconds(60))
            #expect(!hasWaited)
            #expect(store.hasChanged(since: mark) == (answer == "changed"))
            lease.release(hasChanged: false)
        }
    }

    @Test func theTurnsOfAKilledProcessComeFree() async throws {
        let peer = try LineProgram.peer(directory.cache, "hold", host, "0", "2")
        #expect(peer.line() == "granted")
        let policy = PolitenessPolicy(maximumConcurrent: 2)
        guard case .busy = store.takeTurn(at: host, policy: policy, now: CacheStore.systemTime()) else {
            Issue.record("the peer has no turns")
            return
        }
        await peer.kill()
        let turn = try await poll { () -> HostTurn? in
            if case .granted(let turn) = store.takeTurn(at: host, policy: policy, now: CacheStore.systemTime()) {
                turn
            } else {
                nil
            }
        }
        #expect(turn != nil)
        #expect(store.situation(of: host, now: CacheStore.systemTime())?.activeRequests == 1)
    }

    @Test func theSilenceAfterARequestOfAKilledProcessIsKept() async throws {
        let peer = try LineProgram.peer(directory.cache, "hold", host, "300", "1")
        #expect(peer.line() == "granted")
        let policy = PolitenessPolicy(maximumConcurrent: 2)
        let killed = CacheStore.systemTime()
        await peer.kill()
        let start = try await poll { () -> UnixTime? in
            let now = CacheStore.systemTime()
            if case .granted = store.takeTurn(at: host, policy: policy, now: now) { return now } else { return nil }
        }
        #expect(try #require(start).milliseconds(since: killed) > 300)
    }

    @Test func requestsOfFourProcessesAreNeverCloserThanTheWait() throws {
        let peers = try (0..<4).map { _ in try LineProgram.peer(directory.cache, "turns", host, "50", "10") }
        var turns: [[Int64]] = []
        for peer in peers { turns += peer.lines().map { line in line.split(separator: " ").compactMap { Int64($0) } } }
        turns.sort { $0[0] < $1[0] }
        #expect(turns.count == 40)
        for (before, after) in zip(turns, turns.dropFirst()) { #expect(after[0] - before[1] >= 50_000) }
    }
}

import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct FullDiskTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A store whose database may grow to 4 MiB; SQLite reports the bound as it reports a full disk.
    private func openSmall() throws -> CacheStore {
        var options = CacheStore.Options()
        options.maximumPages = 512
        return try CacheStore.open(directory: directory.cache, options: options)
    }

    private func body(_ number: Int, length: Int = 50_000) -> CompleteBody {
        let bytes = makeBytes(length, seed: UInt64(number + 1))
        return CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(length))
    }

    @Test func aFullDiskFailsTheWriteAndTheStoreGoesOn() async throws {
        let store = try openSmall()
        var stored = 0
        var failure: StoreError?
        while failure == nil, stored < 200 {
            failure = await storeError { try await store.store(makeEntry("http://a.example/\(stored)"), body(stored)) }
            if failure == nil { stored += 1 }
        }
        #expect(failure?.code == .diskFull)
        #expect(stored > 20 && stored < 200)
        // What was committed is there, nothing of what failed.
        #expect(try await store.verify().isClean)
        #expect(try await store.count(EntryQuery(now: noon)) == stored)
        // With room again, also for a host that the failed group had named.
        let old = try await store.lookup((0..<10).map { try makeKey("http://a.example/\($0)") }).flatMap { $0 }
        try await store.remove(old.map(\.id)).value
        try await store.store(makeEntry("http://a.example/again"), body(1000))
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aHostOfAFailedGroupIsNotRemembered() async throws {
        let store = try openSmall()
        // While the test holds the ticket, what is queued becomes one group.
        let ticket = try LockFile(path: directory.cache + "/cache.lock")
        ticket.lock(LockFile.Byte.write)
        let small = try await store.put(makeEntry("http://new.example/"), content: body(1, length: 10))
        let large = try await store.put(makeEntry("http://new.example/large"), content: body(2, length: 6_000_000))
        ticket.unlock(LockFile.Byte.write)
        #expect(await storeError { try await large.value }?.code == .diskFull)
        #expect(await storeError { try await small.value }?.code == .diskFull)
        try await store.store(makeEntry("http://other.example/"), body(3, length: 10))
        try await store.store(makeEntry("http://new.example/"), body(1, length: 10))
        #expect(try await store.verify().isClean)
        #expect(try await store.count(EntryQuery(now: noon)) == 2)
        #expect(try directory.integer("SELECT count(*) FROM host") == 2)
        await store.close()
    }

    @Test func aStagedBodyOfAFailedGroupFailsAndIsRemoved() async throws {
        let store = try openSmall()
        let staging = try await store.stageBody()
        let failure = await storeError {
            for number in 0..<40 { try await staging.append(makeBytes(256 * 1024, seed: UInt64(number + 1))) }
            try await staging.publish(
                makeEntry("http://a.example/"), digest: BodyDigest.of([]), wireBytes: 0, coding: .asReceived
            ).value
        }
        #expect(failure?.code == .diskFull)
        staging.abandon()
        try await store.flush()
        #expect(try directory.integer("SELECT count(*) FROM body") == 0)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 0)
        try await store.store(makeEntry("http://a.example/"), body(1))
        #expect(try await store.verify().isClean)
        await store.close()
    }
}

import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct StagingTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test(arguments: [0, 1, 256 * 1024, 256 * 1024 + 1, 3_000_000])
    func aStagedBodyIsUnseenUntilItIsPublished(length: Int) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let bytes = makeBytes(length, seed: 7)
        let staging = try await store.stageBody()
        var start = 0
        while start < bytes.count {
            let end = min(start + 100_000, bytes.count)
            try await staging.append(Array(bytes[start..<end]))
            start = end
        }
        try await store.flush()
        #expect(try await store.find("http://a.example/") == nil)
        #expect(try await store.statistics().bodies == 0)
        #expect(staging.storedBytes == Int64(length))
        let handle = try await staging.publish(
            makeEntry("http://a.example/"), digest: BodyDigest.of(bytes), wireBytes: Int64(length), coding: .asReceived)
        try await handle.value
        let entry = try #require(try await store.find("http://a.example/"))
        #expect(try await store.content(entry.body) == bytes)
        #expect(entry.body.storedBytes == Int64(length))
        #expect(try await store.verify().isClean)
        #expect(await storeError { try await staging.append([1]) }?.code == .closed)
        await store.close()
    }

    @Test func anEqualBodyTakesThePlaceOfTheStagedOne() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let bytes = makeBytes(1_000_000, seed: 3)
        for number in 0..<2 {
            let staging = try await store.stageBody()
            try await staging.append(bytes)
            try await staging.publish(
                makeEntry("http://a.example/\(number)"), digest: BodyDigest.of(bytes), wireBytes: 1_000_000, coding: .asReceived
            ).value
        }
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 4)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func anAbandonedOrDroppedBodyIsRemoved() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let abandoned = try await store.stageBody()
        try await abandoned.append(makeBytes(600_000, seed: 1))
        do {
            let dropped = try await store.stageBody()
            try await dropped.append(makeBytes(600_000, seed: 2))
        }
        abandoned.abandon()
        try await store.flush()
        #expect(try directory.integer("SELECT count(*) FROM body") == 0)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 0)
        await store.close()
    }

    @Test func whatAFailedPublishHadWrittenIsRemoved() async throws {
        var options = CacheStore.Options()
        options.lockTimeout = .milliseconds(50)
        let store = try CacheStore.open(directory: directory.cache, options: options)
        let staging = try await store.stageBody()
        let bytes = makeBytes(300_000, seed: 1)
        try await staging.append(bytes)
        try await store.flush()
        #expect(try directory.integer("SELECT count(*) FROM body WHERE state = 1") == 1)
        let other = try LockFile(path: directory.cache + "/cache.lock")
        #expect(other.tryLock(LockFile.Byte.write))
        let failure = await storeError {
            try await staging.publish(
                makeEntry("http://a.example/"), digest: BodyDigest.of(bytes), wireBytes: 300_000, coding: .asReceived
            ).value
        }
        #expect(failure?.code == .busy)
        // The abandonment that follows fails as well, and is made up for with the next group.
        #expect(await storeError { try await store.flush() }?.code == .busy)
        other.unlock(LockFile.Byte.write)
        try await store.flush()
        #expect(try directory.integer("SELECT count(*) FROM body") == 0)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 0)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func anAbandonmentThatIsRolledBackIsRepeated() async throws {
        var options = CacheStore.Options()
        options.maximumPages = 512
        let store = try CacheStore.open(directory: directory.cache, options: options)
        let staging = try await store.stageBody()
        try await staging.append(makeBytes(300_000, seed: 1))
        try await store.flush()
        // In one group, since the test holds the ticket: the abandonment, and a body for which there is no room.
        let ticket = try LockFile(path: directory.cache + "/cache.lock")
        ticket.lock(LockFile.Byte.write)
        staging.abandon()
        let large = makeBytes(6_000_000, seed: 2)
        let handle = try await store.put(
            makeEntry("http://a.example/"),
            content: CompleteBody(chunks: [large], digest: BodyDigest.of(large), wireBytes: 6_000_000))
        ticket.unlock(LockFile.Byte.write)
        #expect(await storeError { try await handle.value }?.code == .diskFull)
        #expect(try directory.integer("SELECT count(*) FROM body WHERE state = 1") == 1)
        try await store.flush()
        #expect(try directory.integer("SELECT count(*) FROM body") == 0)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 0)
        await store.close()
    }

    @Test func whatALivingStoreStagesIsSparedAndWhatADeadOneLeftGoes() async throws {
        let living = try CacheStore.open(directory: directory.cache)
        let staging = try await living.stageBody()
        let bytes = makeBytes(600_000, seed: 1)
        try await staging.append(bytes)
        try await living.flush()
        // A row whose owner's byte nobody holds, as a killed process leaves it.
        try directory.execute(
            """
            INSERT INTO body (body_id, coding, wire_bytes, stored_bytes, chunk_count, reference_count, state, owner)
                VALUES (77, 0, 0, 0, 0, 0, 1, 5000000);
            INSERT INTO body_chunk VALUES (77 << 20, x'00'), ((77 << 20) + 1, x'01');
            """)
        let other = try CacheStore.open(directory: directory.cache)
        try await other.store(makeEntry("http://a.example/other"), makeBody("other"))
        #expect(try directory.integer("SELECT count(*) FROM body WHERE body_id = 77") == 0)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk WHERE chunk_id >> 20 = 77") == 0)
        #expect(try directory.integer("SELECT count(*) FROM body WHERE state = 1") == 1)
        try await staging.publish(
            makeEntry("http://a.example/"), digest: BodyDigest.of(bytes), wireBytes: 600_000, coding: .asReceived
        ).value
        let entry = try #require(try await other.find("http://a.example/"))
        #expect(try await other.content(entry.body) == bytes)
        #expect(try await other.verify().isClean)
        await living.close()
        await other.close()
    }
}

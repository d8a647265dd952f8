import HTTPSemantics
import Testing

@testable import CacheStore

/// Somebody reads a body while it is being written.
@Suite struct StagedReadingTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func readAll(_ reader: StagedBodyReader) async throws -> ([UInt8], StagedBodyPiece) {
        var bytes: [UInt8] = []
        while true {
            let piece = try await reader.next()
            guard case .bytes(let more) = piece else { return (bytes, piece) }
            bytes += more
        }
    }

    @Test func piecesComeAsTheyAreCommittedAndThenTheRest() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let bytes = makeBytes(1_000_000, seed: 1)
        let staging = try await store.stageBody()
        let reader = staging.makeReader()
        #expect(try await reader.next() == .notYet)
        var read: [UInt8] = []
        for start in stride(from: 0, to: 900_000, by: 100_000) {
            try await staging.append(Array(bytes[start..<start + 100_000]))
            try await store.flush()
            read += try await readAll(reader).0
            #expect(read.count == (start + 100_000) / ChunkID.maximumBytes * ChunkID.maximumBytes)
        }
        #expect(reader.byteCount == Int64(read.count))
        try await staging.append(Array(bytes[900_000...]))
        let digest = BodyDigest.of(bytes)
        try await staging.publish(makeEntry("http://a.example/"), digest: digest, wireBytes: 1_000_000, coding: .asReceived).value
        let (rest, end) = try await readAll(reader)
        #expect(read + rest == bytes)
        #expect(end == .published(digest: digest))
        // One who comes too late is sent to the published body at once.
        #expect(try await staging.makeReader().next() == .published(digest: digest))
        await store.close()
    }

    @Test func whereAnEqualBodyTakesItsPlaceTheReaderGoesOnThere() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let bytes = makeBytes(1_000_000, seed: 1)
        let digest = BodyDigest.of(bytes)
        try await store.store(
            makeEntry("http://a.example/"), CompleteBody(chunks: [bytes], digest: digest, wireBytes: 1_000_000))
        let staging = try await store.stageBody()
        let reader = staging.makeReader()
        try await staging.append(bytes)
        try await store.flush()
        guard case .bytes(let first) = try await reader.next() else { throw StoreError(.closed, operation: "", path: "") }
        try await staging.publish(makeEntry("http://b.example/"), digest: digest, wireBytes: 1_000_000, coding: .asReceived).value
        #expect(try await reader.next() == .published(digest: digest))
        let entry = try #require(try await store.find("http://b.example/"))
        #expect(entry.body.digest == digest)
        let rest = store.readBody(entry.body, from: reader.byteCount)
        var read = first
        while let piece = try await rest.next() { read += piece }
        #expect(read == bytes)
        await store.close()
    }

    @Test(arguments: [0, 100, 600_000])
    func anAbandonedBodyEndsItsReaders(length: Int) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let staging = try await store.stageBody()
        let reader = staging.makeReader()
        try await staging.append(makeBytes(length, seed: 1))
        try await store.flush()
        #expect(try await readAll(reader).1 == .notYet)
        staging.abandon()
        try await store.flush()
        #expect(await storeError { _ = try await reader.next() }?.code == .bodyGone)
        await store.close()
    }

    @Test func aSmallBodyIsPublishedWithoutEverBeingStaged() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let staging = try await store.stageBody()
        let reader = staging.makeReader()
        try await staging.append([1, 2, 3])
        #expect(try await reader.next() == .notYet)
        let digest = BodyDigest.of([1, 2, 3])
        try await staging.publish(makeEntry("http://a.example/"), digest: digest, wireBytes: 3, coding: .asReceived).value
        #expect(try await reader.next() == .published(digest: digest))
        await store.close()
    }

    @Test(arguments: [0, 1])
    func aLostPieceEndsItsReaders(piecesBefore: Int) async throws {
        var options = CacheStore.Options()
        options.lockTimeout = .milliseconds(50)
        let store = try CacheStore.open(directory: directory.cache, options: options)
        let staging = try await store.stageBody()
        let reader = staging.makeReader()
        for seed in 0..<piecesBefore { try await staging.append(makeBytes(300_000, seed: UInt64(seed))) }
        try await store.flush()
        let other = try LockFile(path: directory.cache + "/cache.lock")
        #expect(other.tryLock(LockFile.Byte.write))
        try await staging.append(makeBytes(300_000, seed: 2))
        #expect(await storeError { try await store.flush() }?.code == .busy)
        other.unlock(LockFile.Byte.write)
        #expect(await storeError { _ = try await readAll(reader) }?.code == .busy)
        await store.close()
    }
}

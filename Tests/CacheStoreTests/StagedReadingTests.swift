import HTTPSemantics
import TestSupport
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

    /// Of a transaction that was taken back the rows are free: the next process must not get one while a reader could still take it
    /// for that of the body.
    @Test(.timeLimit(.minutes(2)))
    func theLossOfARowIsKnownBeforeAnotherProcessCanHaveIt() async throws {
        let place = CacheDirectory(directory.cache)
        try place.create()
        let database = CacheDatabase(
            directory: place, migrations: .current, durable: false, maximumPages: 512, lockTimeout: .seconds(30))
        try database.create(now: noon)
        let writer = WriterThread(database: database, maximumQueuedBytes: 32 << 20, lockTimeout: .seconds(30), memory: nil)
        let other = try LockFile(path: place.lockPath)
        let bytes = makeBytes(6_000_000, seed: 1)
        let content = CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(bytes.count))
        // Nil: the failure was noted before anybody looked.
        var wasFree: Bool?
        for _ in 0..<100 where wasFree == nil {
            let body = StagedBody()
            // One group, whose second write finds the disk full.
            other.lock(LockFile.Byte.write)
            let piece = try await writer.submit(.append(body, [1, 2, 3]), byteCount: 3, name: "append")
            let entry = PendingEntry(try makeEntry("http://a.example/"), replacing: nil, createdTime: noon)
            let put = try await writer.submit(.put(entry, .complete(content)), byteCount: 0, name: "put")
            other.unlock(LockFile.Byte.write)
            wasFree = try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
                let connection = try SQLiteConnection(path: database.path, mode: .readWrite)
                connection.setBusyTimeout(milliseconds: 60_000)
                return try Self.canTakeTicket(while: body, other, connection)
            }
            #expect(await storeError { try await put.value }?.code == .diskFull)
            #expect(await storeError { try await piece.value }?.code == .diskFull)
            #expect(body.withState { $0.bodyID } == nil && body.failure?.code == .diskFull)
        }
        #expect(wasFree == false)
        _ = await writer.close()
    }

    /// Holds up the noting of the failure from the moment on at which the body has a row, and tries to become the next writer
    /// once the transaction is taken back. Nil where the failure was noted before the row was seen.
    private static func canTakeTicket(
        while body: StagedBody, _ other: LockFile, _ connection: SQLiteConnection
    ) throws(StoreError) -> Bool? {
        while true {
            let seen = body.withState { state -> Result<Bool?, StoreError>? in
                if state.failure != nil { return .success(nil) }
                guard state.bodyID != nil else { return nil }
                do throws(StoreError) {
                    // Waits for the end of the transaction.
                    try connection.execute("BEGIN IMMEDIATE")
                    try connection.execute("ROLLBACK")
                } catch {
                    return .failure(error)
                }
                let isFree = other.lock(LockFile.Byte.write, within: .milliseconds(200))
                other.unlock(LockFile.Byte.write)
                return .success(isFree)
            }
            if let seen { return try seen.get() }
        }
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

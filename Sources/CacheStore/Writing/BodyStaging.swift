import Synchronization

/// Takes in a body whose length nobody knows yet: written as it comes, seen by nobody until it is published.
///
/// For one producer. A staging that is dropped without `publish` is abandoned; what a killed process leaves is removed when a
/// store on the same directory next writes.
package final class BodyStaging: Sendable {
    fileprivate struct State {
        var buffer: [UInt8] = []
        var storedBytes: Int64 = 0
        var hasWritten = false
        var isOver = false
    }

    private let writer: WriterThread
    private let readers: ReaderPool
    private let path: String
    private let body = StagedBody()
    private let state = Mutex(State())
    private let makeEntry: @Sendable (NewEntry, _ replacing: EntryID?) -> PendingEntry

    init(
        writer: WriterThread, readers: ReaderPool, path: String,
        makeEntry: @escaping @Sendable (NewEntry, _ replacing: EntryID?) -> PendingEntry
    ) {
        self.writer = writer
        self.readers = readers
        self.path = path
        self.makeEntry = makeEntry
    }

    deinit {
        abandon()
    }

    /// Adds bytes, of any number: pieces of 256 KiB are made of them. Waits while the write queue is full. Throws what an
    /// earlier piece failed with; the body can then only be abandoned.
    package func append(_ bytes: [UInt8]) async throws(StoreError) {
        try check("append to a body")
        guard storedBytes + Int64(bytes.count) <= ChunkID.maximumCount * Int64(ChunkID.maximumBytes) else {
            throw StoreError(
                .invalidArgument, operation: "append to a body", path: path, detail: "a body has at most 256 GiB")
        }
        var start = 0
        while start < bytes.count {
            let piece = state.withLock { state -> [UInt8]? in
                let end = min(bytes.count, start + ChunkID.maximumBytes - state.buffer.count)
                state.buffer.append(contentsOf: bytes[start..<end])
                start = end
                return state.buffer.count == ChunkID.maximumBytes ? state.takeBuffer() : nil
            }
            if let piece { try await write(piece) }
        }
    }

    /// Makes the body visible as that of `entry`; an equal body that is stored already takes its place. Parts are dropped and
    /// refused as with `CacheStore.put`; what is refused is not over yet.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the wire bytes, 32 bytes.
    ///   - wireBytes: Length as received.
    ///   - decodedBytes: Length without any coding; nil where it is not known.
    ///   - replacing: The response whose place this one takes even as another variant, as with `CacheStore.put`.
    package func publish(
        _ entry: NewEntry, digest: [UInt8], wireBytes: Int64, coding: StoredCoding, decodedBytes: Int64? = nil,
        replacing: EntryID? = nil
    ) async throws(StoreError) -> CommitHandle {
        try check("publish a body")
        try CacheStore.check(digest: digest, path: path)
        try CacheStore.check(entry, wireBytes: wireBytes, path: path)
        let (rest, hasWritten) = state.withLock { state in
            state.isOver = true
            return (state.takeBuffer(), state.hasWritten)
        }
        let pending = makeEntry(entry, replacing)
        if !hasWritten {
            let complete = CompleteBody(
                chunks: rest.isEmpty ? [] : [rest], digest: digest, wireBytes: wireBytes, coding: coding,
                decodedBytes: decodedBytes)
            let handle: CommitHandle
            do throws(StoreError) {
                handle = try await writer.submit(
                    .put(pending, .complete(complete)), byteCount: pending.byteCount + rest.count, name: "publish a body")
            } catch {
                body.forgetRow(.dropped)
                throw error
            }
            handle.whenDone { [body] result in
                if case .success = result { body.forgetRow(.published(digest)) } else { body.forgetRow(.dropped) }
            }
            return handle
        }
        let facts = StagedBodyFacts(digest: digest, wireBytes: wireBytes, coding: coding, decodedBytes: decodedBytes)
        let handle: CommitHandle
        do throws(StoreError) {
            if !rest.isEmpty { try await write(rest) }
            handle = try await writer.submit(
                .put(pending, .staged(body, facts)), byteCount: pending.byteCount, name: "publish a body")
        } catch {
            // `abandon` does nothing any more, so what was written before goes here.
            writer.submitAtOnce(.abandon(body), byteCount: 64)
            throw error
        }
        handle.whenDone { [writer, body] result in
            // What was written before the failure goes; after a success there is nothing left to drop.
            if case .failure = result { writer.submitAtOnce(.abandon(body), byteCount: 64) }
        }
        return handle
    }

    /// Drops the body. Does nothing after `publish`.
    package func abandon() {
        // Nil: it is over.
        let mustDelete = state.withLock { state -> Bool? in
            if state.isOver { return nil }
            state.isOver = true
            state.buffer = []
            return state.hasWritten
        }
        switch mustDelete {
        case true?: writer.submitAtOnce(.abandon(body), byteCount: 64)
        // Nothing lies there, so nothing has to be committed first.
        case false?: body.forgetRow(.dropped)
        case nil: break
        }
    }

    /// Reads, from its beginning, what is staged while more is appended.
    package func makeReader() -> StagedBodyReader {
        StagedBodyReader(body: body, readers: readers, path: path)
    }

    /// Bytes appended so far.
    package var storedBytes: Int64 { state.withLock { $0.storedBytes + Int64($0.buffer.count) } }

    private func check(_ operation: String) throws(StoreError) {
        if let failure = body.failure { throw failure }
        if state.withLock({ $0.isOver }) { throw StoreError(.closed, operation: operation, path: path) }
    }

    private func write(_ piece: [UInt8]) async throws(StoreError) {
        state.withLock { $0.hasWritten = true }
        let handle = try await writer.submit(.append(body, piece), byteCount: piece.count, name: "append to a body")
        body.withState { $0.latestWrite = handle }
    }
}

extension BodyStaging.State {
    fileprivate mutating func takeBuffer() -> [UInt8] {
        storedBytes += Int64(buffer.count)
        let taken = buffer
        buffer = []
        return taken
    }
}

import Synchronization

/// What a reader of a body that is still being written meets next.
package enum StagedBodyPiece: Hashable, Sendable {
    /// The next stored bytes.
    case bytes([UInt8])
    /// There is no further committed piece yet: ask again later.
    case notYet
    /// The body is published under this digest, and nothing more is to be had here. Unless all of it was handed out: look the
    /// entry up and, if it has a body of that digest, go on with `CacheStore.readBody` behind what was handed out.
    case published(digest: [UInt8])
}

/// Hands out the pieces of a body that another is still staging, as they are committed; for somebody who joins a long download
/// late. Holds one piece at a time, and keeps no staging alive.
package final class StagedBodyReader: Sendable {
    private struct Position {
        /// The row; nil before the first piece is written.
        var row: Int64?
        var ordinal: Int64 = 0
        var byteCount: Int64 = 0
    }

    private let body: StagedBody
    private let readers: ReaderPool
    private let path: String
    private let position = Mutex(Position())

    init(body: StagedBody, readers: ReaderPool, path: String) {
        self.body = body
        self.readers = readers
        self.path = path
    }

    /// How many stored bytes `next` has handed out.
    package var byteCount: Int64 { position.withLock { $0.byteCount } }

    /// The next piece, at most 256 KiB. For one consumer at a time. Pieces go on to be handed out after the body was published, as
    /// long as it lies where it was staged: an equal one may have taken its place.
    ///
    /// Throws `bodyGone` where the body was abandoned, and what the writing of a piece has failed with.
    package func next() async throws(StoreError) -> StagedBodyPiece {
        // Asked before the read: what is published by now is seen by it.
        let (known, end, failure) = body.withState { ($0.bodyID, $0.end, $0.failure) }
        let place = position.withLock { position in
            position.row = position.row ?? known
            return position
        }
        if let row = place.row {
            let bytes = try await readers.read("read a staged body") { reader throws(StoreError) in
                try reader.stagedChunk(place.ordinal, of: row)
            }
            // Asked again: where the row was taken back with its transaction, it may be another body's by the time it is read. The
            // failure is noted before anybody else can have the row.
            if let failure = body.failure { throw failure }
            if let bytes {
                position.withLock { position in
                    position.ordinal += 1
                    position.byteCount += Int64(bytes.count)
                }
                return .bytes(bytes)
            }
        }
        switch end {
        case .published(let digest): return .published(digest: digest)
        case .dropped: throw failure ?? StoreError(.bodyGone, operation: "read a staged body", path: path)
        case nil:
            if let failure { throw failure }
            // Once for each piece: who asks again before it is there hurries nothing else.
            body.withState { state in
                defer { state.latestWrite = nil }
                return state.latestWrite
            }?.hurry()
            return .notYet
        }
    }
}

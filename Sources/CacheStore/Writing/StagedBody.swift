import Synchronization

/// A body whose bytes are being written while nobody sees them yet: shared by the one who appends and the writing thread.
final class StagedBody: Sendable {
    /// How the staging came to its end.
    enum End {
        /// Under this digest.
        case published([UInt8])
        case dropped
    }

    struct State {
        /// The row; nil before the first chunk is written.
        var bodyID: Int64?
        var chunkCount: Int64 = 0
        var storedBytes: Int64 = 0
        /// Set when a group with a piece of this body failed: the body has a hole and can only be dropped.
        var failure: StoreError?
        /// Of the piece that was handed over last.
        var latestWrite: CommitHandle?
        /// Nil while it goes on; set after the commit.
        var end: End?
    }

    private let state = Mutex(State())

    func withState<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    var failure: StoreError? { withState { $0.failure } }

    /// Deletes what is written of the body, inside the open transaction. The row stays known until `forgetRow`: the transaction
    /// may be rolled back.
    func drop(with bodies: BodyWriter) throws(StoreError) {
        if let row = withState({ $0.bodyID }) { try bodies.drop(row) }
    }

    /// Notes, after the commit, that the row is no longer the producer's. What was published stays that.
    func forgetRow(_ end: End) {
        withState { state in
            state.bodyID = nil
            state.latestWrite = nil
            if state.end == nil { state.end = end }
        }
    }

    /// Notes that a piece was lost. `rowIsLost` where the row went with it.
    func fail(_ error: StoreError, rowIsLost: Bool) {
        withState { state in
            if state.failure == nil { state.failure = error }
            if rowIsLost { state.bodyID = nil }
        }
    }
}

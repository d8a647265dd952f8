import HTTPSemantics
import Synchronization

/// One thing to be written into the file of a job, as it waits in the queue.
struct FrontierWrite: QueuedWork {
    let operation: FrontierOperation
    let handle: CommitHandle
    /// What it holds in memory, about.
    let byteCount: Int
}

/// Indirect, so that it moves through the queue as one reference.
indirect enum FrontierOperation: Sendable {
    case add([FrontierURL])
    /// Finishes URLs; `isRefused`: they were not fetched.
    case complete([Completion], isRefused: Bool)
    case postpone([LeasedURL], dueMilliseconds: Int64, countsAttempt: Bool)
    case giveBack([LeasedURL])
    /// Gives everything back that this store has handed out.
    case giveAllBack
    case lease(LeaseRequest, FrontierReply<FrontierLease>)
    /// Enters pages into the table of those that are known from former rounds.
    case list([KnownPage])
    /// Begins the round after `round`; `listedPage`: pages up to this one are entered there.
    case beginRound(after: Int64, listedPage: Int64, FrontierReply<RoundBeginning>)
    case noteDone
    case noteWaiting
    case keepSettings(String)
    /// Reads patterns, as they stand once all before is written.
    case readPatterns([UInt64], FrontierReply<[StoredPattern]>)
    /// Nothing of its own.
    case barrier
}

/// What a lease asks for.
struct LeaseRequest: Sendable {
    let count: Int
    let nowMilliseconds: Int64
    let skippedHosts: Set<FrontierHostID>
    let perHost: Int
}

/// What the writing thread answers; true once the write's handle is done.
final class FrontierReply<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

import Synchronization

/// A write on its way to the disk. Nobody has to wait for it; for whoever does it goes there at once, instead of in a group of what
/// comes within the next moment.
package final class CommitHandle: Sendable {
    private enum State {
        case pending([@Sendable (Result<Void, StoreError>) -> Void])
        case done(Result<Void, StoreError>)
    }

    private let state = Mutex(State.pending([]))

    private let queue: (any Hurried)?

    /// - Parameter queue: where it waits to be written; nil where nothing can hurry it.
    init(in queue: (any Hurried)? = nil) {
        self.queue = queue
    }

    /// Has it written without waiting for others.
    package func hurry() {
        queue?.hurry()
    }

    /// Calls back once the write is committed or has failed: on the writing thread, in the order of the commits, so be brief.
    /// Calls at once where that is over.
    package func whenDone(_ callback: @escaping @Sendable (Result<Void, StoreError>) -> Void) {
        let result = state.withLock { state -> Result<Void, StoreError>? in
            switch state {
            case .done(let result): return result
            case .pending(var callbacks):
                callbacks.append(callback)
                state = .pending(callbacks)
                return nil
            }
        }
        if let result { callback(result) }
    }

    /// Returns once the write is committed; throws what it failed with.
    package var value: Void {
        get async throws(StoreError) {
            hurry()
            let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
                whenDone { continuation.resume(returning: $0) }
            }
            try result.get()
        }
    }

    func complete(_ result: Result<Void, StoreError>) {
        let callbacks = state.withLock { state -> [@Sendable (Result<Void, StoreError>) -> Void] in
            guard case .pending(let callbacks) = state else { return [] }
            state = .done(result)
            return callbacks
        }
        for callback in callbacks { callback(result) }
    }
}

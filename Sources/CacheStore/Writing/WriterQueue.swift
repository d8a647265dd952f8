import DequeModule

/// What waits in a queue and counts against its bound.
protocol QueuedWork: Sendable {
    /// What it holds in memory, about.
    var byteCount: Int { get }
}

/// What waits to be written into the cache database.
typealias WriterQueue = WorkQueue<QueuedWrite>

/// What waits to be written, bounded in bytes. Producers that find it full are suspended and admitted in order.
final class WorkQueue<Write: QueuedWork>: Sendable {
    private struct Waiter: Sendable {
        let write: Write
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State: Sendable {
        var writes: Deque<Write> = []
        var byteCount = 0
        var waiters: [Waiter] = []
        var isClosed = false
        var threadSleeps = false
        /// When the thread is to look around though nothing is queued; nil: never.
        var dueTime: ContinuousClock.Instant?

        var isEmpty: Bool { writes.isEmpty }

        mutating func append(_ write: Write) {
            writes.append(write)
            byteCount += write.byteCount
        }

        mutating func take(maximumCount: Int, maximumBytes: Int) -> [Write] {
            var bytes = 0
            var taken: [Write] = []
            taken.reserveCapacity(min(maximumCount, writes.count))
            while taken.count < maximumCount, bytes < maximumBytes, let write = writes.popFirst() {
                bytes += write.byteCount
                taken.append(write)
            }
            byteCount -= bytes
            return taken
        }
    }

    private let monitor = Monitor(State())
    private let maximumBytes: Int

    init(maximumBytes: Int) {
        self.maximumBytes = max(1, maximumBytes)
    }

    /// Puts a write into the queue, once there is room; false where the queue is closed.
    func add(_ write: Write) async -> Bool {
        if let admitted = addIfRoom(write) { return admitted }
        return await withCheckedContinuation { continuation in
            let admitted = monitor.withLock { state -> Bool? in
                if let admitted = admit(write, &state) { return admitted }
                state.waiters.append(Waiter(write: write, continuation: continuation))
                return nil
            }
            if let admitted { continuation.resume(returning: admitted) }
        }
    }

    /// Puts a write into the queue whether there is room or not; for small ones that come from where nobody can wait.
    func addAtOnce(_ write: Write) -> Bool {
        monitor.withLock { state in
            if state.isClosed { return false }
            state.append(write)
            wakeThread(&state)
            return true
        }
    }

    private func addIfRoom(_ write: Write) -> Bool? {
        monitor.withLock { admit(write, &$0) }
    }

    /// Nil where there is no room.
    private func admit(_ write: Write, _ state: inout State) -> Bool? {
        if state.isClosed { return false }
        guard state.byteCount < maximumBytes, state.waiters.isEmpty else { return nil }
        state.append(write)
        wakeThread(&state)
        return true
    }

    private func wakeThread(_ state: inout State) {
        if state.threadSleeps {
            state.threadSleeps = false
            monitor.wakeOne()
        }
    }

    /// Has the thread look around at that time, or at an earlier one that is set already.
    func wakeThread(at time: ContinuousClock.Instant) {
        monitor.withLock { state in
            guard state.dueTime == nil, !state.isClosed else { return }
            state.dueTime = time
            wakeThread(&state)
        }
    }

    // MARK: The writing thread's side

    enum Next {
        case writes([Write])
        /// The time that `wakeThread` was given has come, and nothing is queued.
        case due
        /// The queue is closed and all is taken.
        case closed
    }

    private enum Event {
        case taken([Write], [Waiter])
        case due
        case closed
        /// There is a time to wait for now.
        case timeIsSet
    }

    /// Waits for something to write.
    func next(maximumCount: Int, maximumBytes: Int) -> Next {
        while true {
            switch waitForEvent(maximumCount: maximumCount, maximumBytes: maximumBytes) {
            case .taken(let taken, let admitted):
                for waiter in admitted { waiter.continuation.resume(returning: true) }
                return .writes(taken)
            case .due: return .due
            case .closed: return .closed
            case .timeIsSet: continue
            }
        }
    }

    private func waitForEvent(maximumCount: Int, maximumBytes: Int) -> Event {
        let dueTime = monitor.withLock { $0.dueTime }
        let look = { (state: inout State) -> Event? in
            state.threadSleeps = false
            if !state.isEmpty {
                let taken = state.take(maximumCount: maximumCount, maximumBytes: maximumBytes)
                return .taken(taken, self.admitWaiters(&state))
            }
            if state.isClosed { return .closed }
            if dueTime == nil, state.dueTime != nil { return .timeIsSet }
            state.threadSleeps = true
            return nil
        }
        guard let dueTime else { return monitor.wait(until: look) }
        return monitor.wait(until: dueTime, for: look) { state in
            state.threadSleeps = false
            state.dueTime = nil
            return .due
        }
    }

    /// What is there, without waiting.
    func more(maximumCount: Int, maximumBytes: Int) -> [Write] {
        let (taken, admitted) = monitor.withLock { state in
            let taken = state.take(maximumCount: maximumCount, maximumBytes: maximumBytes)
            return (taken, admitWaiters(&state))
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
        return taken
    }

    private func admitWaiters(_ state: inout State) -> [Waiter] {
        var count = 0
        while count < state.waiters.count, state.byteCount < maximumBytes {
            state.append(state.waiters[count].write)
            count += 1
        }
        let admitted = Array(state.waiters[..<count])
        state.waiters.removeFirst(count)
        return admitted
    }

    /// Takes nothing more in. What waits for room is still written.
    func close() {
        monitor.withLock { state in
            state.isClosed = true
            state.threadSleeps = false
        }
        monitor.wakeAll()
    }
}

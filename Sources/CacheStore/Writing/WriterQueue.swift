import DequeModule

/// What waits in a queue and counts against its bound.
protocol QueuedWork: Sendable {
    /// What it holds in memory, about.
    var byteCount: Int { get }
}

/// What waits to be written into the cache database.
typealias WriterQueue = WorkQueue<QueuedWrite>

/// What hands its work over in groups, and sooner where somebody waits for it.
protocol Hurried: AnyObject, Sendable {
    /// Somebody waits for something that may still be queued: it is handed over with all that came before it.
    func hurry()
}

/// What waits to be written, bounded in bytes. Producers that find it full are suspended and admitted in order.
///
/// A transaction costs as much as tens of small writes, so they are gathered for a moment before the thread gets them, unless
/// somebody waits for one.
final class WorkQueue<Write: QueuedWork>: Sendable, Hurried {
    /// How long writes are gathered that nobody waits for.
    struct Gathering: Sendable {
        /// With so many of them there is nothing to be won by more.
        var count: Int
        var bytes: Int
        /// From the time at which the thread sees the first.
        var time: Duration
    }

    /// What the thread waits for.
    private enum Sleep {
        case none
        /// For the first write.
        case untilFirst
        /// For enough of them.
        case untilEnough
    }

    private struct Waiter: Sendable {
        let write: Write
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State: Sendable {
        var writes: Deque<Write> = []
        var byteCount = 0
        var waiters: [Waiter] = []
        var isClosed = false
        var sleep = Sleep.none
        /// How many of the writes, from the first on, are not to wait for others.
        var hurried = 0
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
            // What there was no room for has waited already.
            hurried = writes.count
            return taken
        }

        func isEnough(for gathering: Gathering?) -> Bool {
            guard let gathering else { return true }
            return hurried > 0 || isClosed || writes.count >= gathering.count || byteCount >= gathering.bytes || !waiters.isEmpty
        }
    }

    private let monitor = Monitor(State())
    private let maximumBytes: Int
    private let gathering: Gathering?

    /// - Parameter gathering: nil hands out at once what there is.
    init(maximumBytes: Int, gathering: Gathering? = nil) {
        self.maximumBytes = max(1, maximumBytes)
        self.gathering = gathering
    }

    /// Puts a write into the queue, once there is room; false where the queue is closed.
    func add(_ write: Write) async -> Bool {
        if let admitted = addIfRoom(write) { return admitted }
        return await withCheckedContinuation { continuation in
            let admitted = monitor.withLock { state -> Bool? in
                if let admitted = admit(write, &state) { return admitted }
                state.waiters.append(Waiter(write: write, continuation: continuation))
                wakeThreadForWork(&state)
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
            wakeThreadForWork(&state)
            return true
        }
    }

    func hurry() {
        monitor.withLock { state in
            guard state.hurried < state.writes.count else { return }
            state.hurried = state.writes.count
            wakeThreadForWork(&state)
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
        wakeThreadForWork(&state)
        return true
    }

    private func wakeThreadForWork(_ state: inout State) {
        switch state.sleep {
        case .none: break
        case .untilFirst: wakeThread(&state)
        case .untilEnough: if state.isEnough(for: gathering) { wakeThread(&state) }
        }
    }

    private func wakeThread(_ state: inout State) {
        guard state.sleep != .none else { return }
        state.sleep = .none
        monitor.wakeOne()
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
        /// There is something, and more may be worth waiting for.
        case gathers
    }

    /// Waits for something to write.
    func next(maximumCount: Int, maximumBytes: Int) -> Next {
        while true {
            var event = waitForEvent(maximumCount: maximumCount, maximumBytes: maximumBytes)
            if case .gathers = event, let gathering {
                event = gather(gathering, maximumCount: maximumCount, maximumBytes: maximumBytes)
            }
            switch event {
            case .taken(let taken, let admitted):
                for waiter in admitted { waiter.continuation.resume(returning: true) }
                return .writes(taken)
            case .due: return .due
            case .closed: return .closed
            case .timeIsSet, .gathers: continue
            }
        }
    }

    private func waitForEvent(maximumCount: Int, maximumBytes: Int) -> Event {
        let dueTime = monitor.withLock { $0.dueTime }
        let look = { (state: inout State) -> Event? in
            state.sleep = .none
            if !state.isEmpty {
                guard state.isEnough(for: self.gathering) else { return .gathers }
                return self.take(&state, maximumCount: maximumCount, maximumBytes: maximumBytes)
            }
            if state.isClosed { return .closed }
            if dueTime == nil, state.dueTime != nil { return .timeIsSet }
            state.sleep = .untilFirst
            return nil
        }
        guard let dueTime else { return monitor.wait(until: look) }
        return monitor.wait(until: dueTime, for: look) { state in
            state.sleep = .none
            state.dueTime = nil
            return .due
        }
    }

    /// Waits until there is enough for a group, or for as long as it is worth.
    private func gather(_ gathering: Gathering, maximumCount: Int, maximumBytes: Int) -> Event {
        let take = { (state: inout State) in
            state.sleep = .none
            return self.take(&state, maximumCount: maximumCount, maximumBytes: maximumBytes)
        }
        return monitor.wait(
            until: .now + gathering.time,
            for: { state in
                if state.isEnough(for: gathering) { return take(&state) }
                state.sleep = .untilEnough
                return nil
            },
            late: take)
    }

    private func take(_ state: inout State, maximumCount: Int, maximumBytes: Int) -> Event {
        let taken = state.take(maximumCount: maximumCount, maximumBytes: maximumBytes)
        return .taken(taken, admitWaiters(&state))
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
            state.sleep = .none
        }
        monitor.wakeAll()
    }
}

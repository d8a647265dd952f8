import DequeModule
import Synchronization

/// One of the files under DIR/leases and who in this process has or wants which of its bytes.
///
/// The file is opened once, and an open file never excludes itself: so this table decides among the process's own fetches, and the
/// kernel among processes. Whoever asks for a byte that is in the table lines up behind it; the others ask the kernel.
final class LeaseFile: Sendable {
    /// How one that waited goes on.
    enum Turn: Sendable {
        /// The byte is its own.
        case handedOver
        /// It is the one of this process that asks the kernel, after a pause.
        case asks(after: Duration)
        case late
        case cancelled
    }

    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<Turn, Never>
    }

    /// A byte that this process has or asks the kernel for.
    private struct Place {
        /// When the kernel gave it; nil while it is asked for.
        var heldSince: ContinuousClock.Instant?
        var waiters: Deque<Waiter> = []
    }

    private struct State {
        var file: LockFile?
        var places: [Int64: Place] = [:]
        var lastID: UInt64 = 0
    }

    enum Attempt {
        case taken
        /// Somebody in this process has it or asks for it.
        case heldHere
        /// Another process has it.
        case heldElsewhere
    }

    /// After this time of handing a byte from one to the next in this process, another process gets a chance.
    private static let longestChain = Duration.milliseconds(100)
    /// The pause that lets others have it: longer than the longest between two of their attempts.
    private static let courtesy = Duration.milliseconds(15)

    private let directory: CacheDirectory
    let path: String
    private let state = Mutex(State())

    init(directory: CacheDirectory, number: Int) {
        self.directory = directory
        let name = String(number, radix: 16)
        path = directory.leasesPath + "/" + (name.count < 2 ? "0" + name : name)
    }

    /// Takes the byte if nobody has it or asks for it. Where the system gives no locks, only this process's table decides.
    ///
    /// - Parameter reserves: Whether the caller goes on asking where another process has it: those of this process that come
    ///   later line up behind the caller then, who ends with `take` or `giveUp`.
    func attempt(_ byte: Int64, reserves: Bool = false) -> Attempt {
        state.withLock { state in
            if state.places[byte] != nil { return .heldHere }
            let isTaken = lock(byte, &state)
            if isTaken || reserves { state.places[byte] = Place(heldSince: isTaken ? ContinuousClock.now : nil) }
            return isTaken ? .taken : .heldElsewhere
        }
    }

    /// Asks the kernel again for a byte that the caller has reserved; returns whether it was taken.
    func take(_ byte: Int64) -> Bool {
        state.withLock { state in
            guard lock(byte, &state) else { return false }
            state.places[byte]?.heldSince = ContinuousClock.now
            return true
        }
    }

    /// Lets go of a byte that the caller has: the next of this process gets it at once, else other processes may have it.
    func release(_ byte: Int64) {
        let next = state.withLock { state -> (Waiter, Turn)? in
            // Unlocked under the mutex, so that nobody takes the byte through the same file in between.
            guard let waiter = state.places[byte]?.waiters.popFirst() else {
                state.places[byte] = nil
                state.file?.unlock(byte)
                return nil
            }
            if let since = state.places[byte]?.heldSince, ContinuousClock.now - since < Self.longestChain {
                return (waiter, .handedOver)
            }
            state.places[byte]?.heldSince = nil
            state.file?.unlock(byte)
            return (waiter, .asks(after: Self.courtesy))
        }
        if let (waiter, turn) = next { waiter.continuation.resume(returning: turn) }
    }

    /// Stops asking for a byte that the caller has reserved and not got: the next of this process asks.
    func giveUp(_ byte: Int64) {
        let next = state.withLock { state -> Waiter? in
            let waiter = state.places[byte]?.waiters.popFirst()
            if waiter == nil { state.places[byte] = nil }
            return waiter
        }
        next?.continuation.resume(returning: .asks(after: .zero))
    }

    /// Waits behind those of this process that have or ask for the byte.
    func wait(for byte: Int64, until deadline: ContinuousClock.Instant) async -> Turn {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let alarm = Task {
            guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
            end(id, byte, .late)
        }
        defer { alarm.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let turn = lineUp(Waiter(id: id, continuation: continuation), byte, deadline)
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            end(id, byte, .cancelled)
        }
    }

    /// Nil where nobody in this process has the byte or asks for it.
    func waiterCount(_ byte: Int64) -> Int? {
        state.withLock { $0.places[byte]?.waiters.count }
    }

    /// Nil where the waiter is in the line.
    private func lineUp(_ waiter: Waiter, _ byte: Int64, _ deadline: ContinuousClock.Instant) -> Turn? {
        state.withLock { state in
            // Asked under the mutex: a cancellation that comes after this finds the waiter in the line.
            if Task.isCancelled { return .cancelled }
            // The alarm may have rung before there was anybody to wake.
            if ContinuousClock.now >= deadline { return .late }
            if state.places[byte] != nil {
                state.places[byte]?.waiters.append(waiter)
                return nil
            }
            // Whoever had it has left since.
            let isTaken = lock(byte, &state)
            state.places[byte] = Place(heldSince: isTaken ? ContinuousClock.now : nil)
            return isTaken ? .handedOver : .asks(after: .zero)
        }
    }

    /// Takes a waiter out of the line, if it is still there.
    private func end(_ id: UInt64, _ byte: Int64, _ turn: Turn) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.places[byte]?.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.places[byte]?.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: turn)
    }

    /// Asks the kernel for the byte; true also where it gives no locks.
    private func lock(_ byte: Int64, _ state: inout State) -> Bool {
        if state.file == nil {
            directory.createLeases()
            state.file = try? LockFile(path: path)
        }
        return state.file.map { $0.attempt(byte) != .held } ?? true
    }
}

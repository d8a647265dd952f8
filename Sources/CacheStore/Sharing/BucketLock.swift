import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock in shared memory: 0, or the mark of the process that has it. Held for less than a microsecond, unless its holder is
/// stopped, or killed: then it is taken over.
struct BucketLock {
    enum Outcome: Equatable {
        case taken
        /// From a dead process, whose work under the lock may be half done.
        case takenOver(from: UInt32)
        /// A living process has it and does not go on.
        case stuck
    }

    /// For how long somebody must have it before the kernel is asked whether he lives.
    private static let suspicion = Duration.milliseconds(2)
    private static let limit = Duration.milliseconds(100)
    private static let spins = 100

    private let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// - Parameter address: Of four bytes that are never reached in another way.
    init(_ address: UnsafeMutableRawPointer) {
        word = address.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Takes the lock; waits for at most 100 ms.
    func take(_ mark: UInt32, isAlive: (UInt32) -> Bool, mayWait: Bool = true) -> Outcome {
        var owner: UInt32 = 0
        for _ in 0..<Self.spins {
            let attempt = word.pointee.compareExchange(expected: 0, desired: mark, ordering: .acquiringAndReleasing)
            if attempt.exchanged { return .taken }
            owner = attempt.original
        }
        guard mayWait else { return .stuck }
        let start = ContinuousClock.now
        var (seenSince, checkAt) = (start, start + Self.suspicion)
        while true {
            let attempt = word.pointee.compareExchange(expected: 0, desired: mark, ordering: .acquiringAndReleasing)
            if attempt.exchanged { return .taken }
            let now = ContinuousClock.now
            if attempt.original != owner {
                (owner, seenSince) = (attempt.original, now)
                checkAt = now + Self.suspicion
            } else if now >= checkAt {
                if !isAlive(owner) {
                    let takeOver = word.pointee.compareExchange(expected: owner, desired: mark, ordering: .acquiringAndReleasing)
                    if takeOver.exchanged { return .takenOver(from: owner) }
                }
                checkAt = now + Self.suspicion * 5
            }
            if now - start >= Self.limit { return .stuck }
            // The holder may be waiting for this very processor.
            if now - seenSince < Self.suspicion { sched_yield() } else { usleep(200) }
        }
    }

    /// Lets go, if it is still the caller's.
    func release(_ mark: UInt32) {
        _ = word.pointee.compareExchange(expected: mark, desired: 0, ordering: .releasing)
    }
}

import Synchronization

/// The right to fetch a key, alone on this machine. Held until it is released; the last reference to it releases it, without a
/// change.
package final class Lease: Sendable {
    private let hash: UInt64
    private let sharing: Sharing
    private let isReleased = Atomic(false)

    init(hash: UInt64, sharing: Sharing) {
        self.hash = hash
        self.sharing = sharing
    }

    deinit {
        release(hasChanged: false)
    }

    /// Lets the next have the key. May be called on any thread and does not wait; a second call does nothing.
    ///
    /// - Parameter hasChanged: Whether the store has a new answer for the key, committed: tells every process to look again.
    package func release(hasChanged: Bool) {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // Before the lease goes: whoever gets it then sees that something has changed.
        if hasChanged { sharing.noteChange(hash) }
        sharing.leases.release(LeaseTable.Position(hash: hash))
    }
}

/// What became of asking for a lease.
package enum LeaseAttempt: Sendable {
    case taken(Lease)
    /// Somebody else fetches the key, in this process or another.
    case held
}

/// How often a key had been stored when the mark was taken.
package struct ChangeMark: Sendable {
    /// Nil: nobody could tell.
    let value: UInt32?
    /// The first 8 bytes of the key's digest. Keys that share it are taken for one where that costs no more than another look.
    package let hash: UInt64

    /// Whether it tells anything: without it, whoever takes a lease must look again.
    package var isKnown: Bool { value != nil }
}

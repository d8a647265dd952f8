package import HTTPCaching

extension CacheStore {
    /// Takes the right to fetch a key if nobody on this machine has it. Never waits. Where the system gives no locks, only this
    /// process's fetches exclude each other.
    package func tryLease(_ key: CacheKey) -> LeaseAttempt {
        tryLease(Self.hash(of: key))
    }

    /// The same for the key of a mark.
    package func tryLease(_ mark: ChangeMark) -> LeaseAttempt {
        tryLease(mark.hash)
    }

    private func tryLease(_ hash: UInt64) -> LeaseAttempt {
        guard sharing.leases.tryTake(LeaseTable.Position(hash: hash)) else { return .held }
        return .taken(sharing.makeLease(hash))
    }

    /// Takes the right to fetch a key, and waits for whoever has it. The fetches of one process get it in the order in which they
    /// asked; among processes there is no order. A holder that dies is succeeded within about 10 ms.
    ///
    /// Throws `busy`, with the path of the lock, where nobody lets go of it within `limit`, and `closed` where the task is
    /// cancelled.
    ///
    /// - Returns: the lease, and whether there was anybody to wait for: the store may have the answer then.
    package func lease(
        _ key: CacheKey, within limit: Duration
    ) async throws(StoreError) -> (lease: Lease, hasWaited: Bool) {
        let hash = Self.hash(of: key)
        let hasWaited = try await sharing.leases.take(LeaseTable.Position(hash: hash), within: limit)
        return (sharing.makeLease(hash), hasWaited)
    }

    /// Remembers how often a key has been stored. Taken before a look-up; reads shared memory and makes no file.
    package func changeMark(of key: CacheKey) -> ChangeMark {
        let hash = Self.hash(of: key)
        return ChangeMark(value: sharing.counters?.value(at: ChangeCounters.index(of: hash)), hash: hash)
    }

    /// Whether the key of a mark may have been stored, by any process, since the mark was taken; also true for a change of one of the
    /// few keys that share its counter, and where nobody can tell.
    package func hasChanged(since mark: ChangeMark) -> Bool {
        guard let before = mark.value, let counters = sharing.counters else { return true }
        return counters.value(at: ChangeCounters.index(of: mark.hash)) != before
    }

    /// Tells every process that the key was stored, for answers that were stored without a lease.
    package func noteChange(of key: CacheKey) {
        sharing.noteChange(Self.hash(of: key))
    }

    private static func hash(of key: CacheKey) -> UInt64 {
        UInt64(bitPattern: KeyDigest(key).prefix)
    }
}

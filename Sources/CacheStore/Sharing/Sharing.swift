import HTTPSemantics
import Synchronization

/// What a store shares with the other processes on its directory: leases of keys and turns at hosts. Opening a store makes nothing
/// of it; the first lease or turn does.
final class Sharing: Sendable {
    /// What was opened, once: nothing changes afterwards.
    private final class Opened: Sendable {
        let counters: ChangeCounters?
        let ledger: HostLedger

        init(memory: SharedMemory?, directory: CacheDirectory, now: @escaping @Sendable () -> UnixTime) {
            counters = memory.map(ChangeCounters.init)
            ledger = HostLedger(memory: memory, lockPath: directory.lockPath, now: now)
        }
    }

    let leases: LeaseTable
    private let directory: CacheDirectory
    private let now: @Sendable () -> UnixTime
    private let opened = Mutex<Opened?>(nil)

    init(directory: CacheDirectory, now: @escaping @Sendable () -> UnixTime) {
        self.directory = directory
        self.now = now
        leases = LeaseTable(directory: directory)
    }

    /// The counters; nil where there is no shared memory, as before the first lease or turn of any process.
    var counters: ChangeCounters? { existing?.counters }

    /// The turns at hosts: with other processes where there is shared memory, else this store's own.
    var ledger: HostLedger { made.ledger }

    /// The same; nil where there is no shared memory and none is to be made.
    var existingLedger: HostLedger? { existing?.ledger }

    func makeLease(_ hash: UInt64) -> Lease {
        // So that the next look has a counter to mark.
        _ = made
        return Lease(hash: hash, sharing: self)
    }

    func noteChange(_ hash: UInt64) {
        made.counters?.bump(at: ChangeCounters.index(of: hash))
    }

    /// Without making a file.
    private var existing: Opened? {
        if let known = opened.withLock({ $0 }) { return known }
        guard let memory = SharedMemory.openExisting(in: directory) else { return nil }
        return keep(memory)
    }

    /// The file is made where it is missing.
    private var made: Opened {
        if let known = opened.withLock({ $0 }) { return known }
        return keep(SharedMemory.openOrCreate(in: directory))
    }

    /// Of several that have opened it at once the first one's stays.
    private func keep(_ memory: SharedMemory?) -> Opened {
        let new = Opened(memory: memory, directory: directory, now: now)
        return opened.withLock { opened in
            if let opened { return opened }
            opened = new
            return new
        }
    }
}

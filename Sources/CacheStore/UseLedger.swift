import HTTPSemantics
import Synchronization

/// Uses of entries, collected in memory and written with the next group: reading costs no write.
final class UseLedger: Sendable {
    struct Record: Sendable {
        var time: UnixTime
        var count: Int64
    }

    typealias Uses = [EntryID: Record]

    /// From this many entries on a write is due.
    static let maximumCollected = 8192

    private let uses = Mutex(Uses())

    /// Notes uses; returns whether what is collected should be written now.
    func note(_ entries: [EntryID], at time: UnixTime) -> Bool {
        uses.withLock { uses in
            for entry in entries {
                var record = uses[entry] ?? Record(time: time, count: 0)
                record.time = max(record.time, time)
                record.count += 1
                uses[entry] = record
            }
            return uses.count >= Self.maximumCollected
        }
    }

    func take() -> Uses {
        uses.withLock { uses in
            let taken = uses
            uses = [:]
            return taken
        }
    }

    var isEmpty: Bool { uses.withLock { $0.isEmpty } }
}

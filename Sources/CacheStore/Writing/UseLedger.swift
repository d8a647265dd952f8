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

    /// Beyond this many, uses of further entries are not noted: it takes writes that keep failing to get here, and the notes
    /// serve eviction only.
    static let maximumKept = 8 * maximumCollected

    private struct State {
        var uses = Uses()
        /// New entries since a write was last due.
        var newCount = 0

        mutating func add(_ record: Record, for entry: EntryID) {
            if var known = uses[entry] {
                known.time = max(known.time, record.time)
                known.count += record.count
                uses[entry] = known
            } else {
                newCount += 1
                if uses.count < UseLedger.maximumKept { uses[entry] = record }
            }
        }
    }

    private let state = Mutex(State())

    /// Notes uses; returns whether what is collected should be written now.
    func note(_ entries: [EntryID], at time: UnixTime) -> Bool {
        state.withLock { state in
            for entry in entries { state.add(Record(time: time, count: 1), for: entry) }
            // Once for each so many, not with each use while a write is on its way.
            guard state.newCount >= Self.maximumCollected else { return false }
            state.newCount = 0
            return true
        }
    }

    /// Adds uses that could not be written.
    func add(_ other: Uses) {
        state.withLock { state in
            for (entry, record) in other { state.add(record, for: entry) }
            state.newCount = 0
        }
    }

    func take() -> Uses {
        state.withLock { state in
            let taken = state.uses
            state = State()
            return taken
        }
    }

    var isEmpty: Bool { state.withLock { $0.uses.isEmpty } }
}

import HTTPSemantics
import Synchronization

/// Uses of entries, collected in memory and written with the next group: reading costs no write.
final class UseLedger: Sendable {
    struct Record: Sendable {
        var time: UnixTime
        var count: Int64
        /// The last use that is stored, as it was read.
        var known: UnixTime

        mutating func add(_ other: Record) {
            time = max(time, other.time)
            known = max(known, other.known)
            count += other.count
        }
    }

    typealias Uses = [EntryID: Record]

    /// From this many entries on a write is due.
    static let maximumCollected = 2048

    /// Beyond this many, uses of further entries are not noted: it takes writes that keep failing to get here, and the notes
    /// serve eviction only.
    static let maximumKept = 32 * maximumCollected

    /// How closely the store follows the uses.
    struct Pace: Equatable, Sendable {
        /// For how long uses are collected before a write of them is due.
        let period: Duration
        /// By how many milliseconds a use must be later than the one that is stored to take its place. Every use is counted; one
        /// that takes no place leaves the order of uses, an index, as it is.
        let resolutionMilliseconds: Int64

        /// Nothing depends on it but lists, and what somebody removes by hand for being unused.
        static let leisurely = Pace(period: .seconds(1), resolutionMilliseconds: 60_000)
        /// A full cache that is written at the speed of the disk has new content within a second or two: what is read all the
        /// time must be known to be in use before its turn comes.
        static let close = Pace(period: .milliseconds(200), resolutionMilliseconds: 200)
    }

    /// What the caller of `note` has to see to.
    enum Demand {
        case nothing
        /// These are the first since uses were last taken: they are to be written when a period has passed.
        case writeSoon
        /// So many have come together that they are to be written now.
        case writeNow
    }

    private struct State {
        var uses = Uses()
        /// The close one, until the first write has shown whether there is a limit.
        var pace = Pace.close
        /// When the first of them came; nil: there are none, or none but those that could not be written.
        var start: ContinuousClock.Instant?
        /// New entries since a write was last due.
        var newCount = 0

        mutating func add(_ record: Record, for entry: EntryID) {
            if let place = uses.index(forKey: entry) {
                uses.values[place].add(record)
            } else {
                newCount += 1
                if uses.count < UseLedger.maximumKept { uses[entry] = record }
            }
        }
    }

    private let state = Mutex(State())

    /// Notes that entries were used.
    func note(_ entries: [StoredEntry], at time: UnixTime) -> Demand {
        state.withLock { state in
            if entries.isEmpty { return .nothing }
            for entry in entries { state.add(Record(time: time, count: 1, known: entry.lastUse), for: entry.id) }
            // Once for each so many, not with each use while a write is on its way.
            if state.newCount >= Self.maximumCollected {
                state.newCount = 0
                return .writeNow
            }
            guard state.start == nil else { return .nothing }
            state.start = .now
            return .writeSoon
        }
    }

    /// Adds uses that could not be written.
    func add(_ other: Uses) {
        state.withLock { state in
            for (entry, record) in other { state.add(record, for: entry) }
            state.newCount = 0
        }
    }

    /// All that is collected where a period has passed since the first of it or there is much; else nothing. So a commit for each
    /// response does not become a write for each use.
    func takeIfDue() -> Uses {
        let isDue = state.withLock { state in
            guard let start = state.start else { return !state.uses.isEmpty }
            return state.uses.count >= Self.maximumCollected || ContinuousClock.now - start >= state.pace.period
        }
        return isDue ? take() : [:]
    }

    func take() -> Uses {
        state.withLock { state in
            let taken = state.uses
            state = State(pace: state.pace)
            return taken
        }
    }

    var pace: Pace {
        get { state.withLock { $0.pace } }
        set { state.withLock { $0.pace = newValue } }
    }

    var isEmpty: Bool { state.withLock { $0.uses.isEmpty } }
}

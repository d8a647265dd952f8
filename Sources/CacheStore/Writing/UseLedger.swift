import HTTPSemantics
import Synchronization

/// Uses of entries, collected in memory and written with the next group: reading costs no write.
///
/// Each use is noted behind the others, a few instructions. From time to time, and when they are taken, they are condensed: sorted, and
/// those of one entry made one. A dictionary by entry would cost each use several times as much (docs/adr/0016).
final class UseLedger: Sendable {
    /// What is noted of an entry: one use of it, or several that were made one.
    struct Use: Sendable {
        let entry: EntryID
        /// The last of them.
        var time: UnixTime
        var count: Int64
        /// The last use that is stored, as it was read.
        var known: UnixTime

        init(of entry: EntryID, at time: UnixTime, known: UnixTime) {
            self.entry = entry
            self.time = time
            count = 1
            self.known = known
        }
    }

    /// From this many entries on a write is due; it is noticed no later than as many uses after that.
    static let maximumCollected = 2048

    /// Beyond this many, the notes of the newest entries are let go: it takes writes that keep failing to get here, and the notes
    /// serve eviction only, before which the newest are safe for longest.
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
        /// The first `condensedCount` are of different entries and in their order; the others as they came.
        var uses: [Use] = []
        var condensedCount = 0
        /// The close one, until the first write has shown whether there is a limit.
        var pace = Pace.close
        /// When the first of them came; nil: there are none, or none but those that could not be written.
        var start: ContinuousClock.Instant?
        /// New entries since a write was last due, of those that are condensed.
        var newCount = 0

        /// Makes one of the uses of each entry.
        mutating func condense() {
            guard uses.count > condensedCount else { return }
            uses.sort { $0.entry.isBefore($1.entry) }
            var last = 0
            for index in uses.indices.dropFirst() {
                if uses[index].entry == uses[last].entry {
                    uses[last].add(uses[index])
                } else {
                    last += 1
                    uses[last] = uses[index]
                }
            }
            uses.removeLast(uses.count - last - 1)
            newCount += uses.count - condensedCount
            if uses.count > UseLedger.maximumKept { uses.removeLast(uses.count - UseLedger.maximumKept) }
            condensedCount = uses.count
        }

        /// Whether so many entries have come together that a write is due: told once for each so many, not with each use while a
        /// write is on its way.
        mutating func takeDemand() -> Bool {
            guard uses.count - condensedCount >= UseLedger.maximumCollected else { return false }
            condense()
            guard newCount >= UseLedger.maximumCollected else { return false }
            newCount = 0
            return true
        }
    }

    private let state = Mutex(State())

    /// Notes that entries were used.
    func note(_ used: [Use]) -> Demand {
        state.withLock { state in
            if used.isEmpty { return .nothing }
            state.uses += used
            if state.takeDemand() { return .writeNow }
            guard state.start == nil else { return .nothing }
            state.start = .now
            return .writeSoon
        }
    }

    /// Adds uses that could not be written.
    func add(_ other: [Use]) {
        state.withLock { state in
            state.uses += other
            state.condense()
            state.newCount = 0
        }
    }

    /// All that is collected where a period has passed since the first of it or there is much; else nothing. So a commit for each
    /// response does not become a write for each use.
    func takeIfDue() -> [Use] {
        state.withLock { state in
            guard let start = state.start else { return Self.take(&state) }
            let isDue = state.condensedCount >= Self.maximumCollected || ContinuousClock.now - start >= state.pace.period
            return isDue ? Self.take(&state) : []
        }
    }

    /// All that is collected: one use for each entry, in the order of their rows.
    func take() -> [Use] {
        state.withLock { Self.take(&$0) }
    }

    private static func take(_ state: inout State) -> [Use] {
        state.condense()
        let taken = state.uses
        state = State(pace: state.pace)
        return taken
    }

    var pace: Pace {
        get { state.withLock { $0.pace } }
        set { state.withLock { $0.pace = newValue } }
    }

    var isEmpty: Bool { state.withLock { $0.uses.isEmpty } }
}

extension UseLedger.Use {
    fileprivate mutating func add(_ other: Self) {
        time = max(time, other.time)
        known = max(known, other.known)
        count += other.count
    }
}

extension EntryID {
    fileprivate func isBefore(_ other: EntryID) -> Bool {
        row < other.row || row == other.row && body < other.body
    }
}

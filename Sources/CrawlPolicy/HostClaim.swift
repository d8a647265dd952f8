/// What one claimant, a process, has and wants of a host.
///
/// A value of fixed size whose bytes may all be 0 and may come from memory that a killed process left half written: no number
/// in it is trusted to be sensible.
struct HostClaim: BitwiseCopyable, Sendable {
    /// The claimant's number; 0: the cell is free.
    var claimant: UInt32 = 0
    /// Its place in the order of those that wait: less is earlier, counted round; 0: it does not wait.
    var ticket: UInt32 = 0
    /// Its requests in flight.
    var active: UInt16 = 0
    /// Refusals in a row that could not name a time, up to a bound.
    var refusals: UInt8 = 0
    /// What is true of its requests; `Traits`. Bits of shared memory may have any value.
    var traits = Traits()
    /// For how many milliseconds after `askedAt` its wish counts.
    var wishFor: UInt32 = 0
    /// When it asked last, whatever the answer, in milliseconds since 1970.
    var askedAt: Int64 = 0
    /// When it got its first turn since it last waited, in milliseconds since 1970; 0: never.
    var sliceStart: Int64 = 0

    struct Traits: OptionSet, BitwiseCopyable, Sendable {
        var rawValue: UInt8 = 0

        /// Its request in flight keeps a silence, so nobody else may start.
        static let exclusive = Traits(rawValue: 1)
        /// In its slice it has had more than half of the room: it can use all of it.
        static let filling = Traits(rawValue: 2)
    }

    var isExclusive: Bool { active > 0 && traits.contains(.exclusive) }

    /// How long after it asked last a claimant without requests in flight is taken to be between two of them, in milliseconds.
    private static let breathMilliseconds: Int64 = 10

    /// Whether it is in its slice and uses the room, so that others had better wait for the end of that.
    func fillsSlice(at time: Int64) -> Bool {
        traits.contains(.filling) && sliceEnd > time && (active > 0 || time - askedAt <= Self.breathMilliseconds)
    }

    /// Whether it waits and is expected to ask again: others make room for it then.
    func isWaiting(at time: Int64) -> Bool {
        ticket != 0 && time <= askedAt + Int64(wishFor)
    }

    /// Until when it takes turns freely though others wait.
    var sliceEnd: Int64 { sliceStart == 0 ? 0 : sliceStart + HostRecord.sliceMilliseconds }

    /// Whether its cell may be given to somebody else.
    func isReusable(at time: Int64) -> Bool {
        active == 0 && !isWaiting(at: time)
    }

    /// Brings times that lie ahead back to `time`: the clock was set back, and nobody is to wait for it to come round again.
    mutating func clamp(to time: Int64) {
        askedAt = min(max(askedAt, 0), time)
        sliceStart = min(max(sliceStart, 0), time)
    }
}

/// The cells of a host's claimants, side by side in the record itself.
struct HostClaims: BitwiseCopyable, Sendable {
    /// Claimants that one host can tell apart; with more, those without a cell ask again and again until one is free.
    static let count = 24

    private typealias Eight = (HostClaim, HostClaim, HostClaim, HostClaim, HostClaim, HostClaim, HostClaim, HostClaim)

    private var cells: (Eight, Eight, Eight)

    init() {
        let one = HostClaim()
        let eight = (one, one, one, one, one, one, one, one)
        cells = (eight, eight, eight)
    }

    /// Hands out the cells in place.
    mutating func withCells<Result>(_ body: (UnsafeMutableBufferPointer<HostClaim>) -> Result) -> Result {
        // Tuples of one type lie in memory like an array of it.
        withUnsafeMutableBytes(of: &cells) { body($0.assumingMemoryBound(to: HostClaim.self)) }
    }

    /// Whether any cell fits.
    func contains(where predicate: (HostClaim) -> Bool) -> Bool {
        withUnsafeBytes(of: cells) { $0.assumingMemoryBound(to: HostClaim.self).contains(where: predicate) }
    }

    /// Requests in flight, of all claimants.
    var active: Int {
        withUnsafeBytes(of: cells) { $0.assumingMemoryBound(to: HostClaim.self).reduce(0) { $0 + Int($1.active) } }
    }

    subscript(index: Int) -> HostClaim {
        mutating get { withCells { $0[index] } }
        set { withCells { $0[index] = newValue } }
    }

    /// The cell of a claimant; nil where it has none.
    mutating func index(of claimant: UInt32) -> Int? {
        withCells { cells in cells.firstIndex { $0.claimant == claimant } }
    }

    /// The cell of a claimant, a new one where it has none; nil where all are in use.
    mutating func place(of claimant: UInt32, at time: Int64) -> Int? {
        if let known = index(of: claimant) { return known }
        return withCells { cells in
            // One that waited and is late loses its place in the line with its cell, so it comes last.
            let free =
                cells.firstIndex { $0.claimant == 0 } ?? cells.firstIndex { $0.active == 0 && $0.ticket == 0 }
                ?? cells.firstIndex { $0.isReusable(at: time) }
            if let free {
                cells[free] = HostClaim()
                cells[free].claimant = claimant
            }
            return free
        }
    }
}

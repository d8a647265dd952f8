/// What stands in the way of one claimant of a host.
struct HostView {
    /// Something does, for a time that nobody knows: others' requests, or others' turn.
    var isBlocked: Bool
    /// When the slice of somebody who uses all of the room ends; nil where there is none, or it is the claimant's own slice as well.
    var turnEnd: Int64?
    /// When the first slice of those that hold turns ends; nil where none goes on.
    var sliceEnd: Int64?

    /// - Parameter index: the cell of the claimant that asks.
    init(_ cells: UnsafeMutableBufferPointer<HostClaim>, of index: Int, policy: PolitenessPolicy, time: Int64) {
        let own = cells[index]
        var active = 0
        var isExclusive = false
        var somebodyWaits = false
        var somebodyIsBefore = false
        for (position, cell) in cells.enumerated() where cell.claimant != 0 {
            active += Int(cell.active)
            if cell.isExclusive { isExclusive = true }
            if position == index { continue }
            if cell.isWaiting(at: time) {
                // Whoever uses all of the room goes on after its slice until somebody comes, so that the host is busy meanwhile.
                if cell.askedAt >= own.sliceEnd || !own.traits.contains(.filling) { somebodyWaits = true }
                // Numbers go round; the distance tells which is earlier.
                if own.ticket != 0, Int32(bitPattern: cell.ticket &- own.ticket) < 0 { somebodyIsBefore = true }
            }
            if cell.fillsSlice(at: time) { turnEnd = min(turnEnd ?? .max, cell.sliceEnd) }
            if cell.active > 0, cell.sliceEnd > time { sliceEnd = min(sliceEnd ?? .max, cell.sliceEnd) }
        }
        // A slice is used up before the next one begins: a process that has the host to itself has many requests in flight, answers
        // many of them in one go and stores them in one go, where a few here and there would cost the machine far more.
        if own.ticket == 0, own.sliceEnd > time { turnEnd = nil }
        let yields = own.ticket != 0 ? somebodyIsBefore : somebodyWaits && own.sliceEnd <= time
        let isFull = active >= policy.maximumConcurrent || active > 0 && policy.waitMilliseconds > 0
        isBlocked = yields || turnEnd != nil || isExclusive || isFull || own.active == .max
    }
}

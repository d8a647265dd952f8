/// What stands in the way of one claimant of a host.
struct HostView {
    /// Something does, for a time that nobody knows: others' requests, or others' turn.
    var isBlocked: Bool
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
                somebodyWaits = true
                // Numbers go round; the distance tells which is earlier.
                if own.ticket != 0, Int32(bitPattern: cell.ticket &- own.ticket) < 0 { somebodyIsBefore = true }
            }
            if cell.active > 0, cell.sliceEnd > time { sliceEnd = min(sliceEnd ?? .max, cell.sliceEnd) }
        }
        let yields = own.ticket != 0 ? somebodyIsBefore : somebodyWaits && own.sliceEnd <= time
        let isFull = active >= policy.maximumConcurrent || active > 0 && policy.waitMilliseconds > 0
        isBlocked = yields || isExclusive || isFull || own.active == .max
    }
}

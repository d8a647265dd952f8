package import HTTPSemantics

/// Whether a request to a host may start.
package enum HostAdmission: Equatable, Sendable {
    /// It may, and counts as in flight from now on.
    case granted
    /// Not yet: ask again then. Whoever does keeps its place in the line, whoever does not soon loses it.
    case busy(lookAgain: UnixTime)
    /// The host has asked to be left alone until then (`Retry-After`, RFC 9110 section 10.2.3).
    case resting(until: UnixTime)
}

/// The turns of all claimants, the processes of a machine, at one host: what makes them one polite client.
///
/// - Each request's own silence holds against the requests of all: before a request with a wait nothing has been in flight for
///   that long, beside it nothing starts, and after it nothing for that long. A request under a rate keeps its interval from the
///   last start of anybody.
/// - Requests without a wait run side by side as long as those in flight, of all claimants, are fewer than each one's own bound.
/// - Where more is asked for than there is room, claimants take turns: whoever was refused waits in a line; whoever has been given
///   a turn goes on taking turns for a slice of time and then lines up as well. Where it uses more than half of the room, the slice
///   is its own, and lasts until somebody comes for the next. A wish that is not repeated in time holds up nobody.
///
/// A value of fixed size without clock or I/O, for memory that processes share: all bytes 0 is a host that nobody has asked. Every
/// time in it is kept as a beginning and a length, so that a clock that is set back lengthens no wait beyond the wait itself.
package struct HostRecord: BitwiseCopyable, Sendable {
    /// For how long a claimant takes turns freely while others wait, in milliseconds.
    package static let sliceMilliseconds: Int64 = 50
    /// The longest rest of a host that is believed, in milliseconds: a day.
    package static let maximumHoldMilliseconds: Int64 = 86_400_000
    /// For how long after the time it was told to look again a claimant keeps others waiting, in milliseconds.
    static let graceMilliseconds: Int64 = 30
    /// For how long a late claimant keeps its place in the line, though it holds up nobody, in milliseconds.
    static let lateMilliseconds: Int64 = 10_000
    /// The longest pause between two looks where nobody knows when there will be room: 2 to this power milliseconds.
    static let maximumPausePower: UInt8 = 4
    /// How far the record may be ahead of whoever looks at it, in milliseconds: a caller that was kept from the processor since it
    /// read the clock comes with a time that is past, and must not shorten a silence that began meanwhile. More than that is a
    /// clock that was set back.
    static let leadMilliseconds: Int64 = 1000
    /// Milliseconds between two checks of whether the claimants live.
    static let checkMilliseconds: Int64 = 100

    private var claims = HostClaims()
    /// When the last request of anybody ended.
    private var lastEnd: Int64 = 0
    /// Nothing starts from `quietFrom` for `quietFor` milliseconds: the silence after a request with a wait.
    private var quietFrom: Int64 = 0
    private var quietFor: UInt32 = 0
    /// The wait in milliseconds of the exclusive request in flight, kept in case its process dies.
    private var exclusiveWait: UInt32 = 0
    private var holdFrom: Int64 = 0
    private var holdFor: UInt32 = 0
    private var lastTicket: UInt32 = 0
    /// The last start, in microseconds since 1970; under a rate it may lie a little behind, so that the average is right.
    private var lastStart: Int64 = 0
    /// The one before it.
    private var startBefore: Int64 = 0
    private var checkedAt: Int64 = 0
    /// When a claimant got no cell last.
    private var turnedAwayAt: Int64 = 0
    /// Counts starts, round: names the turn that was just granted, for `withdraw`.
    package private(set) var starts: UInt32 = 0
    /// The claimant that has left its cell to one that got none; 0: nobody, or the cell is taken.
    private var leaver: UInt32 = 0

    package init() {}

    // MARK: Turns

    /// Asks for a turn. Refused, the claimant is in the line as long as it asks again when it is told to.
    ///
    /// - Parameter claimant: its number, not 0.
    package mutating func take(claimant: UInt32, policy: PolitenessPolicy, now: UnixTime) -> HostAdmission {
        let time = settle(now)
        if holdEnd > time { return .resting(until: UnixTime(milliseconds: holdEnd)) }
        let isLeaver = claimant == leaver && time - turnedAwayAt <= Self.graceMilliseconds
        guard !isLeaver, let index = claims.place(of: claimant, at: time) else {
            if !isLeaver { turnedAwayAt = time }
            return .busy(lookAgain: UnixTime(milliseconds: time + (1 << Int64(Self.maximumPausePower))))
        }
        if claims[index].ticket != 0, time > claims[index].askedAt + Int64(claims[index].wishFor) + Self.lateMilliseconds {
            claims[index].ticket = 0
        }
        if claims[index].askedAt == 0 { leaver = 0 }
        let view = claims.withCells { HostView($0, of: index, policy: policy, time: time) }
        let earliest = earliestStart(policy)
        if !view.isBlocked, earliest <= time {
            grant(index, policy: policy, time: time)
            return .granted
        }
        let again = refuse(index, view: view, earliest: earliest, time: time)
        return .busy(lookAgain: UnixTime(milliseconds: again))
    }

    /// A request came to its end, in whatever way.
    ///
    /// - Parameter holdUntil: the host rests until then, for at most a day; nil: no longer than the policy asks.
    package mutating func finish(claimant: UInt32, policy: PolitenessPolicy, now: UnixTime, holdUntil: UnixTime?) {
        let time = settle(now)
        giveBack(claimant)
        makeWay(claimant, time: time)
        lastEnd = time
        if policy.waitMilliseconds > 0 { keepQuiet(from: time, for: UInt32(clamping: policy.waitMilliseconds)) }
        if let holdUntil { hold(until: holdUntil, now: now) }
    }

    /// Gives a turn back that no request was made with: no silence follows.
    ///
    /// - Parameter start: `starts` as it was right after the turn was granted; where somebody has started since, the interval of
    ///   the rate stays accounted for.
    package mutating func withdraw(claimant: UInt32, start: UInt32) {
        giveBack(claimant)
        if starts == start { lastStart = startBefore }
    }

    /// Takes out a claimant that is dead: its requests have ended with it.
    package mutating func remove(claimant: UInt32, now: UnixTime) {
        let time = settle(now)
        guard claimant != 0, let index = claims.index(of: claimant) else { return }
        if claims[index].active > 0 { lastEnd = time }
        if claims[index].isExclusive { keepQuiet(from: time, for: exclusiveWait) }
        claims[index] = HostClaim()
    }

    /// Leaves the host alone until then, for at most a day; a longer rest that was asked for before stays.
    package mutating func hold(until: UnixTime, now: UnixTime) {
        let time = settle(now)
        let length = min(until.milliseconds(since: UnixTime(milliseconds: time)), Self.maximumHoldMilliseconds)
        guard length > 0, time + length > holdEnd else { return }
        holdFrom = time
        holdFor = UInt32(clamping: length)
    }

    // MARK: What is known

    /// Requests in flight, of all claimants.
    package var activeCount: Int { claims.active }

    /// The end of the silence after the last request with a wait; nil where it has passed.
    package func notBefore(now: UnixTime) -> UnixTime? {
        var record = self
        let time = record.settle(now)
        return record.quietEnd > time ? UnixTime(milliseconds: record.quietEnd) : nil
    }

    /// Until when the host rests; nil where it does not.
    package func holdUntil(now: UnixTime) -> UnixTime? {
        var record = self
        let time = record.settle(now)
        return record.holdEnd > time ? UnixTime(milliseconds: record.holdEnd) : nil
    }

    /// The end of whatever silence and rest there is; the beginning of time where there is neither.
    package var restEnd: UnixTime { UnixTime(milliseconds: max(quietEnd, holdEnd)) }

    /// Whether nobody has or wants a turn: all that the record keeps is a rest or a silence.
    package func isUnused(now: UnixTime) -> Bool {
        var record = self
        let time = record.settle(now)
        return !record.claims.contains { $0.active > 0 || $0.isWaiting(at: time) }
    }

    /// Whether nobody has or wants a turn and nothing is to be waited for: the record may be given to another host.
    package func isIdle(now: UnixTime) -> Bool {
        notBefore(now: now) == nil && holdUntil(now: now) == nil && isUnused(now: now)
    }

    /// When a request started or ended last.
    package var lastUse: UnixTime { UnixTime(milliseconds: max(lastEnd, lastStart / 1000)) }

    /// The claimants besides `claimant` that have or want turns, where a look at whether they live is due; else none.
    package mutating func claimantsToCheck(besides claimant: UInt32, now: UnixTime) -> [UInt32] {
        let time = settle(now)
        guard time >= checkedAt + Self.checkMilliseconds else { return [] }
        checkedAt = time
        return claims.withCells { cells in
            cells.filter { $0.claimant != 0 && $0.claimant != claimant && ($0.active > 0 || $0.ticket != 0) }.map(\.claimant)
        }
    }

    // MARK: The rules

    private var quietEnd: Int64 { quietFor == 0 ? 0 : quietFrom + Int64(quietFor) + 1 }
    private var holdEnd: Int64 { holdFor == 0 ? 0 : holdFrom + Int64(holdFor) }

    /// The first time at which silence and rate allow a request, whoever is in flight. Clocks of whole milliseconds: one is added
    /// to a silence, so that it is never shorter than was promised.
    private func earliestStart(_ policy: PolitenessPolicy) -> Int64 {
        var earliest = quietEnd
        if policy.waitMilliseconds > 0 {
            earliest = max(earliest, lastEnd + min(policy.waitMilliseconds, Int64(UInt32.max)) + 1)
        }
        if policy.intervalMicroseconds > 0 {
            // Rounded up, and in this order: the interval may be near the largest number.
            earliest = max(earliest, lastStart / 1000 + policy.intervalMicroseconds / 1000 + Self.carry(lastStart, policy))
        }
        return earliest
    }

    /// What the parts below a millisecond of the last start and of the interval come to, in milliseconds, rounded up.
    private static func carry(_ lastStart: Int64, _ policy: PolitenessPolicy) -> Int64 {
        (lastStart % 1000 + policy.intervalMicroseconds % 1000 + 999) / 1000
    }

    private mutating func grant(_ index: Int, policy: PolitenessPolicy, time: Int64) {
        claims.withCells { cells in
            if cells[index].ticket != 0 || cells[index].sliceStart == 0 {
                cells[index].sliceStart = time
                cells[index].traits = []
            }
            cells[index].askedAt = time
            cells[index].ticket = 0
            cells[index].refusals = 0
            cells[index].active += 1
            if policy.waitMilliseconds > 0 {
                cells[index].traits.insert(.exclusive)
            } else {
                cells[index].traits.remove(.exclusive)
            }
            if policy.maximumConcurrent > 1, Int(cells[index].active) > policy.maximumConcurrent / 2 {
                cells[index].traits.insert(.filling)
            }
        }
        exclusiveWait = UInt32(clamping: policy.waitMilliseconds)
        let (present, interval) = (time * 1000, policy.intervalMicroseconds)
        startBefore = lastStart
        starts &+= 1
        if interval > 0, interval < CrawlScheduler.spreadMicroseconds {
            lastStart = max(lastStart + interval, present - CrawlScheduler.spreadMicroseconds)
        } else {
            lastStart = present
        }
    }

    /// Puts the claimant into the line, where it is not there yet; returns when it is to ask again.
    private mutating func refuse(_ index: Int, view: HostView, earliest: Int64, time: Int64) -> Int64 {
        var claim = claims[index]
        var again = max(earliest, time + 1)
        if view.isBlocked {
            let power = min(claim.refusals, Self.maximumPausePower)
            var pause = Int64(1) << Int64(power)
            claim.refusals = min(power + 1, Self.maximumPausePower)
            if let turnEnd = view.turnEnd {
                pause = turnEnd - time
                claim.refusals = 0
            } else if let sliceEnd = view.sliceEnd, sliceEnd < time + pause {
                // Then it is somebody else's turn, so from then on looks are frequent again.
                pause = sliceEnd - time
                claim.refusals = 0
            }
            again = max(earliest, time + pause)
        } else {
            claim.refusals = 0
        }
        // In its slice it takes what comes free and need not line up.
        if claim.ticket == 0, claim.sliceEnd <= time {
            lastTicket = lastTicket == .max ? 1 : lastTicket + 1
            claim.ticket = lastTicket
        }
        claim.askedAt = time
        claim.wishFor = UInt32(clamping: again - time + Self.graceMilliseconds)
        claims[index] = claim
        return again
    }

    private mutating func giveBack(_ claimant: UInt32) {
        guard let index = claims.index(of: claimant), claims[index].active > 0 else { return }
        claims[index].active -= 1
    }

    /// Frees the cell of a claimant that has just been served, where there are more claimants than cells: it comes last then.
    private mutating func makeWay(_ claimant: UInt32, time: Int64) {
        guard time - turnedAwayAt <= Self.graceMilliseconds, let index = claims.index(of: claimant), claims[index].active == 0
        else { return }
        claims[index] = HostClaim()
        leaver = claimant
    }

    private mutating func keepQuiet(from time: Int64, for length: UInt32) {
        guard length > 0, time + Int64(length) + 1 > quietEnd else { return }
        quietFrom = time
        quietFor = length
    }

    /// Brings whatever lies ahead of the clock back to it, and numbers that nobody wrote into bounds; returns the time to count
    /// with.
    private mutating func settle(_ now: UnixTime) -> Int64 {
        var time = min(max(now.milliseconds, 0), Self.latestTime)
        let latest = max(lastEnd, quietFrom, lastStart / 1000)
        if latest > time, latest - time <= Self.leadMilliseconds { time = latest }
        lastEnd = min(max(lastEnd, 0), time)
        quietFrom = min(max(quietFrom, 0), time)
        holdFrom = min(max(holdFrom, 0), time)
        holdFor = min(holdFor, UInt32(Self.maximumHoldMilliseconds))
        quietFor = min(quietFor, UInt32(Self.maximumHoldMilliseconds))
        lastStart = min(max(lastStart, 0), time * 1000)
        startBefore = min(max(startBefore, 0), lastStart)
        turnedAwayAt = min(max(turnedAwayAt, 0), time)
        checkedAt = checkedAt < 0 || checkedAt > time ? 0 : checkedAt
        claims.withCells { cells in
            for index in cells.indices where cells[index].claimant != 0 { cells[index].clamp(to: time) }
        }
        return time
    }

    /// Later times are counted as this one, in the year 146,000, so that sums stay in range.
    private static let latestTime = Int64.max / 2000
}

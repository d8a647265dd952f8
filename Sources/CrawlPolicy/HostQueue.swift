internal import DequeModule
internal import HTTPSemantics

/// What waits for one host, and when the host may be asked again.
struct HostQueue<Item> {
    /// Where the scheduler keeps this host. Each transition is made by `CrawlScheduler` alone.
    enum Place {
        /// In no line: nothing waits, or all permits are out. Left by `add` and `finished`.
        case parked
        /// In the line of hosts that may be asked now. Left by `next`.
        case ready
        /// In the heap of hosts that may be asked at a later time. Left by `next` once that time has come.
        case sleeping
    }

    var place: Place = .parked
    var pending: Deque<Item> = []
    /// Requests in flight.
    var active = 0
    /// Requests that may be in flight: the policy's bound, or less where others on this machine ask the host as well.
    private(set) var room: Int
    /// When `room` was changed last.
    private var roomSince: UnixTime?
    /// No request before this time.
    var eligibleAt: UnixTime

    /// The start that the rate allows next, in microseconds since 1970; finer than the clock, so that rates are kept exactly.
    var nextStartMicroseconds: Int64 = 0
    /// What the last start has changed, for one that is taken back.
    private var beforeStart: (eligibleAt: UnixTime, nextStartMicroseconds: Int64)?

    init(eligibleAt: UnixTime, room: Int) {
        self.eligibleAt = eligibleAt
        self.room = room
    }

    /// How long it takes until more requests are tried after one was refused for want of room, in milliseconds.
    static var trialMilliseconds: Int64 { 5 }

    /// There is no room for more than what is in flight now: asking for more would be refused again.
    mutating func narrow(now: UnixTime) {
        room = min(room, max(1, active))
        roomSince = now
    }

    /// Tries more requests now and then, twice as many each time: processes that share a host take turns of a few dozen milliseconds,
    /// and what is asked in one go is answered and stored in one go.
    mutating func widen(upTo bound: Int, now: UnixTime) {
        guard room < bound, let since = roomSince, now.milliseconds(since: since) >= Self.trialMilliseconds else { return }
        room = min(bound, 2 * room)
        roomSince = now
    }

    /// Accounts for a request that starts at `now` under a rate of one in `interval` microseconds.
    ///
    /// - Parameter spread: the span in microseconds on whose average a shorter interval holds. A clock of milliseconds and timers
    ///   that come late would lower the rate otherwise.
    mutating func startRequest(now: UnixTime, interval: Int64, spread: Int64) {
        guard interval > 0 else { return }
        beforeStart = (eligibleAt, nextStartMicroseconds)
        let present = now.milliseconds * 1000
        nextStartMicroseconds = max(nextStartMicroseconds, interval < spread ? present - spread : present) + interval
        eligibleAt = max(eligibleAt, UnixTime(milliseconds: (nextStartMicroseconds + 999) / 1000))
    }

    /// Forgets the last start, which has led to no request.
    mutating func takeBackStart() {
        guard let beforeStart else { return }
        (eligibleAt, nextStartMicroseconds) = beforeStart
        self.beforeStart = nil
    }
}

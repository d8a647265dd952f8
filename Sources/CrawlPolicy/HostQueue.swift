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
    /// No request before this time.
    var eligibleAt: UnixTime

    init(eligibleAt: UnixTime) {
        self.eligibleAt = eligibleAt
    }
}

internal import DequeModule
internal import HTTPSemantics

/// What waits for one host, and when the host may be asked again.
struct HostQueue {
    /// Where the scheduler keeps this host. Each transition is made by `CrawlScheduler` alone.
    enum Place {
        /// In no line: nothing waits, all permits are out, or one request tries whether others leave room. Left by `add`, `finished`
        /// and `admitted`.
        case parked
        /// In the line of hosts that may be asked now. Left by `next`, and where a rest or others come in between.
        case ready
        /// In the heap of hosts that may be asked at a later time. Left by `next` once that time has come, or by an event that comes
        /// after it.
        case sleeping
    }

    var place: Place = .parked
    /// When it wakes, while it sleeps; other alarms of it are void.
    var wakesAt: UnixTime?
    var pending: Deque<CrawlScheduler.Item> = []
    /// Requests in flight.
    var active = 0
    /// No request before this time.
    var eligibleAt: UnixTime
    /// How fast it may be asked after what it has answered.
    var pace = HostPace()
    /// Milliseconds that its robots.txt wants between two requests; 0: it wants none.
    var crawlDelay: Int64 = 0
    /// How room is found beside others on this machine who ask the host as well.
    private var trial: Trial?

    /// The start that the rate allows next, in microseconds since 1970; finer than the clock, so that rates are kept exactly.
    var nextStartMicroseconds: Int64 = 0
    /// What the last start has changed, for one that is taken back.
    private var lastStart: (eligibleBefore: UnixTime, eligibleAfter: UnixTime, nextBefore: Int64)?

    /// Since a request was refused for want of room, one after the other finds out whether there is room for it.
    private enum Trial {
        /// The next one tries, and not before that time.
        case next(notBefore: UnixTime)
        /// One tries; nothing else begins before it knows.
        case underWay
    }

    init(eligibleAt: UnixTime) {
        self.eligibleAt = eligibleAt
    }

    /// Whether nothing waits for it, is under way there, or keeps it from being asked.
    var isIdle: Bool { place == .parked && active == 0 && pending.isEmpty }

    /// Requests that may be in flight now.
    func bound(_ politeness: PolitenessPolicy) -> Int {
        crawlDelay > 0 ? 1 : pace.bound(of: politeness.maximumConcurrent)
    }

    /// Milliseconds of silence between the end of one response and the next request.
    func pauseMilliseconds(_ politeness: PolitenessPolicy) -> Int64 {
        max(politeness.waitMilliseconds, crawlDelay, pace.pauseMilliseconds(of: politeness.maximumConcurrent))
    }

    /// When the next request may be made; nil: not before something has ended.
    ///
    /// - Parameter bound: how many may be in flight by the policy.
    func nextStart(bound: Int) -> UnixTime? {
        guard active < bound else { return nil }
        switch trial {
        case nil: return eligibleAt
        case .next(let time): return max(eligibleAt, time)
        case .underWay: return nil
        }
    }

    /// Whether nothing but others on this machine keeps the next request waiting.
    var waitsForOthers: Bool {
        if case .next(let time) = trial { time > eligibleAt } else { false }
    }

    /// A request begins.
    mutating func begin() {
        active += 1
        if case .next = trial { trial = .underWay }
    }

    /// A request has come to its end, and the silence that the policy asks for begins.
    ///
    /// - Returns: until when a host rests that refuses whatever is asked of it; nil: it does not.
    mutating func finished(_ reception: CrawlScheduler.Reception?, politeness: PolitenessPolicy, now: UnixTime) -> UnixTime? {
        active -= 1
        var restEnd: UnixTime?
        switch reception {
        case .answered: pace.noteAnswer()
        case .refused:
            pace.noteRefusal(inFlight: active)
            if pace.isHopeless(of: politeness.maximumConcurrent) {
                restEnd = now.advanced(byMilliseconds: max(HostPace.hopelessRest, politeness.maximumHoldMilliseconds + 1))
            }
        case nil: break
        }
        eligibleAt = max(eligibleAt, now.advanced(byMilliseconds: pauseMilliseconds(politeness)))
        return restEnd
    }

    /// For a request that began there was no room: `active` does not count it any more.
    mutating func refused(until lookAgain: UnixTime) {
        trial = .next(notBefore: lookAgain)
    }

    /// No request came of what began, for another reason than want of room: if it was the one that tries, another one may.
    mutating func withdrawn(now: UnixTime) {
        if case .underWay = trial { trial = .next(notBefore: now) }
    }

    /// There was room for a request that began; returns whether more may be tried now.
    mutating func admitted(bound: Int, now: UnixTime) -> Bool {
        guard case .underWay = trial else { return false }
        trial = active < bound ? .next(notBefore: now) : nil
        return true
    }

    /// Accounts for a request that starts at `now` under a rate of one in `interval` microseconds.
    ///
    /// - Parameter spread: the span in microseconds on whose average a shorter interval holds. A clock of milliseconds and timers
    ///   that come late would lower the rate otherwise.
    mutating func startRequest(now: UnixTime, interval: Int64, spread: Int64) {
        guard interval > 0 else { return }
        let (eligibleBefore, nextBefore) = (eligibleAt, nextStartMicroseconds)
        let present = now.milliseconds * 1000
        nextStartMicroseconds = max(nextStartMicroseconds, interval < spread ? present - spread : present) + interval
        eligibleAt = max(eligibleAt, UnixTime(milliseconds: (nextStartMicroseconds + 999) / 1000))
        lastStart = (eligibleBefore, eligibleAfter: eligibleAt, nextBefore)
    }

    /// Forgets the last start, which has led to no request.
    mutating func takeBackStart() {
        guard let lastStart else { return }
        nextStartMicroseconds = lastStart.nextBefore
        // A rest that the host has asked for meanwhile stays.
        if eligibleAt == lastStart.eligibleAfter { eligibleAt = lastStart.eligibleBefore }
        self.lastStart = nil
    }
}

package import HTTPSemantics

/// Whether a host that gives no answers is worth asking: after some failures in a row it is put aside, for longer each time, and in
/// the end given up. One answer, whatever its status, and all is forgotten.
///
/// ```
/// well ── failures in a row ──► aside ── its time is over ──► on trial ── no answer, again and again ──► given up
///   ▲                             ▲                              │  │                                        │
///   │                             └────────── no answer ─────────┘  │                its time is over        │
///   └───────────────────────────── answer ──────────────────────────┴◄───────────────────────────────────────┘
/// ```
package struct HostHealth: Hashable, Sendable {
    /// What a host may be asked now.
    package enum Condition: Hashable, Sendable {
        /// Anything.
        case well
        /// Nothing before this time.
        case aside(until: UnixTime)
        /// One thing, once: what becomes of it decides about all others.
        case onTrial
        /// Nothing for now, and whatever is to be asked of it has failed.
        case givenUp
    }

    /// So many URLs in a row without an answer, each with its retries, and the host is put aside. One or two may be the fault of
    /// URLs: a program of the server's that crashes, an address that nobody serves.
    package static let failuresInARow = 3
    /// A host is put aside so often, one time after the other, before it is given up.
    package static let maximumAsides = 3
    /// The first pause, in milliseconds: a server that restarts is back by then.
    package static let shortestPause: Int64 = 60_000
    /// The longest, in milliseconds. The pauses of 1, 8 and 60 minutes outlast a repair, and cost a dead host a handful of requests.
    package static let longestPause: Int64 = 3_600_000

    /// Failures in a row, as long as it has not been put aside for them.
    private var failures = 0
    /// How often it was put aside since its last answer.
    package private(set) var asides: Int
    private var restsUntil: UnixTime?
    private var isGivenUp = false

    /// - Parameter asides: how often it was put aside before, as far as that is known; it is on trial then.
    package init(asides: Int = 0) {
        self.asides = min(max(0, asides), Self.maximumAsides)
    }

    package func condition(at now: UnixTime) -> Condition {
        if let restsUntil, now < restsUntil { return isGivenUp ? .givenUp : .aside(until: restsUntil) }
        return asides > 0 ? .onTrial : .well
    }

    /// A URL has come to its end without an answer. What was under way when the host was put aside changes nothing.
    package mutating func noteFailure(at now: UnixTime) -> Condition {
        switch condition(at: now) {
        case .aside, .givenUp: break
        case .onTrial: putAside(at: now, notBefore: now)
        case .well:
            failures += 1
            if failures >= Self.failuresInARow { putAside(at: now, notBefore: now) }
        }
        return condition(at: now)
    }

    /// Nothing may be asked of it, as its robots.txt cannot be had (RFC 9309 section 2.3.1.4): that is no fault of one URL.
    ///
    /// - Parameter notBefore: when the file is to be asked for again at the earliest.
    package mutating func noteUnreachable(at now: UnixTime, notBefore: UnixTime) -> Condition {
        switch condition(at: now) {
        case .aside, .givenUp: break
        case .onTrial, .well: putAside(at: now, notBefore: notBefore)
        }
        return condition(at: now)
    }

    private mutating func putAside(at now: UnixTime, notBefore: UnixTime) {
        failures = 0
        isGivenUp = asides >= Self.maximumAsides
        let pause = isGivenUp ? Self.longestPause : min(Self.longestPause, Self.shortestPause << (3 * Int64(asides)))
        asides = min(asides + 1, Self.maximumAsides)
        restsUntil = max(now.advanced(byMilliseconds: pause), notBefore)
    }
}

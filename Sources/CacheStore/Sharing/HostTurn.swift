import CrawlPolicy
package import HTTPSemantics
import Synchronization

/// The right to send one request to a host. The last reference to it ends it like a request that came to its end just then.
package final class HostTurn: Sendable {
    private let ledger: HostLedger
    private let place: HostTable.Place
    /// The number of the start, for `withdraw`.
    private let start: UInt32
    private let policy: PolitenessPolicy
    private let isOver = Atomic(false)

    init(ledger: HostLedger, place: HostTable.Place, start: UInt32, policy: PolitenessPolicy) {
        self.ledger = ledger
        self.place = place
        self.start = start
        self.policy = policy
    }

    deinit {
        if end() { ledger.finish(place, policy: policy, holdUntil: nil, now: ledger.present) }
    }

    /// The response came to its end, or the request failed: the silence that the policy asks for begins. A second call does
    /// nothing.
    ///
    /// - Parameter holdUntil: the host asks to be left alone until then (`Retry-After`, RFC 9110 section 10.2.3), believed for up to
    ///   a day; nil: it does not.
    package func finish(holdUntil: UnixTime?, now: UnixTime) {
        if end() { ledger.finish(place, policy: policy, holdUntil: holdUntil, now: now) }
    }

    /// No request was made: no silence follows, and the rate does not count it unless somebody has started since.
    package func withdraw() {
        if end() { ledger.withdraw(place, start: start) }
    }

    private func end() -> Bool {
        !isOver.exchange(true, ordering: .acquiringAndReleasing)
    }
}

/// What became of asking for a turn at a host.
package enum TurnAttempt: Sendable {
    case granted(HostTurn)
    /// Not yet: ask again then; whoever does keeps its place in the line.
    case busy(lookAgain: UnixTime)
    /// The host has asked to be left alone until then (`Retry-After`).
    case resting(until: UnixTime)
}

/// What the processes of this machine have to do with a host at a moment.
package struct HostSituation: Hashable, Sendable {
    /// Requests in flight.
    package let activeRequests: Int
    /// The end of the silence after the last request with a wait; nil: there is none to keep.
    package let notBefore: UnixTime?
    /// Until when the host has asked to be left alone; nil: it has not.
    package let holdUntil: UnixTime?
    /// Counts the requests that have begun, round.
    package let starts: UInt32
}

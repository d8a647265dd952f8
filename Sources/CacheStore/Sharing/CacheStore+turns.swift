package import CrawlPolicy
package import HTTPSemantics

extension CacheStore {
    /// Asks for a turn at a host: all processes on this cache are one polite client to it, as `HostRecord` says. Costs less than a
    /// microsecond; waits, for a tenth of a second at most, only where a process was stopped in the middle of this very call.
    ///
    /// - Parameters:
    ///   - host: the authority in lower case; the same text for the same server in every process.
    ///   - policy: what this caller allows itself. `maximumConcurrent` is a bound of all processes' requests together, `.max` is none.
    package func takeTurn(at host: String, policy: PolitenessPolicy, now: UnixTime) -> TurnAttempt {
        sharing.ledger.take(host, policy: policy, now: now)
    }

    /// Leaves a host alone until then, for up to a day, in all processes. A longer rest that was asked for before stays.
    package func hold(_ host: String, until: UnixTime, now: UnixTime) {
        sharing.ledger.hold(host, until: until, now: now)
    }

    /// What goes on at a host; nil where nothing is known. Makes no file.
    package func situation(of host: String, now: UnixTime) -> HostSituation? {
        sharing.existingLedger?.situation(of: host, now: now)
    }
}

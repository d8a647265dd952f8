import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics
import Synchronization

/// What becomes of items whose hosts give no answers, or want to be left alone.
extension JobSource {
    /// Why an item is not asked for. Where the network failed it is that, and not that somebody would not have it.
    static func error(_ verdict: RobotsVerdict, host: String, now: UnixTime) -> FetchError {
        if case .access(.disallowAll(.failed(FetchError.Code.hostPutAside.rawValue, let until?))) = verdict.basis {
            return .hostPutAside(host, until: until, now: now)
        }
        if case .access(.disallowAll(.failed(let code, _))) = verdict.basis,
            let error = FetchError(networkCode: code, message: "its site's \(verdict.explanation)"),
            error.failureClass != .interrupted
        {
            return error
        }
        return FetchError(
            code: .robotsDisallowed, message: "robots.txt does not allow it: \(verdict.explanation)", failureClass: .refused)
    }

    /// Nobody knows what robots.txt says, so nothing may be asked (RFC 9309 section 2.3.1.4): what cannot be asked now is not refused
    /// for good.
    func waitForRobots(_ item: CrawlItem, _ verdict: RobotsVerdict, until: UnixTime, isWish: Bool) {
        guard let leased = item.lease else { return }
        let time = now()
        let error = Self.error(verdict, host: item.host, now: time)
        if isWish {
            let isNews = state.withLock { state in
                // It is there, where that was an answer.
                if case .access(.disallowAll(.answered)) = verdict.basis { state.noteAnswer(of: leased.host) }
                return state.hosts.noteWish(of: leased.host, until: until)
            }
            if isNews { tell(item.host, error.retryTime == nil ? verdict.explanation : Self.wish, until: until) }
            return putOff(item, until: until, counting: .none, error)
        }
        switch state.withLock({ $0.hosts.noteUnreachable(leased, error, until: until, now: time) }) {
        case .ends, .isKept: fail(item, error)
        case .isPutOff(let until, let isNews):
            if isNews { tell(item.host, verdict.explanation, until: until) }
            putOff(item, until: until, counting: .attempt, error)
        }
        putOffSuspects(of: leased.host, now: time)
    }

    /// What found no answer of a host before it was put aside waits as well.
    private func putOffSuspects(of host: FrontierHostID, now: UnixTime) {
        let (until, suspects) = state.withLock { state -> (UnixTime?, [HostGate.Loss]) in
            guard let rest = state.hosts.rest(of: host, now: now) else { return (nil, []) }
            return (rest.until, state.hosts.takeSuspects(of: host))
        }
        guard let until else { return }
        for suspect in suspects { putOff(suspect.item, until: until, counting: .attempt, suspect.error) }
    }

    func putOff(_ item: CrawlItem, until: UnixTime, counting: JobState.Counting, _ error: FetchError) {
        let result = item.result(error, outcome: error.failureClass == .refused ? .skipped : .error, now: now())
        state.withLock { $0.putOff(item, until: until, counting: counting, result) }
        noteCame.fire()
    }

    /// Ends an item whose host is given up.
    func fail(_ item: CrawlItem, _ error: FetchError) {
        if error.code == .robotsDisallowed { return refuse(item, error) }
        end(item, item.result(error, now: now()))
    }

    /// Ends an item that found no answer.
    func end(_ item: CrawlItem, _ result: CrawlResult) {
        ended(item, result, nil) { [journal] failure in
            if failure == nil { journal.add(.finished(result)) }
        }
    }

    private func tell(_ host: String, _ reason: String, until: UnixTime) {
        journal.add(.hostPutAside(host: host, reason: reason, until: until))
    }

    func retries(_ item: CrawlItem) -> Bool {
        guard let leased = item.lease else { return true }
        let time = now()
        return state.withLock { $0.hosts.retries(leased, now: time) }
    }

    func verdict(on item: CrawlItem, after error: FetchError) -> SilenceVerdict {
        guard let leased = item.lease, error.isOfHost else { return .ends }
        let time = now()
        switch state.withLock({ $0.noteFailure(of: item, error, now: time) }) {
        case .ends:
            putOffSuspects(of: leased.host, now: time)
            return .ends
        case .isKept:
            workCame.fire()
            return .isTakenBack
        case .isPutOff(let until, let isNews):
            if isNews { tell(item.host, error.message, until: until) }
            putOff(item, until: until, counting: .attempt, error)
            putOffSuspects(of: leased.host, now: time)
            return .isTakenBackWithItsHost
        }
    }

    func takesBack(_ item: CrawlItem) {
        guard let leased = item.lease else { return }
        let time = now()
        if let rest = state.withLock({ $0.hosts.rest(of: leased.host, now: time) }) {
            putOff(item, until: rest.until, counting: .rounds, rest.error)
        } else {
            // Two servers of one name and port, told apart by their schemes: it was the other one.
            state.withLock { $0.note(.giveBack(leased)) }
            noteCame.fire()
        }
    }

    /// Why a host is left alone that has named a time.
    private static let wish = "it asked for that"

    func takesBack(_ item: CrawlItem, until: UnixTime) -> Bool {
        guard let leased = item.lease else { return false }
        if state.withLock({ $0.hosts.noteWish(of: leased.host, until: until) }) { tell(item.host, Self.wish, until: until) }
        let time = now()
        putOff(item, until: until, counting: .none, .hostPutAside(item.host, until: until, now: time))
        return true
    }
}

import CacheStore
import CrawlPolicy
import HTTPCaching
package import HTTPSemantics
import HTTPTransport

/// One fetch of a thing, and one polite client of a host, on the whole machine.
extension CachingClient {
    /// Tries to get what a fetch needs, without waiting: a crawler does something else meanwhile.
    ///
    /// - Parameters:
    ///   - hasContent: whether the request carries content.
    ///   - crawlDelay: milliseconds that the host wants between two requests; the longer one of it and the configured pause holds.
    package func admit(_ pending: PendingFetch, hasContent: Bool = false, crawlDelay: Int64 = 0) -> Admission {
        var lease: Lease?
        var looksAgain = false
        if pending.isLeased(hasContent: hasContent) {
            guard case .taken(let taken) = store.tryLease(pending.mark) else { return .underWay }
            looksAgain = !pending.mark.isKnown
            if !looksAgain, store.hasChanged(since: pending.mark) {
                taken.release(hasChanged: false)
                return .outdated
            }
            lease = taken
        }
        switch tryTurn(at: pending.host, crawlDelay: crawlDelay) {
        case .granted(let turn): return .granted(FetchPermit(lease: lease, turn: turn, looksAgain: looksAgain))
        case .busy(let lookAgain):
            lease?.release(hasChanged: false)
            return .busy(lookAgain: lookAgain)
        case .resting(let until):
            lease?.release(hasChanged: false)
            return .resting(until: until)
        }
    }

    /// Waits until no other fetch of the key is under way.
    func lease(_ key: CacheKey) async throws(FetchError) -> (lease: Lease, hasWaited: Bool) {
        do throws(StoreError) {
            return try await store.lease(key, within: configuration.lockTimeout)
        } catch {
            if Task.isCancelled { throw .stopped }
            guard error.code == .busy else { throw FetchError(error) }
            throw .lockTimeout(key.url.authority, configuration.lockTimeout)
        }
    }

    /// Waits for the host's turn; nil where none is needed.
    func turn(at url: WebURL) async throws(FetchError) -> HostTurn? {
        guard let politeness = configuration.politeness else { return nil }
        let host = url.authority
        let end = ContinuousClock.now + configuration.lockTimeout
        while true {
            let pause: Int64
            switch tryTurn(at: host) {
            case .granted(let turn): return turn
            case .busy(let lookAgain):
                pause = lookAgain.milliseconds(since: now())
                guard ContinuousClock.now < end else {
                    throw .hostBusy(host, configuration.lockTimeout)
                }
            case .resting(let until):
                pause = until.milliseconds(since: now())
                guard pause <= politeness.maximumHoldMilliseconds, .milliseconds(pause) <= end - ContinuousClock.now else {
                    throw .hostPutAside(host, until: until, now: now())
                }
            }
            // In parts: a process that dies gives its turn back early.
            do { try await Task.sleep(for: .milliseconds(min(max(1, pause), 100))) } catch { throw .stopped }
        }
    }

    private enum Turn {
        case granted(HostTurn?)
        case busy(lookAgain: UnixTime)
        case resting(until: UnixTime)
    }

    private func tryTurn(at host: String, crawlDelay: Int64 = 0) -> Turn {
        guard var politeness = configuration.politeness else { return .granted(nil) }
        if crawlDelay > politeness.waitMilliseconds {
            politeness.waitMilliseconds = crawlDelay
            politeness.maximumConcurrent = 1
        }
        switch store.takeTurn(at: host, policy: politeness, now: now()) {
        case .granted(let turn): return .granted(turn)
        case .busy(let lookAgain): return .busy(lookAgain: lookAgain)
        case .resting(let until): return .resting(until: until)
        }
    }

    /// Keeps the host from being asked for as long as its answer says; every process sees it.
    func obey(_ response: ResponseHead, from url: WebURL) {
        guard configuration.politeness != nil, let until = holdUntil(response) else { return }
        store.hold(url.authority, until: until, now: now())
    }

    /// Until when a server wants to be left alone: by `Retry-After` (RFC 9110 section 10.2.3), or for a moment after 429, which
    /// speaks of this client's requests in general (RFC 6585 section 4).
    private func holdUntil(_ response: ResponseHead) -> UnixTime? {
        guard [408, 429, 503].contains(response.status) else { return nil }
        let time = now()
        if let until = response.fields.first(.retryAfter).flatMap({ RetryAfter.parse($0, now: time) }) { return until }
        return response.status == 429 ? time.advanced(byMilliseconds: Self.pauseAfterTooMany) : nil
    }

    /// How long a host is left alone after a 429 that names no time, in milliseconds.
    private static let pauseAfterTooMany: Int64 = 1_000
}

extension PendingFetch {
    /// Whether its answer can serve others who ask for the same thing, so that one fetch at a time is enough.
    func isLeased(hasContent: Bool) -> Bool {
        request.method == .get && !hasContent
    }
}

extension FetchError {
    /// Another fetch of the same thing has been under way for as long as is waited.
    package static func lockTimeout(_ host: String, _ limit: Duration) -> FetchError {
        FetchError(
            code: .lockTimeout,
            message: "another process has been fetching this from \(host) for more than \(limit.shown); try again, or wait longer "
                + "with --lock-timeout",
            failureClass: .lockTimeout)
    }

    /// Others have kept a host busy for as long as is waited.
    package static func hostBusy(_ host: String, _ limit: Duration) -> FetchError {
        FetchError(
            code: .hostBusy,
            message: "other processes have been keeping \(host) as busy as it may be for more than \(limit.shown); try again, or "
                + "wait longer with --lock-timeout",
            failureClass: .lockTimeout)
    }

    /// A host that wants to be left alone for longer than is waited.
    package static func hostPutAside(_ host: String, until: UnixTime, now: UnixTime) -> FetchError {
        let seconds = (until.milliseconds(since: now) + 999) / 1000
        var error = FetchError(
            code: .hostPutAside,
            message: "\(host) asked to be left alone for another \(seconds) s, longer than is waited; ask again then",
            failureClass: .refused)
        error.retryTime = until
        return error
    }
}

extension Duration {
    /// For people: whole seconds, or milliseconds below one.
    fileprivate var shown: String {
        let (seconds, attoseconds) = components
        return seconds > 0 ? "\(seconds) s" : "\(attoseconds / 1_000_000_000_000_000) ms"
    }
}

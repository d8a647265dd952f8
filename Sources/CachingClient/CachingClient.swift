package import CacheStore
import HTTPCaching
package import HTTPSemantics
package import HTTPTransport

/// Answers requests from the cache where the rules allow it, and from the network where they do not: the only place where the two
/// meet. One instance serves any number of concurrent fetches.
///
/// `fetch` is the whole way in one call. A crawler takes it in two steps: `prepare` asks the store for many requests at once, so
/// that what is fresh costs neither a permit nor a wait; `perform` then asks the network when the host's turn has come.
package final class CachingClient: Sendable {
    package let store: CacheStore
    package let configuration: ClientConfiguration
    let transport: any Transport
    let now: @Sendable () -> UnixTime
    let encoder = BodyEncoder()
    let limiter: BandwidthLimiter?
    let coalescer = RequestCoalescer()

    /// - Parameter now: the clock that ages and elapsed times are taken from.
    package init(
        store: CacheStore,
        transport: any Transport,
        configuration: ClientConfiguration = ClientConfiguration(),
        now: @escaping @Sendable () -> UnixTime
    ) {
        self.store = store
        self.transport = transport
        self.configuration = configuration
        self.now = now
        self.limiter = configuration.bytesPerSecond.map { BandwidthLimiter(bytesPerSecond: $0, now: now) }
    }

    /// Looks into the store for each request, in one read for all of them.
    ///
    /// - Returns: one result for each request, in order.
    package func prepare(_ requests: [RequestHead]) async throws(FetchError) -> [PreparedFetch] {
        let found: [[StoredEntry]]
        do {
            found = try await store.lookup(requests.map { CacheKey(method: Self.keyMethod(of: $0), url: $0.url) })
        } catch {
            throw FetchError(error)
        }
        let time = now()
        let prepared = zip(requests, found).map { prepare($0, stored: $1, time: time) }
        let served = prepared.compactMap { prepared -> FetchOutcome? in
            if case .served(let outcome) = prepared { outcome } else { nil }
        }
        if !served.isEmpty {
            store.touch(served.compactMap(\.entry), at: time)
            account(for: served)
        }
        return prepared
    }

    private func prepare(_ request: RequestHead, stored: [StoredEntry], time: UnixTime) -> PreparedFetch {
        var exchange = CacheExchange(request: request, options: configuration.reuse, kind: configuration.kind)
        let forwarded: RequestHead
        let reason: ReuseReason
        switch exchange.lookedUp(stored.map(\.response), now: time) {
        case .serve(let index, let age, let isStale, let reason):
            return .served(
                FetchOutcome(
                    serving: stored[index], to: request, as: isStale ? .stale : .hit, reason: reason.name, age: age))
        case .unsatisfiable(let reason):
            return .served(FetchOutcome(url: request.url, outcome: .offlineMiss, reason: reason.name))
        case .forward(let request, let why):
            (forwarded, reason) = (request, why)
        }
        return .pending(
            PendingFetch(
                request: request, key: CacheKey(method: Self.keyMethod(of: request), url: request.url), exchange: exchange,
                stored: stored, forwarded: forwarded, reason: reason, startTime: time))
    }

    /// Answers one request: one hop, redirects not followed.
    ///
    /// - Parameters:
    ///   - content: the request's content; nil for none.
    ///   - timeLeft: how long the exchange with the origin may take; nil leaves that to the transport.
    ///   - deliver: receives the answer, from wherever it comes; nil where only the cache wants it.
    package func fetch(
        _ request: RequestHead, content: [UInt8]? = nil, timeLeft: Duration? = nil, deliver: BodyConsumer? = nil
    ) async throws(FetchError) -> FetchOutcome {
        switch try await prepare([request]).first {
        case .served(let outcome)?:
            try await deliverStored(outcome, to: deliver)
            return outcome
        case .pending(let pending)?:
            return try await perform(pending, content: content, timeLeft: timeLeft, lookAgain: true, deliver: deliver)
        case nil:
            throw FetchError(code: .cacheFailed, message: "the cache gave no answer for a request", failureClass: .generic)
        }
    }

    /// Asks the network for what `prepare` found pending, and stores the answer as the rules say.
    ///
    /// One fetch of a key is under way at a time; whoever had to wait looks into the store again.
    ///
    /// - Parameters:
    ///   - timeLeft: as for `fetch`.
    ///   - lookAgain: whether the store may have changed since `prepare` through another fetch of this key.
    package func perform(
        _ pending: PendingFetch, content: [UInt8]? = nil, timeLeft: Duration? = nil, lookAgain: Bool = false,
        deliver: BodyConsumer? = nil
    ) async throws(FetchError) -> FetchOutcome {
        guard pending.request.method == .get, content == nil else {
            return try await forward(pending, content: content, timeLeft: timeLeft, deliver: deliver)
        }
        let key = pending.key
        let waited = try await coalescer.lead(key)
        var commit: CommitHandle?
        defer {
            if let commit {
                commit.whenDone { [coalescer] _ in coalescer.release(key) }
            } else {
                coalescer.release(key)
            }
        }
        var pending = pending
        if waited || lookAgain {
            switch try await prepare([pending.request]).first {
            case .served(let outcome)?:
                try await deliverStored(outcome, to: deliver)
                return outcome
            case .pending(let fresher)?: pending = fresher
            case nil: break
            }
        }
        let outcome = try await forward(pending, content: nil, timeLeft: timeLeft, deliver: deliver)
        commit = outcome.commit
        return outcome
    }

    /// What is left of the time for one URL once some of it is spent; nil where it has no limit.
    package func timeLeft(spent milliseconds: Int64) -> Duration? {
        configuration.maximumTime.map { max(.milliseconds(1), $0 - .milliseconds(milliseconds)) }
    }

    /// HEAD is answered from what GET stored (RFC 9111 section 4); other methods have keys of their own, under which nothing lies.
    private static func keyMethod(of request: RequestHead) -> HTTPMethod {
        request.method == .head ? .get : request.method
    }
}

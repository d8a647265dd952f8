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
    let flights = FlightTable()
    let invalidations = InvalidationLog()

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
            found = try await store.lookup(requests.map(StoragePolicy.key))
        } catch {
            throw FetchError(error)
        }
        let time = now()
        let prepared = zip(requests, found).map { prepare($0, stored: $1, time: time) }
        let served = prepared.compactMap { prepared -> FetchOutcome? in
            switch prepared {
            case .served(let outcome), .servedStale(let outcome, _): outcome
            case .pending: nil
            }
        }
        if !served.isEmpty {
            store.touch(served.compactMap(\.entry), at: time)
            account(for: served)
        }
        return prepared
    }

    private func prepare(_ request: RequestHead, stored: [StoredEntry], time: UnixTime) -> PreparedFetch {
        var exchange = CacheExchange(request: request, options: configuration.reuse, kind: configuration.kind)
        switch exchange.lookedUp(stored.map(\.response), length: { stored[$0].body.wireBytes }, now: time) {
        case .serve(let serving):
            return .served(serve(serving, stored[serving.index], request))
        case .serveAndRevalidate(let serving, let forwarded):
            let validation = PendingFetch(
                request: request, key: StoragePolicy.key(request: request), exchange: exchange, stored: stored,
                forwarded: forwarded,
                reason: serving.reason, startTime: time)
            // Somebody must be there to carry the validation out after the answer.
            guard configuration.revalidatesInBackground else { return .pending(validation) }
            return .servedStale(serve(serving, stored[serving.index], request), validation)
        case .unsatisfiable(let reason):
            return .served(FetchOutcome(url: request.url, outcome: .offlineMiss, reason: reason.name))
        case .forward(let forwarded, let reason):
            return .pending(
                PendingFetch(
                    request: request, key: StoragePolicy.key(request: request), exchange: exchange, stored: stored,
                    forwarded: forwarded,
                    reason: reason, startTime: time))
        }
    }

    func serve(_ serving: Serving, _ entry: StoredEntry, _ request: RequestHead) -> FetchOutcome {
        FetchOutcome(
            serving, from: entry, to: request, as: serving.isStale ? .stale : .hit,
            status: CacheStatus(
                hit: serving.reason, age: serving.age, lifetime: entry.response.freshness[configuration.kind].lifetime))
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
        case .served(let outcome)?, .servedStale(let outcome, _)?:
            try await deliverStored(outcome, to: deliver)
            return outcome
        case .pending(let pending)?:
            return try await perform(
                pending,
                FetchParameters(bytes: content, timeLeft: timeLeft, deliver: deliver), lookAgain: true)
        case nil:
            throw .noAnswer
        }
    }

    /// Asks the network for what `prepare` found pending, and stores the answer as the rules say.
    ///
    /// One fetch of a key is under way at a time; whoever had to wait looks into the store again.
    ///
    /// - Parameters:
    ///   - coalesces: whether it waits for its turn among the fetches of its key.
    ///   - lookAgain: whether the store may have changed since `prepare` through another fetch of this key.
    package func perform(
        _ pending: PendingFetch, _ parameters: FetchParameters = FetchParameters(), coalesces: Bool = true, lookAgain: Bool = false
    ) async throws(FetchError) -> FetchOutcome {
        guard pending.request.method == .get, parameters.content == nil else { return try await forward(pending, parameters) }
        let key = pending.key
        let waited = coalesces ? try await coalescer.lead(key) : false
        var commit: CommitHandle?
        defer {
            if coalesces, let commit {
                commit.whenDone { [coalescer] _ in coalescer.release(key) }
            } else if coalesces {
                coalescer.release(key)
            }
        }
        var pending = pending
        if waited || lookAgain {
            switch try await prepare([pending.request]).first {
            case .served(let outcome)?:
                try await deliverStored(outcome, to: parameters.deliver)
                return outcome
            case .pending(let fresher)?, .servedStale(_, let fresher)?: pending = fresher
            case nil: break
            }
        }
        let outcome = try await forward(pending, parameters)
        commit = outcome.commit
        return outcome
    }

    /// What is left of the time for one URL once some of it is spent; nil where it has no limit.
    package func timeLeft(spent milliseconds: Int64) -> Duration? {
        configuration.maximumTime.map { max(.milliseconds(1), $0 - .milliseconds(milliseconds)) }
    }

}

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
    let encoder: BodyEncoder
    let limiter: BandwidthLimiter?
    let flights: FlightTable
    let invalidations: InvalidationLog

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
        encoder = BodyEncoder()
        limiter = configuration.bytesPerSecond.map { BandwidthLimiter(bytesPerSecond: $0, now: now) }
        flights = FlightTable()
        invalidations = InvalidationLog()
    }

    private init(sharing other: CachingClient, configuration: ClientConfiguration) {
        store = other.store
        transport = other.transport
        self.configuration = configuration
        now = other.now
        encoder = other.encoder
        limiter = other.limiter
        flights = other.flights
        invalidations = other.invalidations
    }

    /// The same client for requests that want something else of it: its fetches and those of this one wait for each other and share
    /// one bandwidth. `bytesPerSecond` of the new configuration counts for nothing.
    package func configured(_ configuration: ClientConfiguration) -> CachingClient {
        CachingClient(sharing: self, configuration: configuration)
    }

    /// Looks into the store for each request, in one read for all of them.
    ///
    /// - Returns: one result for each request, in order.
    package func prepare(_ requests: [RequestHead]) async throws(FetchError) -> [PreparedFetch] {
        let keys = requests.map(StoragePolicy.key)
        let marks = keys.map(store.changeMark)
        let found: [[StoredEntry]]
        do {
            found = try await store.lookup(keys, marks: marks)
        } catch {
            throw FetchError(error)
        }
        let time = now()
        let prepared = requests.indices.map { index in
            prepare(requests[index], key: keys[index], stored: found[index], time: time, mark: marks[index])
        }
        note(prepared, at: time)
        return prepared
    }

    /// Notes what the store has answered: which entries are in use, and what was saved.
    private func note(_ prepared: [PreparedFetch], at time: UnixTime) {
        var used: [StoredEntry] = []
        var activity = ActivitySums()
        for prepared in prepared {
            switch prepared {
            case .served(let answer), .servedStale(let answer, _):
                used.append(answer.entry)
                activity.add(answer.cacheOutcome, savedBytes: answer.whole?.bodyBytes ?? answer.makeOutcome().bodyBytes)
            case .unsatisfiable(let outcome): activity.add(outcome.outcome, savedBytes: 0)
            case .pending: break
            }
        }
        store.touch(used, at: time)
        for sum in activity.sums { store.record(sum) }
    }

    private func prepare(
        _ request: RequestHead, key: CacheKey, stored: [StoredEntry], time: UnixTime, mark: ChangeMark
    ) -> PreparedFetch {
        var exchange = CacheExchange(request: request, options: configuration.reuse, kind: configuration.kind)
        switch exchange.lookedUp(stored.map(\.response), length: { stored[$0].body.wireBytes }, now: time) {
        case .serve(let serving):
            return .served(serve(serving, stored[serving.index], request))
        case .serveAndRevalidate(let serving, let forwarded):
            let validation = PendingFetch(
                request: request, key: key, exchange: exchange, stored: stored, forwarded: forwarded, reason: serving.reason,
                startTime: time, mark: mark)
            // Somebody must be there to carry the validation out after the answer.
            guard configuration.revalidatesInBackground else { return .pending(validation) }
            return .servedStale(serve(serving, stored[serving.index], request), validation)
        case .unsatisfiable(let reason):
            return .unsatisfiable(FetchOutcome(url: request.url, outcome: .offlineMiss, reason: reason.name))
        case .forward(let forwarded, let reason):
            return .pending(
                PendingFetch(
                    request: request, key: key, exchange: exchange, stored: stored, forwarded: forwarded, reason: reason,
                    startTime: time, mark: mark))
        }
    }

    func serve(_ serving: Serving, _ entry: StoredEntry, _ request: RequestHead) -> StoredAnswer {
        StoredAnswer(serving, from: entry, to: request, kind: configuration.kind)
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
        case .served(let answer)?, .servedStale(let answer, _)?:
            let parameters = FetchParameters(bytes: content, timeLeft: timeLeft, deliver: deliver)
            return try await deliverStored(answer.makeOutcome(), to: request, parameters)
        case .unsatisfiable(let outcome)?: return outcome
        case .pending(let pending)?:
            return try await perform(pending, FetchParameters(bytes: content, timeLeft: timeLeft, deliver: deliver))
        case nil:
            throw .noAnswer
        }
    }

    /// Asks the network for what `prepare` found pending, and stores the answer as the rules say.
    ///
    /// One fetch of a key is under way at a time on the whole machine: whoever has to wait looks into the store again. Waits
    /// without `FetchParameters.permit` for no longer than `ClientConfiguration.lockTimeout`.
    package func perform(
        _ pending: PendingFetch, _ parameters: FetchParameters = FetchParameters()
    ) async throws(FetchError) -> FetchOutcome {
        try await perform(pending, parameters, isAlone: false)
    }

    /// - Parameters:
    ///   - isAlone: whether the answer is for this request only, so that it waits for no other.
    ///   - lookAgain: whether the store may have changed since `prepare` through another fetch of this key in this process.
    func perform(
        _ pending: PendingFetch, _ parameters: FetchParameters, isAlone: Bool, lookAgain: Bool = false
    ) async throws(FetchError) -> FetchOutcome {
        guard parameters.permit != nil || !isAlone && pending.isLeased(hasContent: parameters.content != nil) else {
            return noting(try await forward(pending, parameters), of: pending)
        }
        var pending = pending
        var parameters = parameters
        let permit: FetchPermit
        if let given = parameters.permit { permit = given } else { permit = try await self.permit(for: pending, lookAgain) }
        parameters.permit = permit
        let lease = permit.lease
        do throws(FetchError) {
            if permit.looksAgain {
                switch try await prepare([pending.request]).first {
                case .served(let answer)?:
                    permit.turn?.withdraw()
                    lease?.release(hasChanged: false)
                    return try await deliverStored(answer.makeOutcome(), to: pending.request, parameters)
                case .unsatisfiable(let outcome)?:
                    permit.turn?.withdraw()
                    lease?.release(hasChanged: false)
                    return outcome
                case .pending(let fresher)?, .servedStale(_, let fresher)?: pending = fresher
                case nil: break
                }
            }
            let outcome = try await forward(pending, parameters)
            guard let lease else { return noting(outcome, of: pending) }
            if let commit = outcome.commit {
                // Whoever is next must find it.
                commit.whenDone { lease.release(hasChanged: $0.isSuccess) }
            } else {
                lease.release(hasChanged: false)
            }
            return outcome
        } catch {
            lease?.release(hasChanged: false)
            throw error
        }
    }

    /// Waits for the lease of a fetch; its turn is taken when it is sent.
    private func permit(for pending: PendingFetch, _ lookAgain: Bool) async throws(FetchError) -> FetchPermit {
        let (lease, hasWaited) = try await lease(pending.key)
        let mayHaveChanged = hasWaited || lookAgain || store.hasChanged(since: pending.mark)
        return FetchPermit(lease: lease, turn: nil, looksAgain: mayHaveChanged)
    }

    /// Has others look again once what was stored without a lease is there.
    private func noting(_ outcome: FetchOutcome, of pending: PendingFetch) -> FetchOutcome {
        outcome.commit?.whenDone { [store] result in
            if result.isSuccess { store.noteChange(of: pending.key) }
        }
        return outcome
    }

    /// What is left of the time for one URL once some of it is spent; nil where it has no limit.
    package func timeLeft(spent milliseconds: Int64) -> Duration? {
        configuration.maximumTime.map { max(.milliseconds(1), $0 - .milliseconds(milliseconds)) }
    }
}

extension Result where Success == Void {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}

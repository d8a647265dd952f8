import CacheStore
import HTTPCaching
import HTTPSemantics
import HTTPTransport

/// Answers from the origin, as flights that one client or several read.
extension CachingClient {
    /// Joins the fetch of the same thing that is under way, or begins one that others may join. Nil where its answer is not for
    /// this request: this one must then be forwarded by itself.
    func join(
        _ pending: PendingFetch, lookAgain: Bool, interim: (@Sendable (ResponseHead) -> Void)?, on executor: (any TaskExecutor)?
    ) async throws(FetchError) -> Answer? {
        let (flight, reader, isNew) = flights.join(pending.key)
        let stream = stream(of: flight, reader: reader, key: pending.key)
        if isNew { start(flight, pending, lookAgain: lookAgain, interim: interim, on: executor) }
        var preamble = try await flight.preamble(for: reader)
        if !isNew {
            guard let stored = preamble.stored, mayAnswer(stored, pending.request) else { return nil }
            preamble.status.isCollapsed = true
        }
        return answer(preamble, body: .stream(stream), to: pending.request)
    }

    /// Fetches in the background what was served stale (RFC 5861 section 3), unless that is under way. It asks for all of it, whatever
    /// part or condition the client had in mind.
    func revalidate(_ pending: PendingFetch, on executor: (any TaskExecutor)?) {
        guard let flight = flights.begin(pending.key) else { return }
        var plain = pending.request
        plain.method = .get
        plain.fields.removeAll { line in RequestHead.selectiveNames.contains { line.isNamed($0) } }
        flight.start(on: executor) { [self, plain] deliver async throws(FetchError) in
            defer { flights.remove(flight, of: pending.key) }
            switch try await prepare([plain]).first {
            case .servedStale(_, let validation)?, .pending(let validation)?:
                let outcome = try await perform(validation, flightParameters(deliver: deliver))
                try? await outcome.commit?.value
                return outcome
            case .served(let answer)?:
                let outcome = answer.makeOutcome()
                try await deliverStored(outcome, to: deliver)
                return outcome
            case .unsatisfiable(let outcome)?: return outcome
            case nil: throw .noAnswer
            }
        }
    }

    private func start(
        _ flight: Flight, _ pending: PendingFetch, lookAgain: Bool, interim: (@Sendable (ResponseHead) -> Void)?,
        on executor: (any TaskExecutor)?
    ) {
        flight.start(on: executor) { [self] deliver async throws(FetchError) in
            defer { flights.remove(flight, of: pending.key) }
            let parameters = flightParameters(interim: interim) { [self] event in
                // What is not stored is for one client only: those who come from now on need not wait for it.
                if case .head(let preamble) = event, preamble.stored == nil { flights.remove(flight, of: pending.key) }
                try await deliver(event)
            }
            do throws(FetchError) {
                let outcome = try await perform(pending, parameters, isAlone: false, lookAgain: lookAgain)
                try? await outcome.commit?.value
                return outcome
            } catch {
                guard error.code == .lockTimeout else { throw error }
                // A client waits no longer for what another process is fetching; that one stores it.
                return try await pass(pending.request, parameters, reason: FetchError.Code.lockTimeout.rawValue)
            }
        }
    }

    private func flightParameters(
        interim: (@Sendable (ResponseHead) -> Void)? = nil, deliver: @escaping BodyConsumer
    ) -> FetchParameters {
        var parameters = FetchParameters(deliver: deliver, interim: interim)
        parameters.outlivesStore = true
        return parameters
    }

    /// Whether what a flight brings may answer a request that joined it (RFC 9111 section 4: it must be allowed to reuse it).
    private func mayAnswer(_ stored: StoredResponse, _ request: RequestHead) -> Bool {
        var exchange = CacheExchange(request: request, options: configuration.reuse, kind: configuration.kind)
        guard case .serve(let serving) = exchange.lookedUp([stored], now: now()) else { return false }
        return serving.form == .whole
    }

    /// Asks the origin and stores nothing.
    ///
    /// - Parameter reason: why the store is passed by; the default is that it has failed.
    func answerPastStore(
        _ request: RequestHead, content: RequestContent?, interim: (@Sendable (ResponseHead) -> Void)?,
        on executor: (any TaskExecutor)?, reason: String = "cache_failed"
    ) async throws(FetchError) -> Answer {
        try await fly(request, on: executor) { [self] deliver async throws(FetchError) in
            try await pass(request, FetchParameters(content: content, deliver: deliver, interim: interim), reason: reason)
        }
    }

    /// Runs a fetch for one client.
    func fly(
        _ request: RequestHead, on executor: (any TaskExecutor)?,
        _ fetch: @escaping @Sendable (@escaping BodyConsumer) async throws(FetchError) -> FetchOutcome
    ) async throws(FetchError) -> Answer {
        let flight = Flight(isShared: false)
        guard let reader = flight.join() else { throw .stopped }
        let stream = stream(of: flight, reader: reader, key: nil)
        flight.start(on: executor, fetch)
        return answer(try await flight.preamble(for: reader), body: .stream(stream), to: request)
    }

    func stream(of flight: Flight, reader: Int, key: CacheKey?) -> FlightStream {
        FlightStream(flight: flight, reader: reader) { [store] outcome, offset async throws(FetchError) in
            guard let key, let digest = outcome.digest else { throw .fellBehind }
            let found: [[StoredEntry]]
            do throws(StoreError) { found = try await store.lookup([key]) } catch { throw FetchError(error) }
            guard let body = found.first?.first(where: { $0.body.digest == digest })?.body else { throw .fellBehind }
            return try StoredStream(
                .pieces([.stored(offset: offset, length: body.wireBytes - offset)]), of: body, in: store, onFailure: { _ in })
        }
    }

    func answer(_ preamble: AnswerPreamble, body: AnswerBody, to request: RequestHead) -> Answer {
        var head = preamble.head
        preamble.status.append(to: &head.fields)
        let hasContent = request.method != .head && head.status != 304 && head.status != 204
        return Answer(head: head, body: hasContent ? body : .none, outcome: preamble.outcome, reason: preamble.reason)
    }
}

extension RequestHead {
    /// Fields that ask for less than all, or on a condition.
    fileprivate static let selectiveNames = [
        "Range", "If-Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since",
    ]

    /// Whether the answer may be the same for all who ask: a plain GET, without a range, conditions of the client's and a password.
    var isShareable: Bool {
        method == .get
            && !fields.lines.contains { line in
                line.isNamed(.authorization) || Self.selectiveNames.contains { line.isNamed($0) }
            }
    }
}

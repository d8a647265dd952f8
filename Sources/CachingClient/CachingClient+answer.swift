import CacheStore
import HTTPCaching
package import HTTPSemantics
package import HTTPTransport

/// Answers for a server: ready to be sent, streamed as they come, one fetch for all who ask for the same thing at the same time.
extension CachingClient {
    /// The longest content that is kept in memory for the next request, in bytes.
    static let maximumRememberedBytes: Int64 = 256 * 1024

    /// The plainest of all answers, on the calling thread: a whole response that lies in memory and is fresh, to a GET that asks
    /// for no more. Nil: ask `answerAtOnce`.
    package func hitAtOnce(for request: RequestHead) -> MemoryHit? {
        guard request.method == .get, request.target == nil,
            let remembered = store.remembered(StoragePolicy.key(request: request))
        else { return nil }
        var exchange = CacheExchange(request: request, options: configuration.reuse, kind: configuration.kind)
        let time = now()
        let plan = exchange.lookedUp(
            remembered.entries.map(\.response), length: { remembered.entries[$0].body.wireBytes }, now: time)
        guard case .serve(let serving) = plan, serving.form == .whole, serving.reason == .fresh else { return nil }
        let entry = remembered.entries[serving.index]
        guard entry.response.head.status == 200, let content = remembered.content(of: entry.id) else { return nil }
        store.touch([entry.id], at: time)
        var delta = ActivityDelta(outcome: CacheOutcome.hit.rawValue, requests: 1)
        delta.savedBytes = Int64(content.bytes.count)
        store.record(delta)
        return MemoryHit(
            head: entry.response.head, content: content, age: serving.age,
            timeToLive: entry.response.freshness[configuration.kind].lifetime - serving.age)
    }

    /// Answers at once, on the calling thread, what lies in memory and is fresh; nil: ask `answer`.
    package func answerAtOnce(to request: RequestHead) -> Answer? {
        guard request.method == .get || request.method == .head, request.target == nil else { return nil }
        guard let remembered = store.remembered(StoragePolicy.key(request: request)) else { return nil }
        var exchange = CacheExchange(request: request, options: configuration.reuse, kind: configuration.kind)
        let time = now()
        let plan = exchange.lookedUp(
            remembered.entries.map(\.response), length: { remembered.entries[$0].body.wireBytes }, now: time)
        guard case .serve(let serving) = plan else { return nil }
        let entry = remembered.entries[serving.index]
        let outcome = serve(serving, entry, request)
        guard let preamble = outcome.servedPreamble,
            let body = body(of: outcome, remembered: remembered.content(of: entry.id))
        else { return nil }
        store.touch([entry.id], at: time)
        account(for: [outcome])
        return answer(preamble, body: body, to: request)
    }

    /// Answers a request, from the store or from the origin.
    ///
    /// Plain GET requests for one key that come together cause one fetch: the later ones read its answer while it arrives, as far
    /// as the rules let them have it. Where the cache fails, the origin answers, and nothing is stored.
    ///
    /// - Parameters:
    ///   - content: the request's content; nil for none.
    ///   - interim: told of informational responses while the origin is asked.
    ///   - executor: where the fetch runs; best that of the event loop that the client's connection is on.
    package func answer(
        to request: RequestHead, content: RequestContent? = nil, interim: (@Sendable (ResponseHead) -> Void)? = nil,
        on executor: (any TaskExecutor)? = nil
    ) async throws(FetchError) -> Answer {
        if request.target != nil {
            // The target is sent as the client wrote it, and what the origin makes of that must not answer others who ask for the
            // URL in its normal form: it may have taken `/a/../b` for something else.
            return try await answerPastStore(request, content: content, interim: interim, on: executor, reason: "other_spelling")
        }
        if content != nil, request.method == .get || request.method == .head {
            // Content of a GET has no meaning that a cache knows (RFC 9110 section 9.3.1): the answer may depend on it.
            return try await answerPastStore(request, content: content, interim: interim, on: executor, reason: "request_content")
        }
        return try await answer(to: request, content, interim, on: executor, joins: content == nil && request.isShareable)
    }

    /// - Parameters:
    ///   - joins: whether a fetch of the same thing that is under way may answer.
    ///   - waits: whether to wait for one that is complete, but not yet in the store.
    private func answer(
        to request: RequestHead, _ content: RequestContent?, _ interim: (@Sendable (ResponseHead) -> Void)?,
        on executor: (any TaskExecutor)?, joins: Bool, waits: Bool = true
    ) async throws(FetchError) -> Answer {
        let mark = flights.mark
        let prepared: PreparedFetch
        do throws(FetchError) {
            guard let first = try await prepare([request]).first else { throw .noAnswer }
            prepared = first
        } catch {
            guard error.isOfStore else { throw error }
            return try await answerPastStore(request, content: content, interim: interim, on: executor)
        }
        switch prepared {
        case .served(let outcome):
            if let answer = try await answer(fromStore: outcome, to: request) { return answer }
            // What was found is damaged or gone; the origin answers in its place.
            return try await answerPastStore(request, content: content, interim: interim, on: executor)
        case .servedStale(let outcome, let revalidation):
            revalidate(revalidation, on: executor)
            if let answer = try await answer(fromStore: outcome, to: request) { return answer }
            return try await answerPastStore(request, content: content, interim: interim, on: executor)
        case .pending(let pending):
            if waits, let flight = flights.ended(pending.key) {
                // Its content is complete, and on its way into the store: there it will be found.
                await flight.isCommitted(within: Self.patience)
                return try await answer(to: request, content, interim, on: executor, joins: joins, waits: false)
            }
            if waits, flights.hasDeparted(pending.key, since: mark) {
                return try await answer(to: request, content, interim, on: executor, joins: joins, waits: false)
            }
            if joins {
                let lookAgain = flights.hasDeparted(pending.key, since: mark)
                if let answer = try await join(pending, lookAgain: lookAgain, interim: interim, on: executor) { return answer }
                // The fetch that it waited for may have left something to validate.
                return try await answer(to: request, content, interim, on: executor, joins: false, waits: false)
            }
            return try await fly(request, on: executor) { [self] deliver async throws(FetchError) in
                var parameters = FetchParameters(content: content, deliver: deliver, interim: interim)
                parameters.awaitsCommit = true
                parameters.outlivesStore = true
                return try await perform(pending, parameters, coalesces: false)
            }
        }
    }

    // MARK: From the store

    /// Nil where the stored content turned out to be damaged or gone before anything of it was sent.
    private func answer(fromStore outcome: FetchOutcome, to request: RequestHead) async throws(FetchError) -> Answer? {
        guard let preamble = outcome.servedPreamble else { throw .unsatisfiable(reason: outcome.reason) }
        guard outcome.content != .none, let stored = outcome.body else { return answer(preamble, body: .none, to: request) }
        do throws(FetchError) {
            if stored.wireBytes <= Self.maximumRememberedBytes, let body = try await remember(outcome, request) {
                return answer(preamble, body: body, to: request)
            }
            let stream = try StoredStream(outcome.content, of: stored, in: store) { [self] in drop(outcome, after: $0) }
            return answer(preamble, body: .stream(stream), to: request)
        } catch {
            guard error.isOfStore else { throw error }
            drop(outcome, after: error)
            return nil
        }
    }

    /// Reads content whole, checks it, and keeps it in memory for the next request. Nil where there is no memory tier.
    private func remember(_ outcome: FetchOutcome, _ request: RequestHead) async throws(FetchError) -> AnswerBody? {
        guard let stored = outcome.body, let entry = outcome.entry else { return nil }
        let key = StoragePolicy.key(request: request)
        let version = store.dataVersion()
        let entries: [StoredEntry]
        do { entries = try await store.lookup([key]).first ?? [] } catch { throw FetchError(error) }
        guard let known = store.remember(key, entries, asOf: version) else { return nil }
        if let content = known.content(of: entry) { return body(of: outcome, remembered: content) }
        let reader = try WireBodyReader(stored, in: store)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(stored.wireBytes))
        while let chunk = try await reader.next() { bytes += chunk }
        let content = store.remember(key, entries, content: [(entry, bytes)], asOf: version)?.content(of: entry)
        return body(of: outcome, remembered: content) ?? selection(outcome.content, of: bytes).map(AnswerBody.bytes)
    }

    /// What is sent of remembered content; nil where it is not remembered and there is some to send.
    private func body(of outcome: FetchOutcome, remembered: RememberedContent?) -> AnswerBody? {
        switch outcome.content {
        case .none: AnswerBody.none
        case .whole: remembered.map(AnswerBody.remembered)
        case .pieces: remembered.flatMap { selection(outcome.content, of: $0.bytes) }.map(AnswerBody.bytes)
        }
    }

    private func selection(_ content: ServedContent, of bytes: [UInt8]) -> [UInt8]? {
        guard case .pieces(let pieces) = content else { return bytes }
        var selected: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .text(let text): selected += Array(text.utf8)
            case .stored(let offset, let length):
                guard offset >= 0, length >= 0, length <= Int64(bytes.count) - offset else { return nil }
                selected += bytes[Int(offset)..<Int(offset + length)]
            }
        }
        return selected
    }

    /// Removes an entry whose content is damaged or gone, so that the next request fetches it anew.
    func drop(_ outcome: FetchOutcome, after error: FetchError) {
        guard error.failureClass == .integrity, let entry = outcome.entry else { return }
        Task { _ = try? await store.remove([entry]) }
    }

    // MARK: From the origin

    /// Joins the fetch of the same thing that is under way, or begins one that others may join. Nil where its answer is not for
    /// this request: this one must then be forwarded by itself.
    private func join(
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
    private func revalidate(_ pending: PendingFetch, on executor: (any TaskExecutor)?) {
        guard let flight = flights.begin(pending.key) else { return }
        var plain = pending.request
        plain.method = .get
        plain.fields.removeAll { line in RequestHead.selectiveNames.contains { line.isNamed($0) } }
        flight.start(on: executor) { [self, plain] deliver async throws(FetchError) in
            defer { flights.remove(flight, of: pending.key) }
            switch try await prepare([plain]).first {
            case .servedStale(_, let validation)?, .pending(let validation)?:
                let outcome = try await perform(validation, flightParameters(deliver: deliver), coalesces: false)
                try? await outcome.commit?.value
                return outcome
            case .served(let outcome)?:
                try await deliverStored(outcome, to: deliver)
                return outcome
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
            // The flight itself lets one fetch be under way at a time.
            let outcome = try await perform(pending, parameters, coalesces: false, lookAgain: lookAgain)
            try? await outcome.commit?.value
            return outcome
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
    private func answerPastStore(
        _ request: RequestHead, content: RequestContent?, interim: (@Sendable (ResponseHead) -> Void)?,
        on executor: (any TaskExecutor)?, reason: String = "cache_failed"
    ) async throws(FetchError) -> Answer {
        try await fly(request, on: executor) { [self] deliver async throws(FetchError) in
            try await pass(request, FetchParameters(content: content, deliver: deliver, interim: interim), reason: reason)
        }
    }

    /// Runs a fetch for one client.
    private func fly(
        _ request: RequestHead, on executor: (any TaskExecutor)?,
        _ fetch: @escaping @Sendable (@escaping BodyConsumer) async throws(FetchError) -> FetchOutcome
    ) async throws(FetchError) -> Answer {
        let flight = Flight(isShared: false)
        guard let reader = flight.join() else { throw .stopped }
        let stream = stream(of: flight, reader: reader, key: nil)
        flight.start(on: executor, fetch)
        return answer(try await flight.preamble(for: reader), body: .stream(stream), to: request)
    }

    private func stream(of flight: Flight, reader: Int, key: CacheKey?) -> FlightStream {
        FlightStream(flight: flight, reader: reader) { [store] outcome, offset async throws(FetchError) in
            guard let key, let digest = outcome.digest else { throw .fellBehind }
            let found: [[StoredEntry]]
            do throws(StoreError) { found = try await store.lookup([key]) } catch { throw FetchError(error) }
            guard let body = found.first?.first(where: { $0.body.digest == digest })?.body else { throw .fellBehind }
            return try StoredStream(
                .pieces([.stored(offset: offset, length: body.wireBytes - offset)]), of: body, in: store, onFailure: { _ in })
        }
    }

    private func answer(_ preamble: AnswerPreamble, body: AnswerBody, to request: RequestHead) -> Answer {
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
    fileprivate var isShareable: Bool {
        method == .get
            && !fields.lines.contains { line in
                line.isNamed("Authorization") || Self.selectiveNames.contains { line.isNamed($0) }
            }
    }
}

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
        guard request.method == .get, let (entry, serving, content) = remembered(for: request), serving.form == .whole,
            serving.reason == .fresh, entry.response.storedHead.status == 200, let content
        else { return nil }
        store.touch([entry], at: now())
        var delta = ActivityDelta(outcome: CacheOutcome.hit.rawValue, requests: 1)
        delta.savedBytes = Int64(content.bytes.count)
        store.record(delta)
        return MemoryHit(
            head: entry.response.head, content: content, age: serving.age,
            timeToLive: entry.response.freshness[configuration.kind].lifetime - serving.age)
    }

    /// Answers at once, on the calling thread, what lies in memory and is fresh; nil: ask `answer`.
    package func answerAtOnce(to request: RequestHead) -> Answer? {
        guard let (entry, serving, content) = remembered(for: request) else { return nil }
        let outcome = serve(serving, entry, request).makeOutcome()
        guard let preamble = outcome.servedPreamble, let body = body(of: outcome, remembered: content) else { return nil }
        store.touch([entry], at: now())
        account(for: outcome)
        return answer(preamble, body: body, to: request)
    }

    /// What the rules serve to a request out of memory, with its content where that is in memory too.
    private func remembered(for request: RequestHead) -> (StoredEntry, Serving, RememberedContent?)? {
        guard request.method == .get || request.method == .head, request.target == nil,
            let remembered = store.remembered(StoragePolicy.key(request: request))
        else { return nil }
        var exchange = CacheExchange(request: request, options: configuration.reuse, kind: configuration.kind)
        let plan = exchange.lookedUp(
            remembered.entries.map(\.response), length: { remembered.entries[$0].body.wireBytes }, now: now())
        guard case .serve(let serving) = plan else { return nil }
        let entry = remembered.entries[serving.index]
        return (entry, serving, remembered.content(of: entry.id))
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
        case .served(let stored):
            if let answer = try await answer(fromStore: stored.makeOutcome(), to: request) { return answer }
            // What was found is damaged or gone; the origin answers in its place.
            return try await answerPastStore(request, content: content, interim: interim, on: executor)
        case .servedStale(let stored, let revalidation):
            revalidate(revalidation, on: executor)
            if let answer = try await answer(fromStore: stored.makeOutcome(), to: request) { return answer }
            return try await answerPastStore(request, content: content, interim: interim, on: executor)
        case .unsatisfiable(let outcome): throw .unsatisfiable(reason: outcome.reason)
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
                return try await perform(pending, parameters, isAlone: true)
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
}

package import CacheStore
import HTTPCaching
package import HTTPSemantics

/// Answers for a program that reads at its own pace, or not at all.
extension CachingClient {
    /// Answers a request and follows redirects, each hop through the cache.
    ///
    /// What is stored goes into the store as fast as the network brings it, whether or not anybody reads it: a slow reader gets it from
    /// there, and holds up nobody who wants the same. What is not stored waits for its reader. Where the store fails, the origin answers
    /// and the content is handed on all the same.
    package func reply(to request: RequestHead, content: [UInt8]? = nil) async throws(FetchError) -> Reply {
        var chain = RedirectChain(limit: configuration.maximumRedirects)
        var (request, content) = (request, content)
        var redirects: [WebURL] = []
        let startTime = now()
        while true {
            var reply = try await replyOnce(
                to: request, content: content, timeLeft: timeLeft(spent: now().milliseconds(since: startTime)))
            guard let next = try chain.next(after: reply.head, to: request) else {
                reply.redirects = redirects
                return reply
            }
            // A redirect is an answer like any other: it is to be stored whole before the next one is asked for.
            while try await reply.content.next() != nil {}
            redirects.append(request.url)
            if next.method != request.method { content = nil }
            request = next
        }
    }

    private func replyOnce(
        to request: RequestHead, content: [UInt8]?, timeLeft: Duration?
    ) async throws(FetchError) -> Reply {
        let prepared: PreparedFetch
        do throws(FetchError) {
            guard let first = try await prepare([request]).first else { throw .noAnswer }
            prepared = first
        } catch {
            guard error.isOfStore, configuration.reuse.mode != .offline else { throw error }
            return try await start(request) { [self] deliver async throws(FetchError) in
                try await pass(
                    request, FetchParameters(bytes: content, timeLeft: timeLeft, deliver: deliver), reason: "cache_failed")
            }
        }
        switch prepared {
        case .served(let answer), .servedStale(let answer, _): return try reply(from: answer.makeOutcome())
        case .unsatisfiable(let outcome): return try reply(from: outcome)
        case .pending(let pending):
            return try await start(request) { [self] deliver async throws(FetchError) in
                var parameters = FetchParameters(bytes: content, timeLeft: timeLeft, deliver: deliver)
                parameters.awaitsCommit = true
                parameters.outlivesStore = true
                parameters.leavesStored = true
                var outcome = try await perform(pending, parameters)
                if outcome.outcome != .miss {
                    await outcome.commit?.isDone(within: Self.patience)
                    outcome.commit = nil
                }
                return outcome
            }
        }
    }

    /// Runs a fetch for one reader, at the pace of the network.
    private func start(
        _ request: RequestHead,
        _ fetch: @escaping @Sendable (@escaping BodyConsumer) async throws(FetchError) -> FetchOutcome
    ) async throws(FetchError) -> Reply {
        let flight = Flight(isShared: false, pace: .ofNetwork)
        guard let reader = flight.join() else { throw .stopped }
        let content = stream(of: flight, reader: reader, key: StoragePolicy.key(request: request))
        flight.start(on: nil, fetch)
        switch try await flight.beginning(for: reader) {
        case .preamble(let preamble):
            return Reply(
                url: request.url, head: preamble.head, outcome: preamble.outcome, reason: preamble.reason, age: preamble.age,
                content: content)
        case .outcome(let outcome): return try reply(from: outcome)
        }
    }

    /// An answer that lies in the store.
    private func reply(from outcome: FetchOutcome) throws(FetchError) -> Reply {
        guard let head = outcome.head else { throw .unsatisfiable(reason: outcome.reason) }
        var stream: any AnswerStream = EmptyStream()
        if outcome.content != .none, let body = outcome.body {
            stream = try StoredStream(outcome.content, of: body, in: store) { [self] in drop(outcome, after: $0) }
        }
        return Reply(
            url: outcome.url, head: head, outcome: outcome.outcome, reason: outcome.reason, age: outcome.age, content: stream)
    }

    /// The whole of a stored body as its server sent it, or what is held of it in part.
    ///
    /// - Throws: `cacheFailed` if there is no memory for inflating.
    package static func content(of body: StoredBody, in store: CacheStore) throws(FetchError) -> any AnswerStream {
        try StoredStream(.whole, of: body, in: store) { _ in }
    }
}

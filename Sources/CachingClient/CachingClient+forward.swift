import CacheStore
import HTTPCaching
import HTTPSemantics
import HTTPTransport

extension CachingClient {
    /// Sends the request and carries out what the exchange makes of the answer.
    func forward(
        _ pending: PendingFetch, content: [UInt8]?, timeLeft: Duration?, deliver: BodyConsumer?
    ) async throws(FetchError) -> FetchOutcome {
        var forwarded = pending.forwarded
        for _ in 0..<2 {
            let response = try await send(TransportRequest(head: forwarded, body: content, maximumTime: timeLeft))
            let plan = pending.exchange.received(
                response.head, requestTime: response.requestTime, responseTime: response.responseTime)
            switch plan {
            case .forwardUnconditionally(let request):
                try await drain(response.body)
                forwarded = request
            case .freshen(let index, let freshened):
                return try await freshen(
                    pending, entry: pending.stored[index], freshened: freshened, response: response, deliver: deliver)
            case .store(let stored, let replacing) where !isWorse(response.head, than: pending.stored):
                return try await receive(
                    pending, response: response, storing: stored, replacing: replacing.map { pending.stored[$0].id },
                    deliver: deliver)
            case .store:
                return try await receive(pending, response: response, refusal: "server_error_keeps_stored_copy", deliver: deliver)
            case .pass(let refusal):
                // Before the content, which may yet be cut short: the origin has done what makes the stored responses doubtful.
                try await invalidate(after: response.head, of: pending.request)
                return try await receive(pending, response: response, refusal: refusal.name, deliver: deliver)
            }
        }
        throw FetchError(
            code: FetchError.Code(rawValue: "protocol_error"),
            message: "\(pending.request.url.authority) answered 304 to a request without a condition; it should send the content",
            failureClass: .protocol)
    }

    private func send(_ request: TransportRequest) async throws(FetchError) -> TransportResponse {
        do {
            return try await transport.send(request)
        } catch {
            throw FetchError(error)
        }
    }

    /// A stored good copy outlives a server error, whatever the error says of its own freshness (RFC 9111 section 4.3.3).
    private func isWorse(_ head: ResponseHead, than stored: [StoredEntry]) -> Bool {
        head.status >= 500 && stored.contains { $0.response.head.status < 400 }
    }

    private func freshen(
        _ pending: PendingFetch, entry: StoredEntry, freshened: FreshenedResponse, response: TransportResponse,
        deliver: BodyConsumer?
    ) async throws(FetchError) -> FetchOutcome {
        try await drain(response.body)
        var outcome = FetchOutcome(
            serving: entry, to: pending.request, as: .revalidated, reason: pending.reason?.name ?? "", age: nil)
        outcome.head = freshened.head
        if freshened.isStorable {
            outcome.commit = try await commit(freshened, of: entry, receivedAt: response.responseTime)
        } else {
            // The answer in hand may still be served, but not be kept, whatever becomes of the delivery.
            let delivered: Result<Void, FetchError>
            do { delivered = .success(try await deliverStored(outcome, to: deliver)) } catch { delivered = .failure(error) }
            outcome.commit = try await remove([entry])
            try delivered.get()
        }
        outcome.elapsedMilliseconds = now().milliseconds(since: pending.startTime)
        account(for: [outcome])
        if freshened.isStorable { try await deliverStored(outcome, to: deliver) }
        return outcome
    }

    private func commit(
        _ freshened: FreshenedResponse, of entry: StoredEntry, receivedAt time: UnixTime
    ) async throws(FetchError) -> CommitHandle {
        do {
            return try await store.freshen(
                entry.id, head: freshened.headChanged ? freshened.head : nil, freshness: freshened.freshness,
                date: freshened.head.fields.first("Date").flatMap { HTTPDate.parse($0, now: time) })
        } catch {
            throw FetchError(error)
        }
    }

    private func remove(_ entries: [StoredEntry]) async throws(FetchError) -> CommitHandle {
        do {
            return try await store.remove(entries.map(\.id))
        } catch {
            throw FetchError(error)
        }
    }

    /// Takes in a response's content, to the store and to whoever asked for it.
    private func receive(
        _ pending: PendingFetch, response: TransportResponse, storing stored: StoredResponse? = nil, replacing: EntryID? = nil,
        refusal: String? = nil, deliver: BodyConsumer?
    ) async throws(FetchError) -> FetchOutcome {
        var outcome = FetchOutcome(
            url: pending.request.url, outcome: stored == nil ? .uncacheable : .miss, reason: refusal ?? pending.reason?.name ?? "")
        outcome.head = response.head
        try await self.deliver(.head(response.head, outcome.outcome), to: deliver)
        let intake = BodyIntake(client: self, request: pending.request, head: response.head, isStored: stored != nil)
        let received = try await intake.run(response.body, deliver: deliver)
        outcome.networkBytes = received.wireBytes
        outcome.bodyBytes = received.wireBytes
        if let stored {
            let entry = NewEntry(key: pending.key, response: stored, requestTime: response.requestTime)
            let stored = try await intake.publish(entry, received: received, replacing: replacing)
            outcome.storedBytes = stored.bytes
            outcome.commit = stored.commit
        }
        outcome.elapsedMilliseconds = now().milliseconds(since: pending.startTime)
        account(for: [outcome])
        return outcome
    }

    /// Drops what an unsafe request has made doubtful (RFC 9111 section 4.4).
    private func invalidate(after response: ResponseHead, of request: RequestHead) async throws(FetchError) {
        let keys = Invalidation.keys(request: request, response: response)
        guard !keys.isEmpty else { return }
        do {
            let entries = try await store.lookup(keys).flatMap { $0 }
            if !entries.isEmpty { try await store.remove(entries.map(\.id)).value }
        } catch {
            throw FetchError(error)
        }
    }

    /// Reads a body to its end, so that the connection can be used again.
    private func drain(_ body: TransportBody) async throws(FetchError) {
        do {
            while try await body.next() != nil {}
        } catch {
            throw FetchError(error)
        }
    }
}

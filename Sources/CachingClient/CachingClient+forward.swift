import CacheStore
import HTTPCaching
import HTTPSemantics
import HTTPTransport

extension CachingClient {
    /// Sends the request and carries out what the exchange makes of the answer.
    func forward(_ pending: PendingFetch, _ parameters: FetchParameters) async throws(FetchError) -> FetchOutcome {
        var forwarded = pending.forwarded
        let mark = invalidations.mark
        var turn = parameters.permit?.turn
        for _ in 0..<2 {
            let response: TransportResponse
            do {
                response = try await send(forwarded, parameters, turn: turn)
            } catch {
                guard error.isOfOrigin, let serving = pending.exchange.failed(now: now())
                else { throw error }
                return try await serveStale(serving, of: pending, parameters)
            }
            let plan = pending.exchange.received(
                response.head, requestTime: response.requestTime, responseTime: response.responseTime)
            if case .forwardUnconditionally(let request) = plan {
                try await drain(response.body)
                turn = nil
                forwarded = request
                continue
            }
            // Before the content, which may yet be cut short: the origin has done what makes the stored responses doubtful.
            await invalidate(after: response.head, of: pending.request)
            // What the request itself has made doubtful is not its own answer.
            let start = pending.request.method.isSafe ? mark : invalidations.mark
            return try await carryOut(plan, of: pending, response, parameters, forwarded: forwarded, mark: start)
        }
        throw FetchError(
            code: FetchError.Code(rawValue: "protocol_error"),
            message: "\(pending.request.url.authority) answered 304 to a request without a condition; it should send the content",
            failureClass: .protocol)
    }

    private func carryOut(
        _ plan: CacheExchange.ResponsePlan, of pending: PendingFetch, _ response: TransportResponse,
        _ parameters: FetchParameters, forwarded: RequestHead, mark: InvalidationLog.Mark
    ) async throws(FetchError) -> FetchOutcome {
        var receipt = ResponseReceipt(pending: pending, forwarded: forwarded, response: response, mark: mark)
        switch plan {
        case .freshen(let freshened, let serving, let newVariant):
            return try await freshen(pending, freshened, serving, newVariant, response, parameters)
        case .store(let stored, let replacing, let form):
            receipt.stored = stored
            receipt.replacing = replacing.map { pending.stored[$0].id }
            receipt.form = form
        case .storePart(let stored, let combining, let part, let form):
            // Putting parts together copies what is held: for what is long that costs more than it is worth.
            let isWorthIt = combining.map { pending.stored[$0].body.wireBytes <= Self.longestCombinedBytes } ?? true
            receipt.stored = isWorthIt ? stored : nil
            receipt.form = form
            if isWorthIt, let combining, let held = pending.stored[combining].response.heldRanges.flatMap(HeldRanges.init),
                let pieces = held.adding(part.range)?.content
            {
                receipt.replacing = pending.stored[combining].id
                receipt.composition = BodyComposition(
                    pieces: pieces, kept: pending.stored[combining].body, isDeliveredWhole: false)
            }
        case .completed(let stored, let index, let part, let head):
            let entry = pending.stored[index]
            guard let held = entry.response.heldRanges.flatMap(HeldRanges.init), let pieces = held.adding(part.range)?.content
            else {
                throw .noAnswer
            }
            receipt.stored = stored
            receipt.head = head
            receipt.replacing = entry.id
            receipt.composition = BodyComposition(pieces: pieces, kept: entry.body, isDeliveredWhole: true)
        case .pass(let refusal, let form, let updates):
            receipt.refusal = refusal
            receipt.form = form
            try await apply(updates, to: pending.stored, receivedAt: response.responseTime, parameters)
        case .serveStale(let serving):
            response.body.cancel()
            return try await serveStale(serving, of: pending, parameters, status: response.head.status)
        case .forwardUnconditionally:
            throw .noAnswer
        }
        return try await receive(receipt, parameters)
    }

    /// - Parameter turn: the host's turn, where the caller has it; it is waited for otherwise.
    private func send(
        _ request: RequestHead, _ parameters: FetchParameters, turn granted: HostTurn? = nil
    ) async throws(FetchError) -> TransportResponse {
        var turn = granted
        if turn == nil { turn = try await self.turn(at: request.url) }
        let response: TransportResponse
        do {
            response = try await transport.send(
                TransportRequest(
                    head: request, content: parameters.content, maximumTime: parameters.timeLeft, interim: parameters.interim))
        } catch {
            turn?.finish(holdUntil: nil, now: now())
            throw FetchError(error)
        }
        obey(response.head, from: request.url)
        if let turn { response.body.whenOver { [now] _ in turn.finish(holdUntil: nil, now: now()) } }
        return response
    }

    /// Asks the origin and stores nothing.
    ///
    /// - Parameter reason: why, as a stable name.
    func pass(
        _ request: RequestHead, _ parameters: FetchParameters, reason: String
    ) async throws(FetchError) -> FetchOutcome {
        let response = try await send(request, parameters)
        await invalidate(after: response.head, of: request)
        let head = AnswerHead.fromOrigin(response.head, receivedAt: response.responseTime)
        var outcome = FetchOutcome(url: request.url, outcome: .uncacheable, reason: reason)
        outcome.head = head
        let status = CacheStatus(forward: .bypass, detail: reason)
        let intake = BodyIntake(
            client: self, request: request, head: response.head, body: response.body, isStored: false,
            deliver: parameters.deliver)
        try intake.checkLength()
        try await deliver(
            .head(AnswerPreamble(head: head, outcome: .uncacheable, reason: outcome.reason, status: status)),
            to: parameters.deliver)
        outcome.networkBytes = try await intake.run().contentBytes
        outcome.bodyBytes = outcome.networkBytes
        try await deliver(.end(intake.trailers), to: parameters.deliver)
        return outcome
    }

    // MARK: From the store after all

    /// A stored answer in the place of an error (RFC 5861 section 4).
    private func serveStale(
        _ serving: Serving, of pending: PendingFetch, _ parameters: FetchParameters, status: Int? = nil
    ) async throws(FetchError) -> FetchOutcome {
        let entry = pending.stored[serving.index]
        var cacheStatus = CacheStatus(forwarded: pending.reason ?? .stale, status: status)
        cacheStatus.detail = serving.reason.name
        let outcome = FetchOutcome(serving, from: entry, to: pending.request, as: .stale, status: cacheStatus)
        account(for: outcome)
        // Nothing is to come for which others should wait.
        parameters.permit?.lease?.release(hasChanged: false)
        try await deliverStored(outcome, parameters)
        return outcome
    }

    private func freshen(
        _ pending: PendingFetch, _ freshened: [CacheExchange.FreshenedAt], _ serving: Serving, _ newVariant: StoredResponse?,
        _ response: TransportResponse, _ parameters: FetchParameters
    ) async throws(FetchError) -> FetchOutcome {
        try await drain(response.body)
        let entry = pending.stored[serving.index]
        var outcome = FetchOutcome(
            serving, from: entry, to: pending.request, as: .revalidated,
            status: parameters.deliver == nil
                ? nil
                : CacheStatus(
                    forwarded: pending.reason ?? .stale, status: 304,
                    isStored: newVariant != nil || freshened.contains { $0.response.isStorable }))
        outcome.reason = pending.reason?.name ?? ""
        if outcome.servedPreamble?.stored != nil, let main = freshened.first(where: { $0.index == serving.index })?.response {
            outcome.servedPreamble?.stored = StoredResponse(
                head: main.head, freshness: main.freshness, varyFields: main.varyFields)
        }
        outcome.servedPreamble?.reason = outcome.reason
        for item in freshened where item.response.isStorable {
            outcome.commit = try await commit(
                item.response, of: pending.stored[item.index], receivedAt: response.responseTime)
        }
        if let newVariant { outcome.commit = try await storeVariant(newVariant, like: entry, of: pending, response) }
        if parameters.awaitsCommit { await outcome.commit?.isDone(within: Self.patience) }
        // The answer in hand may still be served, but not be kept, whatever becomes of the delivery.
        let dropped = freshened.filter { !$0.response.isStorable }.map { pending.stored[$0.index] }
        if !dropped.isEmpty { outcome.servedPreamble?.stored = nil }
        // Others find in the store what this one's reader may take long to read.
        if dropped.isEmpty, let commit = outcome.commit, let lease = parameters.permit?.lease {
            commit.whenDone { result in
                if case .success = result { lease.release(hasChanged: true) } else { lease.release(hasChanged: false) }
            }
        }
        let delivered: Result<Void, FetchError>
        do throws(FetchError) {
            if parameters.deliver == nil {
                // Nobody waits for it.
            } else if dropped.isEmpty {
                let given = try await deliverStored(outcome, to: pending.request, parameters)
                guard given.outcome == outcome.outcome else { return given }
            } else {
                // What goes at once cannot be left to be read later.
                try await deliverStored(outcome, to: parameters.deliver)
            }
            delivered = .success(())
        } catch {
            delivered = .failure(error)
        }
        if !dropped.isEmpty { outcome.commit = try await remove(dropped) }
        try delivered.get()
        outcome.elapsedMilliseconds = now().milliseconds(since: pending.startTime)
        account(for: outcome)
        return outcome
    }

    private func commit(
        _ freshened: FreshenedResponse, of entry: StoredEntry, receivedAt time: UnixTime
    ) async throws(FetchError) -> CommitHandle {
        do {
            return try await store.freshen(
                entry, head: freshened.headChanged ? freshened.head : nil, freshness: freshened.freshness,
                date: freshened.head.fields.first(.date).flatMap { HTTPDate.parse($0, now: time) },
                expires: freshened.movedExpires, varyFields: freshened.varyFields)
        } catch {
            throw FetchError(error)
        }
    }

    /// Stores what another variant has as the answer to this request as well (RFC 9111 section 4.1). Content too long to be worth
    /// the copy is left to be asked about again.
    private func storeVariant(
        _ variant: StoredResponse, like entry: StoredEntry, of pending: PendingFetch, _ response: TransportResponse
    ) async throws(FetchError) -> CommitHandle? {
        guard entry.body.storedBytes <= Int64(configuration.memoryBytesPerBody) else { return nil }
        do {
            let reader = store.readBody(entry.body)
            var chunks: [[UInt8]] = []
            while let chunk = try await reader.next() { chunks.append(chunk) }
            let content = CompleteBody(
                chunks: chunks, digest: entry.body.digest, wireBytes: entry.body.wireBytes, coding: entry.body.coding,
                decodedBytes: entry.body.decodedBytes)
            let new = NewEntry(key: pending.key, response: variant, requestTime: response.requestTime)
            return try await store.put(new, content: content)
        } catch {
            throw FetchError(error)
        }
    }

    /// What the answer to HEAD tells about stored responses (RFC 9111 section 4.3.5).
    private func apply(
        _ updates: [HeadUpdate], to stored: [StoredEntry], receivedAt time: UnixTime, _ parameters: FetchParameters
    ) async throws(FetchError) {
        var commit: CommitHandle?
        for update in updates {
            switch update {
            case .freshen(let index, let freshened):
                commit = try await self.commit(freshened, of: stored[index], receivedAt: time)
            case .makeStale(let index, let freshness):
                do { commit = try await store.freshen(stored[index], freshness: freshness) } catch { throw FetchError(error) }
            }
        }
        if parameters.awaitsCommit { await commit?.isDone(within: Self.patience) }
    }

    private func remove(_ entries: [StoredEntry]) async throws(FetchError) -> CommitHandle {
        do {
            return try await store.remove(entries.map(\.id))
        } catch {
            throw FetchError(error)
        }
    }

    /// Drops what an unsafe request has made doubtful (RFC 9111 section 4.4): what is stored, and what is on its way into the store.
    /// The origin has done its work, so its answer goes out whatever the store says.
    private func invalidate(after response: ResponseHead, of request: RequestHead) async {
        let keys = Invalidation.keys(request: request, response: response)
        guard !keys.isEmpty else { return }
        invalidations.add(keys)
        flights.forget(keys)
        guard let entries = try? await store.lookup(keys).flatMap({ $0 }), !entries.isEmpty else { return }
        let commit = try? await store.remove(entries.map(\.id))
        await commit?.isDone(within: Self.patience)
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

import CacheStore
import HTTPCaching
import HTTPSemantics
import HTTPTransport

/// A response on its way in, and what is to become of it.
struct ResponseReceipt {
    let pending: PendingFetch
    /// The request that it answers.
    let forwarded: RequestHead
    let response: TransportResponse
    /// What is stored; nil: nothing.
    var stored: StoredResponse?
    /// The entry whose place it takes.
    var replacing: EntryID?
    /// Of what its content is put together; nil: it is what arrives.
    var composition: BodyComposition?
    /// The head that the client gets; nil: the received one.
    var head: ResponseHead?
    var form = ReceivedForm.whole
    /// Why nothing is stored.
    var refusal: StorageRefusal?
    /// When it was asked for: what unsafe requests have made doubtful since is not stored.
    let mark: InvalidationLog.Mark

    /// Whether others may have what the client gets.
    var isWholeForAll: Bool {
        form == .whole && stored?.heldRanges == nil && (response.head.status != 206 || head != nil)
    }

    /// The head that goes to the client.
    var answerHead: ResponseHead {
        switch form {
        case .notModified(let head), .range(_, let head): head
        case .whole:
            if let head {
                head
            } else if let stored, response.head.status != 206 {
                AnswerHead.fromOrigin(stored: stored.head)
            } else {
                AnswerHead.fromOrigin(response.head, receivedAt: response.responseTime)
            }
        }
    }
}

extension CachingClient {
    /// Takes in a response's content, to the store and to whoever asked for it.
    func receive(_ receipt: ResponseReceipt, _ parameters: FetchParameters) async throws(FetchError) -> FetchOutcome {
        let pending = receipt.pending
        let response = receipt.response
        let isStored = receipt.stored != nil
        var outcome = FetchOutcome(
            url: pending.request.url, outcome: isStored ? .miss : .uncacheable,
            reason: receipt.refusal?.name ?? pending.reason?.name ?? "")
        outcome.head = receipt.head ?? response.head
        // Nobody can use the answer in its place, so nobody need wait for its end.
        if !isStored { parameters.permit?.lease?.release(hasChanged: false) }
        let head = receipt.answerHead
        var deliver = parameters.deliver
        if parameters.awaitsCommit { deliver = LastChunkHolder.applied(to: deliver) }
        deliver = FormFilter.applied(receipt.form, to: deliver)
        let intake = BodyIntake(
            client: self, request: pending.request, head: response.head, body: response.body, isStored: isStored,
            keepsDelivering: parameters.outlivesStore, deliver: deliver)
        try intake.checkLength()
        try await self.deliver(
            .head(
                AnswerPreamble(
                    head: head, outcome: outcome.outcome, reason: outcome.reason,
                    stored: receipt.isWholeForAll ? receipt.stored : nil, status: status(of: receipt, sent: head))),
            to: deliver)
        let received: BodyIntake.Received
        do {
            received = try await intake.run(composing: receipt.composition)
        } catch {
            await keepWhatCame(of: receipt, intake, after: error)
            throw error
        }
        outcome.networkBytes = intake.receivedBytes
        outcome.bodyBytes = received.contentBytes
        if !parameters.awaitsCommit { try await self.deliver(.end(intake.trailers), to: deliver) }
        if let stored = receipt.stored, intake.isStored, !invalidations.contains(pending.key, after: receipt.mark) {
            let entry = NewEntry(key: pending.key, response: stored, requestTime: response.requestTime)
            do throws(FetchError) {
                let published = try await intake.publish(entry, received: received, replacing: receipt.replacing)
                outcome.storedBytes = published.bytes
                outcome.commit = published.commit
                outcome.digest = received.digest
            } catch {
                guard parameters.outlivesStore else { throw error }
            }
        }
        if parameters.awaitsCommit {
            await outcome.commit?.isDone(within: Self.patience)
            try await self.deliver(.end(intake.trailers), to: deliver)
        }
        outcome.elapsedMilliseconds = now().milliseconds(since: pending.startTime)
        account(for: outcome)
        return outcome
    }

    private func status(of receipt: ResponseReceipt, sent head: ResponseHead) -> CacheStatus {
        let received = receipt.response.head.status
        var status = CacheStatus(
            forwarded: receipt.pending.reason ?? .notStored, status: received == head.status ? nil : received,
            isStored: receipt.stored != nil)
        if let refusal = receipt.refusal { status.detail = refusal.name }
        return status
    }

    /// Keeps the part of a response that came before it broke off, for the rest to be asked for the next time (RFC 9111 section
    /// 3.3). Failing at that changes nothing: the response is lost as it would have been.
    private func keepWhatCame(of receipt: ResponseReceipt, _ intake: BodyIntake, after error: FetchError) async {
        guard error.failureClass == .network || error.failureClass == .interrupted, receipt.composition == nil,
            var stored = receipt.stored, intake.isStored, !invalidations.contains(receipt.pending.key, after: receipt.mark),
            let held = PartialContent.cutShort(
                request: receipt.forwarded, head: receipt.response.head, received: intake.contentBytes),
            !held.isComplete, receipt.pending.stored.allSatisfy({ $0.response.heldRanges != nil })
        else { return }
        stored.heldRanges = held.text
        let entry = NewEntry(key: receipt.pending.key, response: stored, requestTime: receipt.response.requestTime)
        let received = try? await intake.takeWhatCame()
        guard let received else { return }
        let commit = try? await intake.publish(entry, received: received, replacing: nil).commit
        await commit?.isDone(within: Self.patience)
    }
}

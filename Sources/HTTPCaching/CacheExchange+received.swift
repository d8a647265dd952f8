package import HTTPSemantics

extension CacheExchange {
    /// Decides what becomes of the response to what was sent (RFC 9111 sections 3, 4.3.3 and 4.3.4).
    package func received(_ response: ResponseHead, requestTime: UnixTime, responseTime: UnixTime) -> ResponsePlan {
        let receipt = Receipt(response: response, requestTime: requestTime, responseTime: responseTime)
        if response.status == 304 { return notModified(receipt) }
        if StaleIfError.isError(status: response.status), let serving = failed(now: responseTime) { return .serveStale(serving) }
        if case .completion(let index, let completion) = question, completion.rest != nil, [206, 416].contains(response.status) {
            return completed(index, by: receipt) ?? .forwardUnconditionally(unconditional)
        }
        let answer = question == .own ? .whole : form(of: receipt)
        switch StoragePolicy.decide(request: asked, response: response, kind: kind) {
        case .refuse(let refusal):
            return .pass(refusal, answer: answer, headUpdates: headUpdates(receipt))
        case .storePart(let part):
            return partial(part, receipt)
        case .store:
            if response.status >= 500, holdsBetter { return .pass(.serverError, answer: answer, headUpdates: []) }
            return .store(
                stored(StoragePolicy.storedHead(response, receivedAt: responseTime), receipt), replacing: replaced, answer: answer)
        }
    }

    /// What was received, and when.
    struct Receipt {
        let response: ResponseHead
        let requestTime: UnixTime
        let responseTime: UnixTime
    }

    // MARK: - 304

    private func notModified(_ receipt: Receipt) -> ResponsePlan {
        switch question {
        case .own:
            // The client's own condition, and its affair.
            return .pass(.notModified, answer: .whole, headUpdates: [])
        case .completion:
            return .forwardUnconditionally(unconditional)
        case .validation(let index):
            guard ConditionalRequest.isPossible(validating: stored[index]),
                Freshening.selects(notModified: receipt.response, stored: stored[index])
            else { return .forwardUnconditionally(unconditional) }
            let own = FreshenedAt(index: index, response: freshen(index, receipt))
            var freshened = [own]
            for other in stored.indices where other != index && isSelected(other, by: receipt.response) {
                freshened.append(FreshenedAt(index: other, response: freshen(other, receipt)))
            }
            if !mayStore { freshened.removeAll { $0.response.isStorable } }
            return .freshen(
                freshened, serve: served(own.response, at: index, receipt), newVariant: nil)
        case .offer(let indices):
            guard let index = VariantOffer.chosen(by: receipt.response, of: indices, in: stored) else {
                return .forwardUnconditionally(unconditional)
            }
            // The offered one itself answers other requests, of which this 304 says nothing (section 4.3.4).
            let freshened = freshen(index, receipt, answersRequest: false)
            let variant = StoredResponse(
                head: freshened.head, freshness: freshened.freshness, varyFields: freshened.varyFields)
            let isKept = mayStore && freshened.isStorable && !VaryMatching.nominatesEverything(freshened.head.fields)
            return .freshen([], serve: served(freshened, at: index, receipt), newVariant: isKept ? variant : nil)
        }
    }

    /// Whether anything of the response may be stored as far as the request is concerned (section 5.2.1.5): not even its fields in
    /// what is stored already.
    private var mayStore: Bool { !client.directives.contains(.noStore) }

    /// - Parameter answersRequest: whether the stored response could have been chosen for the request.
    private func freshen(_ index: Int, _ receipt: Receipt, answersRequest: Bool = true) -> FreshenedResponse {
        Freshening.apply(
            notModified: receipt.response, to: stored[index], request: request, answersRequest: answersRequest,
            requestTime: receipt.requestTime, responseTime: receipt.responseTime)
    }

    private func served(_ freshened: FreshenedResponse, at index: Int, _ receipt: Receipt) -> Serving {
        serving(
            index, age: freshened.freshness.currentAge(at: receipt.responseTime), isStale: false, reason: .validated,
            updated: freshened.head)
    }

    /// Whether a 304 that answers the validation of another stored response freshens this one too: both could have answered the
    /// request, and it has the strong validator that the 304 names (section 4.3.4).
    private func isSelected(_ index: Int, by notModified: ResponseHead) -> Bool {
        guard let tag = VariantOffer.strongTag(of: notModified), let own = VariantOffer.strongTag(of: stored[index].head) else {
            return false
        }
        return tag.stronglyMatches(own) && couldAnswer(index)
    }

    /// Whether the stored response could have been chosen for the request, its freshness and the bytes that it has of it apart.
    private func couldAnswer(_ index: Int) -> Bool {
        VaryMatching.matches(stored: stored[index], request: request)
            && VariantSelection.prohibition(of: stored[index].freshness, request: client, kind: kind) == nil
    }

    // MARK: - Parts

    /// The answer to a request for the rest of a stored part; nil where it does not bring just that.
    private func completed(_ index: Int, by receipt: Receipt) -> ResponsePlan? {
        guard case .storePart(let part) = StoragePolicy.decide(request: asked, response: receipt.response, kind: kind),
            let held = stored[index].heldRanges.flatMap(HeldRanges.init),
            part.mayBeCombined(withStored: stored[index].head, held: held, head: receipt.response),
            part.range.first == held.heldLength, held.adding(part.range)?.held.isComplete == true
        else { return nil }
        let head = combinedHead(index, receipt)
        return .completed(
            stored(head, receipt, wasAuthorized: isAuthorized(index)), index: index, part,
            head: AnswerHead.fromOrigin(head, receivedAt: receipt.responseTime))
    }

    /// A part that the client asked for: it is delivered as it is, and kept beside what is held of the same representation.
    private func partial(_ part: PartialContent, _ receipt: Receipt) -> ResponsePlan {
        let refusal = ResponsePlan.pass(.partialContent, answer: .whole, headUpdates: [])
        for index in stored.indices where couldAnswer(index) {
            guard let held = stored[index].heldRanges.flatMap(HeldRanges.init) else {
                // The whole of it is held.
                if StrongValidator(stored[index].head)?.matches(part.validator) == true { return refusal }
                continue
            }
            guard part.mayBeCombined(withStored: stored[index].head, held: held, head: receipt.response) else { continue }
            guard let held = held.adding(part.range)?.held else { return refusal }
            let response = stored(
                combinedHead(index, receipt), receipt, held: held, wasAuthorized: isAuthorized(index))
            return .storePart(response, combiningWith: index, part, answer: .whole)
        }
        guard let held = part.heldRanges else { return refusal }
        let head = StoragePolicy.storedHead(part.storableHead(from: receipt.response), receivedAt: receipt.responseTime)
        return .storePart(stored(head, receipt, held: held), combiningWith: nil, part, answer: .whole)
    }

    private func combinedHead(_ index: Int, _ receipt: Receipt) -> ResponseHead {
        let new = StoragePolicy.storedHead(receipt.response, receivedAt: receipt.responseTime)
        return PartialContent.combinedHead(stored: stored[index].head, new: new)
    }

    private func isAuthorized(_ index: Int) -> Bool {
        stored[index].freshness.sharedTerms.demands.contains(.authorized)
    }

    // MARK: - New responses

    /// What is stored for a head in stored form.
    private func stored(
        _ head: ResponseHead, _ receipt: Receipt, held: HeldRanges? = nil, wasAuthorized: Bool = false
    ) -> StoredResponse {
        StoredResponse(
            head: head,
            freshness: Freshness(
                response: head, isAuthorized: wasAuthorized || client.traits.contains(.authorization),
                requestTime: receipt.requestTime, responseTime: receipt.responseTime),
            varyFields: varyFields(of: head),
            heldRanges: held.flatMap { $0.isComplete ? nil : $0.text })
    }

    private func varyFields(of head: ResponseHead) -> FieldSection {
        VaryMatching.nominatedFields(response: head, request: request) ?? [:]
    }

    /// The stored response whose place a new one takes.
    private var replaced: Int? {
        switch question {
        case .validation(let index), .completion(let index, _): index
        case .own, .offer: nil
        }
    }

    /// Whether a stored response would lose its place to a server error (section 4.3.3).
    private var holdsBetter: Bool {
        stored.contains { response in
            response.storedHead.status < 500 && response.heldRanges == nil
                && VaryMatching.matches(stored: response, request: request)
        }
    }

    private func form(of receipt: Receipt) -> ReceivedForm {
        if case .completion(_, let completion) = question, completion.rest == nil { return .whole }
        return ReceivedForm(request: client, response: receipt.response, receivedAt: receipt.responseTime)
    }

    private func headUpdates(_ receipt: Receipt) -> [HeadUpdate] {
        guard request.method == .head, receipt.response.status == 200, mayStore else { return [] }
        return stored.indices.filter(couldAnswer).map { index in
            HeadUpdate(
                index: index, stored: stored[index], length: length(of: index), head: receipt.response, request: request,
                requestTime: receipt.requestTime, responseTime: receipt.responseTime)
        }
    }
}

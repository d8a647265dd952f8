package import HTTPSemantics

/// One request on its way through the cache, as a value: what happens is told to it, what to do comes back.
///
/// ```
/// lookedUp ──► serve                            (4: a stored response is reused)
///    ├───────► serveAndRevalidate               (RFC 5861: served, and `received` in the background)
///    ├───────► unsatisfiable                    (5.2.1.7: only-if-cached, or the user is offline)
///    └───────► forward ──► received ──► freshen (4.3.4: 304 for a stored response)
///                 │           ├───────► store   (3: a new response)
///                 │           ├───────► storePart, completed  (3.3, 3.4: parts)
///                 │           ├───────► pass    (delivered, not stored)
///                 │           ├───────► serveStale  (RFC 5861: in place of an error)
///                 │           └───────► forwardUnconditionally  (an answer that fits nothing we hold)
///                 └──────► failed ────► serving, or nil  (RFC 5861: no answer at all)
/// ```
///
/// After an unsafe method `Invalidation` is asked as well, whatever the plan is.
package struct CacheExchange: Sendable {
    package let options: ReuseOptions
    package let kind: CacheKind
    let client: CacheRequest
    private(set) var stored: [StoredResponse] = []
    /// The lengths of the stored contents in bytes as received; empty where no one asked.
    private var lengths: [Int64?] = []
    private(set) var question = Question.own

    /// What the origin is asked.
    enum Question: Hashable, Sendable {
        /// The client's own request.
        case own
        /// Whether the stored response at that index still holds; or, where it has no validator, for a new one.
        case validation(Int)
        /// Whether one of these, which answer other requests, is the answer to this one as well (section 4.1).
        case offer([Int])
        /// For what the stored part at that index lacks.
        case completion(Int, PartCompletion)
    }

    package init(request: RequestHead, options: ReuseOptions, kind: CacheKind) {
        self.client = CacheRequest(request)
        self.options = options
        self.kind = kind
    }

    /// The client's request.
    package var request: RequestHead { client.head }

    /// Decides what to do, given every stored variant of the request's key (RFC 9111 section 4).
    ///
    /// - Parameter length: the length in bytes, as received, of the content of the stored response at that index. Asked only where
    ///   it matters; where it is nil, Content-Length stands in.
    package mutating func lookedUp(
        _ stored: [StoredResponse], length: (Int) -> Int64? = { _ in nil }, now: UnixTime
    ) -> Plan {
        self.stored = stored
        question = .own
        if client.traits.contains(.range) || request.method == .head { lengths = stored.indices.map(length) }
        switch ReusePolicy.decide(stored: stored, request: client, options: options, kind: kind, now: now) {
        case .reuse(let index, let age, let isStale, let reason):
            return .serve(serving(index, age: age, isStale: isStale, reason: reason))
        case .reuseWhileRevalidating(let index, let age, let reason):
            question = .validation(index)
            return .serveAndRevalidate(serving(index, age: age, isStale: true, reason: reason), asked)
        case .unsatisfiable(let reason):
            return .unsatisfiable(reason)
        case .validate(let index, let reason):
            question = .validation(index)
            return .forward(asked, reason: reason)
        case .complete(let index, let reason):
            if let completion = PartCompletion(of: stored[index], for: client) { question = .completion(index, completion) }
            return .forward(asked, reason: reason)
        case .forward(let reason):
            if reason == .varyMismatch {
                let offered = VariantOffer.indices(stored, request: client, kind: kind)
                if !offered.isEmpty { question = .offer(offered) }
            }
            return .forward(asked, reason: reason)
        }
    }

    /// Decides what to do where the origin gave no answer: stale-if-error, or nothing (RFC 5861 section 4).
    package func failed(now: UnixTime) -> Serving? {
        guard request.method == .get || request.method == .head, !client.traits.contains(.originConditions),
            case .found(let index) = VariantSelection.select(stored, request: client, kind: kind),
            let age = StaleIfError.age(of: stored[index], request: client, options: options, kind: kind, now: now)
        else { return nil }
        return serving(
            index, age: age, isStale: !stored[index].freshness.isFresh(at: now, in: kind), reason: .staleIfError)
    }

    // MARK: - What is sent

    /// The request as it goes to the origin. Where the cache asks for itself, its conditions take the place of the client's, which
    /// are evaluated against the result (RFC 9111 section 4.3.2).
    var asked: RequestHead {
        switch question {
        case .own: return request
        case .completion(_, let completion): return completion.request
        case .validation(let index):
            var result = unconditional
            result.fields.reserveCapacity(result.fields.count + 2)
            ConditionalRequest.append(to: &result.fields, validating: stored[index])
            return result
        case .offer(let indices):
            var result = request
            result.fields.append(.ifNoneMatch, VariantOffer.entityTags(indices.map { stored[$0] }))
            return result
        }
    }

    /// The request without any condition of ours or of the client's. Of a part that is validated, no more than the client asked
    /// for is fetched anew.
    var unconditional: RequestHead {
        if case .validation(let index) = question, stored[index].heldRanges != nil {
            return client.withoutConditions(whole: false)
        }
        if case .completion(_, let completion) = question, completion.rest == nil { return request }
        return client.withoutConditions(whole: true)
    }

    // MARK: - What is served

    /// - Parameter updated: the stored response at `index` as it has become; nil where it is as it was.
    func serving(
        _ index: Int, age: Int64, isStale: Bool, reason: ReuseReason, updated: ResponseHead? = nil
    ) -> Serving {
        Serving(
            index: index, age: age, isStale: isStale, reason: reason, form: form(index, age: age, updated: updated),
            updatedHead: updated)
    }

    private func form(_ index: Int, age: Int64, updated: ResponseHead?) -> AnswerForm {
        guard !client.traits.isDisjoint(with: [.conditions, .range]) else { return .whole }
        let response = stored[index]
        let head = AnswerHead.fromStore(updated ?? response.head, age: age)
        let conditions = ClientConditions(request: request)
        if conditions.evaluate(head, receivedAt: response.freshness.responseTime) == .notModified {
            return .notModified(ClientConditions.notModifiedHead(from: head))
        }
        guard let length = length(of: index) else { return .whole }
        // A part was chosen because of what it answers by the stored head.
        let selection =
            response.heldRanges == nil
            ? RangeSelection.decide(request: request, head: head, length: length)
            : PartCompletion.selection(in: response, for: client) ?? .unsatisfiable
        switch selection {
        case .whole: return .whole
        case .single(let range):
            return RangeSelection.partialHead(from: head, range: range, length: length).map { .range(range, $0) } ?? .whole
        case .several(let ranges): return .ranges(ranges, head)
        case .unsatisfiable: return .rangeNotSatisfiable(RangeSelection.unsatisfiableHead(from: head, length: length))
        }
    }

    /// The length of the whole representation; nil where it is not known.
    func length(of index: Int) -> Int64? {
        let response = stored[index]
        if let held = response.heldRanges { return HeldRanges(held)?.completeLength }
        if lengths.indices.contains(index), let length = lengths[index] { return length }
        return PartialContent.contentLength(of: response.head)
    }
}

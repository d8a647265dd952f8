package import HTTPSemantics

/// One request on its way through the cache, as a value: what happens is told to it, what to do comes back.
///
/// ```
/// lookedUp ──► serve                            (4: a stored response is reused)
///    ├───────► unsatisfiable                    (5.2.1.7: only-if-cached, or the user is offline)
///    └───────► forward ──► received ──► freshen (4.3.4: 304 for the stored response)
///                             ├───────► store   (3: a new response)
///                             ├───────► pass    (delivered, not stored)
///                             └───────► forwardUnconditionally  (a 304 that fits nothing we hold)
/// ```
package struct CacheExchange: Sendable {
    /// What follows from looking into the store.
    package enum Plan: Sendable {
        /// Answer with the stored response at `index`.
        case serve(index: Int, age: Int64, isStale: Bool, reason: ReuseReason)
        /// Ask the origin with this request: the client's own, with validators where there is something to validate.
        case forward(RequestHead, reason: ReuseReason)
        /// There is no answer without the network, and the network may not be used.
        case unsatisfiable(ReuseReason)
    }

    /// What follows from the origin's answer.
    package enum ResponsePlan: Sendable {
        /// The stored response at `index` is valid again; write the new head and freshness, serve the stored content.
        case freshen(index: Int, FreshenedResponse)
        /// Store this together with its content, in the place of the stored response at `replacing` where that was asked about:
        /// the full answer to a validation takes its place even if they vary by other fields (RFC 9111 section 4.3.3).
        case store(StoredResponse, replacing: Int?)
        /// Deliver it and store nothing.
        case pass(StorageRefusal)
        /// Ask again without validators.
        case forwardUnconditionally(RequestHead)
    }

    package let request: RequestHead
    package let options: ReuseOptions
    package let kind: CacheKind
    private var stored: [StoredResponse] = []
    private var validated: Int?

    package init(request: RequestHead, options: ReuseOptions, kind: CacheKind) {
        self.request = request
        self.options = options
        self.kind = kind
    }

    /// Decides what to do, given every stored variant of the request's key (RFC 9111 section 4).
    package mutating func lookedUp(_ stored: [StoredResponse], now: UnixTime) -> Plan {
        self.stored = stored
        switch ReusePolicy.decide(stored: stored, request: request, options: options, kind: kind, now: now) {
        case .reuse(let index, let age, let isStale, let reason):
            return .serve(index: index, age: age, isStale: isStale, reason: reason)
        case .unsatisfiable(let reason):
            return .unsatisfiable(reason)
        case .forward(let reason):
            return .forward(request, reason: reason)
        case .validate(let index, let reason):
            let validators = ConditionalRequest.fields(validating: stored[index])
            guard !validators.isEmpty, !hasClientConditions else { return .forward(request, reason: reason) }
            validated = index
            var conditional = request
            for line in validators { conditional.fields.append(line.name, line.value) }
            return .forward(conditional, reason: reason)
        }
    }

    /// Decides what becomes of the response to the forwarded request (RFC 9111 sections 3 and 4.3.3).
    package func received(_ response: ResponseHead, requestTime: UnixTime, responseTime: UnixTime) -> ResponsePlan {
        if response.status == 304, let validated {
            guard Freshening.selects(notModified: response, stored: stored[validated]) else {
                return .forwardUnconditionally(request)
            }
            return .freshen(
                index: validated,
                Freshening.apply(
                    notModified: response, to: stored[validated], request: request, requestTime: requestTime,
                    responseTime: responseTime))
        }
        switch StoragePolicy.decide(request: request, response: response, kind: kind) {
        case .refuse(let refusal):
            return .pass(refusal)
        case .store:
            let freshness = Freshness(
                response: response, to: self.request, requestTime: requestTime, responseTime: responseTime)
            return .store(
                StoredResponse(
                    head: StoragePolicy.storedHead(response, receivedAt: responseTime),
                    freshness: freshness,
                    varyFields: VaryMatching.nominatedFields(response: response, request: request) ?? [:]),
                replacing: validated)
        }
    }

    /// Whether the client asked a condition of its own; its answer is then the client's affair, not the store's.
    private var hasClientConditions: Bool {
        ["If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range"]
            .contains(where: request.fields.contains)
    }
}

package import HTTPSemantics

/// Why a request would be answered from the store or not, with all that goes into the decision. It is made by the functions that
/// decide, and is data alone: how it is worded is the caller's affair.
package struct Explanation: Sendable {
    /// Under which key the store was asked.
    package let key: CacheKey
    /// For which kind of cache it holds.
    package let kind: CacheKind
    /// The directives of the request (RFC 9111 section 5.2.1).
    package let requestDirectives: CacheControl
    package let options: ReuseOptions
    /// One for each stored response, in the order in which they were given.
    package let variants: [ExplainedVariant]
    package let decision: ReuseDecision
    /// The fields that would be sent to the origin in addition to the client's: validators, or what completes a part. Empty where
    /// nothing would be sent, or nothing added.
    package let addedFields: [FieldLine]
    /// The age in seconds of the stored answer that would be given in place of an error of the origin (RFC 5861 section 4); nil
    /// where none would.
    package let ageAfterError: Int64?
    /// What the other kind of cache would decide, with the same store.
    package let otherDecision: ReuseDecision

    /// - Parameters:
    ///   - stored: all variants of the request's key.
    ///   - requestTimes: when the requests were sent that brought them, in the same order; empty where it is not known.
    package static func make(
        stored: [StoredResponse], requestTimes: [UnixTime] = [], request: RequestHead, options: ReuseOptions, kind: CacheKind,
        now: UnixTime
    ) -> Explanation {
        let client = CacheRequest(request)
        let decision = ReusePolicy.decide(stored: stored, request: client, options: options, kind: kind, now: now)
        let otherKind: CacheKind = kind == .private ? .shared : .private
        var exchange = CacheExchange(request: request, options: options, kind: kind)
        let plan = exchange.lookedUp(stored, now: now)
        return Explanation(
            key: StoragePolicy.key(request: request),
            kind: kind,
            requestDirectives: client.directives,
            options: options,
            variants: stored.indices.map { index in
                ExplainedVariant(
                    stored[index], requestTime: requestTimes.indices.contains(index) ? requestTimes[index] : nil,
                    isSelected: decision.index == index, request: client, options: options, kind: kind, now: now)
            },
            decision: decision,
            addedFields: plan.forwarded.map { sent in sent.fields.lines.filter { !request.fields.lines.contains($0) } } ?? [],
            ageAfterError: exchange.failed(now: now)?.age,
            otherDecision: ReusePolicy.decide(stored: stored, request: client, options: options, kind: otherKind, now: now))
    }
}

extension CacheExchange.Plan {
    /// What would be sent to the origin; nil for nothing.
    package var forwarded: RequestHead? {
        switch self {
        case .forward(let request, _), .serveAndRevalidate(_, let request): request
        case .serve, .unsatisfiable: nil
        }
    }
}

/// What the decision found of one stored response.
package struct ExplainedVariant: Sendable {
    /// Whether the decision is about this one.
    package let isSelected: Bool
    package let status: Int
    /// The fields that Vary nominates, one by one (RFC 9111 section 4.1).
    package let vary: [VaryMatching.Comparison]
    /// Why it can't answer the request, however fresh it is; nil where it can.
    package let obstacle: ReuseReason?
    /// What its freshness says for this request: whether it may be used without asking the origin, and the rule. It is told of
    /// those as well that can't answer.
    package let isUsable: Bool
    package let reason: ReuseReason
    /// On which terms this kind of cache may use it: lifetime, demands, times past the lifetime.
    package let terms: FreshnessTerms
    /// The terms of the other kind.
    package let otherTerms: FreshnessTerms
    /// The reckoning behind `terms.lifetime`.
    package let lifetimeReckoning: String
    /// The steps behind `initialAge`; nil where they are not known any more: a 304 brought the number, and its fields are gone.
    package let initialAgeSteps: InitialAge?
    /// `corrected_initial_age` in seconds (section 4.2.3).
    package let initialAge: Int64
    /// `resident_time` in seconds.
    package let residentTime: Int64
    /// `current_age` in seconds.
    package let currentAge: Int64
    /// What it would be validated by (section 4.3.1); empty where it has nothing.
    package let validators: [FieldLine]
    /// Which bytes are held; nil: all.
    package let heldRanges: String?

    init(
        _ stored: StoredResponse, requestTime: UnixTime?, isSelected: Bool, request: CacheRequest, options: ReuseOptions,
        kind: CacheKind, now: UnixTime
    ) {
        let freshness = stored.freshness
        self.isSelected = isSelected
        status = stored.head.status
        vary = VaryMatching.comparisons(stored: stored, request: request.head)
        obstacle = VariantSelection.obstacle(to: stored, request: request, kind: kind)
        terms = freshness[kind]
        otherTerms = freshness[kind == .private ? .shared : .private]
        lifetimeReckoning = FreshnessLifetime.reckoning(
            of: stored.head, terms: terms, responseTime: freshness.responseTime, kind: kind)
        let steps = requestTime.map {
            InitialAge(of: stored.head, requestTime: $0, responseTime: freshness.responseTime)
        }
        initialAgeSteps = steps.flatMap { $0.corrected == freshness.initialAge ? $0 : nil }
        initialAge = freshness.initialAge
        residentTime = freshness.residentTime(at: now)
        currentAge = freshness.currentAge(at: now)
        validators = ConditionalRequest.fields(validating: stored)
        heldRanges = stored.heldRanges
        switch ReusePolicy.judge(terms, age: currentAge, directives: request.directives, options: options, kind: kind) {
        case .usable(_, let reason), .usableWhileRevalidating(let reason):
            isUsable = true
            self.reason = reason
        case .unusable(let reason):
            isUsable = false
            self.reason = reason
        }
    }
}

package import HTTPSemantics

/// How a request is answered, given what is stored for its key.
package enum ReuseDecision: Hashable, Sendable {
    /// The stored response at `index` answers; `age` in seconds is what its Age field must say.
    case reuse(index: Int, age: Int64, isStale: Bool, reason: ReuseReason)
    /// The stored response at `index` answers, stale, and is validated meanwhile (RFC 5861 section 3).
    case reuseWhileRevalidating(index: Int, age: Int64, reason: ReuseReason)
    /// The stored response at `index` answers if the server confirms it; it has a validator.
    case validate(index: Int, reason: ReuseReason)
    /// The origin is asked for what the stored part at `index` lacks (RFC 9111 section 3.4).
    case complete(index: Int, reason: ReuseReason)
    /// The origin answers.
    case forward(reason: ReuseReason)
    /// Nothing answers: the origin may not be asked (`--offline`, or `only-if-cached`, for which the status is 504).
    case unsatisfiable(ReuseReason)
}

extension ReuseDecision {
    /// The rule that decided.
    package var reason: ReuseReason {
        switch self {
        case .reuse(_, _, _, let reason), .reuseWhileRevalidating(_, _, let reason), .validate(_, let reason),
            .complete(_, let reason), .forward(let reason), .unsatisfiable(let reason):
            reason
        }
    }

    /// The stored response that it is about; nil where it is about none.
    package var index: Int? {
        switch self {
        case .reuse(let index, _, _, _), .reuseWhileRevalidating(let index, _, _), .validate(let index, _), .complete(let index, _):
            index
        case .forward, .unsatisfiable: nil
        }
    }
}

/// Which stored response may answer a request, and on which condition (RFC 9111 section 4).
package enum ReusePolicy {
    /// - Parameters:
    ///   - stored: all variants of the request's key, in any order.
    ///   - request: with all fields that will be sent, for Vary may nominate any.
    ///   - options: the user's; they win over the request's directives, and these over the response's. Only what forbids
    ///     stale responses (`must-revalidate`, `no-cache`) yields to none but `maxAge` and `offline`.
    package static func decide(
        stored: [StoredResponse], request: RequestHead, options: ReuseOptions, kind: CacheKind, now: UnixTime
    ) -> ReuseDecision {
        decide(stored: stored, request: CacheRequest(request), options: options, kind: kind, now: now)
    }

    static func decide(
        stored: [StoredResponse], request: CacheRequest, options: ReuseOptions, kind: CacheKind, now: UnixTime
    ) -> ReuseDecision {
        let decision = unrestricted(stored: stored, request: request, options: options, kind: kind, now: now)
        switch decision {
        case .reuse, .unsatisfiable:
            return decision
        case .reuseWhileRevalidating(let index, let age, let reason):
            guard request.directives.contains(.onlyIfCached) else { return decision }
            // It is consistent with the request, and the origin is not to be asked.
            return .reuse(index: index, age: age, isStale: true, reason: reason)
        case .forward(let reason) where options.mode == .offline:
            return .unsatisfiable(reason)
        case .complete(_, let reason) where options.mode == .offline:
            return .unsatisfiable(reason)
        case .forward, .validate, .complete:
            return request.directives.contains(.onlyIfCached) ? .unsatisfiable(.onlyIfCached) : decision
        }
    }

    /// The decision as if the origin could always be asked.
    private static func unrestricted(
        stored: [StoredResponse], request: CacheRequest, options: ReuseOptions, kind: CacheKind, now: UnixTime
    ) -> ReuseDecision {
        guard request.head.method == .get || request.head.method == .head else { return .forward(reason: .method) }
        switch VariantSelection.select(stored, request: request, kind: kind) {
        case .found(let index):
            let response = stored[index]
            switch decideByNumbers(
                response.freshness, status: response.storedHead.status, request: request, options: options, kind: kind, now: now)
            {
            case .reuse(let reuse):
                return .reuse(index: index, age: reuse.age, isStale: reuse.isStale, reason: reuse.reason)
            case .reuseWhileRevalidating(let age, let reason):
                return .reuseWhileRevalidating(index: index, age: age, reason: reason)
            case .validate(let reason):
                guard ConditionalRequest.isPossible(validating: response) else { return .forward(reason: reason) }
                return .validate(index: index, reason: reason)
            case .forward(let reason): return .forward(reason: reason)
            }
        case .part where options.mode == .reload, .none where options.mode == .reload: return .forward(reason: .reloadRequested)
        case .part(let part): return .complete(index: part, reason: .partialContent)
        case .none(let reason): return .forward(reason: reason)
        }
    }

    // MARK: - By numbers alone

    /// That a stored response answers a request as it is.
    package struct Reuse: Hashable, Sendable {
        /// In seconds.
        package let age: Int64
        package let isStale: Bool
        package let reason: ReuseReason
    }

    /// Whether the only stored response of the request's key answers it, whole, as `decide` would find it. Nil: it does not, or it takes
    /// more than these to tell.
    ///
    /// - Parameters:
    ///   - freshness: of a response that is decided by numbers (`StoredResponse.isDecidedByNumbers`).
    ///   - secondaryKey: nil where it has no Vary.
    package static func reuse(
        _ freshness: Freshness, _ secondaryKey: SecondaryKey?, request: RequestHead, options: ReuseOptions, kind: CacheKind,
        now: UnixTime
    ) -> Reuse? {
        guard secondaryKey?.selects(request) ?? true else { return nil }
        let request = CacheRequest(request)
        guard request.head.method == .get, request.traits.isDisjoint(with: [.conditions, .range]),
            !freshness[kind].demands.contains(.varyStar),
            VariantSelection.prohibition(of: freshness, request: request, kind: kind) == nil,
            case .reuse(let reuse) = decideByNumbers(
                freshness, status: 200, request: request, options: options, kind: kind, now: now)
        else { return nil }
        return reuse
    }

    private enum NumbersDecision {
        case reuse(Reuse)
        case reuseWhileRevalidating(age: Int64, ReuseReason)
        /// Or forward it, where there is no validator.
        case validate(ReuseReason)
        case forward(ReuseReason)
    }

    /// What is done with the stored response that a request has selected.
    private static func decideByNumbers(
        _ freshness: Freshness, status: Int, request: CacheRequest, options: ReuseOptions, kind: CacheKind, now: UnixTime
    ) -> NumbersDecision {
        let age = freshness.currentAge(at: now)
        let terms = freshness[kind]
        if isOfThisJob(freshness, status: status, request, options, now) {
            return .reuse(Reuse(age: age, isStale: terms.lifetime <= age, reason: .fetchedByThisJob))
        }
        if options.mode == .reload { return .forward(.reloadRequested) }
        let verdict = judge(terms, age: age, directives: request.directives, options: options, kind: kind)
        if options.mode == .offline {
            if case .usable(let isStale, let reason) = verdict { return .reuse(Reuse(age: age, isStale: isStale, reason: reason)) }
            return .reuse(Reuse(age: age, isStale: terms.lifetime <= age, reason: .offline))
        }
        if request.traits.contains(.originConditions) { return .forward(.condition) }
        switch verdict {
        case .usable(let isStale, let reason): return .reuse(Reuse(age: age, isStale: isStale, reason: reason))
        case .usableWhileRevalidating(let reason): return .reuseWhileRevalidating(age: age, reason)
        case .unusable(let reason): return .validate(reason)
        }
    }

    /// Whether the job has fetched or validated the response itself, so that it answers whatever its freshness. Not where a failure of
    /// the server's that may be over is worth another attempt.
    private static func isOfThisJob(
        _ freshness: Freshness, status: Int, _ request: CacheRequest, _ options: ReuseOptions, _ now: UnixTime
    ) -> Bool {
        guard let since = options.freshSince else { return false }
        return freshness.responseTime >= since && freshness.responseTime <= now && !request.traits.contains(.originConditions)
            && !isPassingFailure(status)
    }

    private static func isPassingFailure(_ status: Int) -> Bool {
        status == 408 || status == 429 || status >= 500
    }

    // MARK: - One response

    enum Verdict: Hashable {
        case usable(isStale: Bool, ReuseReason)
        case usableWhileRevalidating(ReuseReason)
        case unusable(ReuseReason)
    }

    /// Whether a response of these numbers may be used without validation (sections 4.2 and 4.2.4).
    static func judge(
        _ terms: FreshnessTerms, age: Int64, directives: CacheControl, options: ReuseOptions, kind: CacheKind
    ) -> Verdict {
        let lifetime = max(0, options.maxAge ?? terms.lifetime)
        if options.mode == .refresh { return .unusable(.refreshRequested) }
        if directives.contains(.noCache) { return .unusable(.requestNoCache) }
        if options.maxAge == nil, terms.demands.contains(.noCache) { return .unusable(.noCache) }
        if let maxAge = directives.maxAge, age > maxAge { return .unusable(.requestMaxAge) }
        if age < lifetime {
            if let minFresh = directives.minFresh, lifetime - age < minFresh { return .unusable(.requestMinFresh) }
            return .usable(isStale: false, options.maxAge == nil ? .fresh : .youngerThanMaxAge)
        }
        if directives.minFresh != nil { return .unusable(.requestMinFresh) }
        let staleness = age - lifetime
        if options.maxAge == nil, mayRevalidateLater(terms, staleness: staleness, directives: directives, kind: kind) {
            return .usableWhileRevalidating(.staleWhileRevalidate)
        }
        guard let maxStale = [directives.maxStale, options.maxStale].compactMap({ $0 }).max(), staleness <= maxStale else {
            return .unusable(options.maxAge == nil ? .stale : .olderThanMaxAge)
        }
        if forbidsStale(terms, kind: kind) || forbidsStaleInShared(terms, kind: kind) { return .unusable(.mustRevalidate) }
        return .usable(isStale: true, .staleAllowed)
    }

    /// Whether a stale response may be used while it is validated (RFC 5861 section 3). What the request says of stale responses
    /// goes first: with `max-age` alone it wants none, with `max-stale` none that is staler (RFC 9111 sections 5.2.1.1, 5.2.1.2).
    private static func mayRevalidateLater(
        _ terms: FreshnessTerms, staleness: Int64, directives: CacheControl, kind: CacheKind
    ) -> Bool {
        guard terms.staleWhileRevalidate > 0, staleness <= terms.staleWhileRevalidate else { return false }
        if let maxStale = directives.maxStale {
            if staleness > maxStale { return false }
        } else if directives.maxAge != nil {
            return false
        }
        return !forbidsStale(terms, kind: kind)
    }

    /// Whether the response may never be used once it is stale, even if it names a time for that itself (sections 4.2.4, 5.2.2.2,
    /// 5.2.2.4 and 5.2.2.8).
    static func forbidsStale(_ terms: FreshnessTerms, kind: CacheKind) -> Bool {
        if !terms.demands.isDisjoint(with: [.mustRevalidate, .noCache]) { return true }
        return kind == .shared && terms.demands.contains(.proxyRevalidate)
    }

    /// Whether `s-maxage` forbids the use of the stale response, as it implies `proxy-revalidate` (section 5.2.2.10).
    ///
    /// Not asked where the response itself says for how long it may be used stale (RFC 5861): what it says expressly of staleness
    /// goes before what another of its directives implies, or the two could never be used together.
    private static func forbidsStaleInShared(_ terms: FreshnessTerms, kind: CacheKind) -> Bool {
        kind == .shared && terms.source == .sharedMaxAge
    }
}

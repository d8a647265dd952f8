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
        let selected = VariantSelection.select(stored, request: request, kind: kind)
        if case .found(let index) = selected, let reuse = fetchedByThisJob(stored, index, request, options, kind, now) {
            return reuse
        }
        if options.mode == .reload { return .forward(reason: .reloadRequested) }
        let index: Int
        switch selected {
        case .found(let found): index = found
        case .part(let part): return .complete(index: part, reason: .partialContent)
        case .none(let reason): return .forward(reason: reason)
        }
        let freshness = stored[index].freshness
        let age = freshness.currentAge(at: now)
        let verdict = judge(freshness[kind], age: age, directives: request.directives, options: options, kind: kind)
        if options.mode == .offline {
            if case .usable(let isStale, let reason) = verdict {
                return .reuse(index: index, age: age, isStale: isStale, reason: reason)
            }
            return .reuse(index: index, age: age, isStale: freshness[kind].lifetime <= age, reason: .offline)
        }
        if request.traits.contains(.originConditions) { return .forward(reason: .condition) }
        switch verdict {
        case .usable(let isStale, let reason):
            return .reuse(index: index, age: age, isStale: isStale, reason: reason)
        case .usableWhileRevalidating(let reason):
            return .reuseWhileRevalidating(index: index, age: age, reason: reason)
        case .unusable(let reason):
            guard ConditionalRequest.isPossible(validating: stored[index]) else { return .forward(reason: reason) }
            return .validate(index: index, reason: reason)
        }
    }

    /// The answer that the job has fetched or validated itself, whatever its freshness; nil where it has not, and where a failure of the
    /// server's that may be over is worth another attempt.
    private static func fetchedByThisJob(
        _ stored: [StoredResponse], _ index: Int, _ request: CacheRequest, _ options: ReuseOptions, _ kind: CacheKind,
        _ now: UnixTime
    ) -> ReuseDecision? {
        let freshness = stored[index].freshness
        guard let since = options.freshSince, freshness.responseTime >= since, freshness.responseTime <= now,
            !request.traits.contains(.originConditions), !isPassingFailure(stored[index].storedHead.status)
        else { return nil }
        let age = freshness.currentAge(at: now)
        return .reuse(
            index: index, age: age, isStale: freshness[kind].lifetime <= age, reason: .fetchedByThisJob)
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

package import HTTPSemantics

/// What the user wants of stored responses, on top of what requests and responses say.
package struct ReuseOptions: Hashable, Sendable {
    /// What the store is used for.
    package enum Mode: Hashable, Sendable {
        /// As RFC 9111 says.
        case standard
        /// Validate whatever is stored.
        case refresh
        /// Fetch again unconditionally.
        case reload
        /// Never use the network: what is stored answers, stale or not.
        case offline
    }

    package var mode: Mode
    /// In seconds: what is younger is fresh, whatever the server said, and what is not is stale. Nil leaves it to the server.
    package var maxAge: Int64?
    /// In seconds: how long past its lifetime a response may still answer. Nil means not at all.
    package var maxStale: Int64?

    package init(mode: Mode = .standard, maxAge: Int64? = nil, maxStale: Int64? = nil) {
        self.mode = mode
        self.maxAge = maxAge
        self.maxStale = maxStale
    }
}

/// How a request is answered, given what is stored for its key.
package enum ReuseDecision: Hashable, Sendable {
    /// The stored response at `index` answers; `age` in seconds is what its Age field must say.
    case reuse(index: Int, age: Int64, isStale: Bool, reason: ReuseReason)
    /// The stored response at `index` answers if the server confirms it; it has a validator.
    case validate(index: Int, reason: ReuseReason)
    /// The origin answers.
    case forward(reason: ReuseReason)
    /// Nothing answers: the origin may not be asked (`--offline`, or `only-if-cached`, for which the status is 504).
    case unsatisfiable(ReuseReason)
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
        let directives = CacheControl(request: request.fields)
        let decision = decide(
            stored: stored, request: request, directives: directives, options: options, kind: kind, now: now)
        switch decision {
        case .reuse, .unsatisfiable: return decision
        case .forward(let reason) where options.mode == .offline: return .unsatisfiable(reason)
        case .forward, .validate: return directives.contains(.onlyIfCached) ? .unsatisfiable(.onlyIfCached) : decision
        }
    }

    private static func decide(
        stored: [StoredResponse], request: RequestHead, directives: CacheControl, options: ReuseOptions, kind: CacheKind,
        now: UnixTime
    ) -> ReuseDecision {
        guard request.method == .get || request.method == .head else { return .forward(reason: .method) }
        if options.mode == .reload { return .forward(reason: .reloadRequested) }
        let index: Int
        switch select(stored, request: request, kind: kind) {
        case .found(let found): index = found
        case .none(let reason): return .forward(reason: reason)
        }
        let freshness = stored[index].freshness
        let age = freshness.currentAge(at: now)
        switch judge(freshness[kind], age: age, directives: directives, options: options, kind: kind) {
        case .usable(let isStale, let reason):
            if options.mode != .offline, isForOrigin(request) { return .forward(reason: .partialRequest) }
            return .reuse(index: index, age: age, isStale: isStale, reason: reason)
        case .unusable(let reason):
            if options.mode == .offline {
                return .reuse(index: index, age: age, isStale: freshness[kind].lifetime <= age, reason: .offline)
            }
            if isForOrigin(request) { return .forward(reason: .partialRequest) }
            guard ConditionalRequest.isPossible(validating: stored[index]) else { return .forward(reason: .noValidator) }
            return .validate(index: index, reason: reason)
        }
    }

    private enum Verdict {
        case usable(isStale: Bool, ReuseReason)
        case unusable(ReuseReason)
    }

    /// Whether a response of these numbers may be used without validation (sections 4.2 and 4.2.4).
    private static func judge(
        _ freshness: FreshnessTerms, age: Int64, directives: CacheControl, options: ReuseOptions, kind: CacheKind
    ) -> Verdict {
        if options.mode == .refresh { return .unusable(.refreshRequested) }
        if directives.contains(.noCache) { return .unusable(.requestNoCache) }
        if options.maxAge == nil, freshness.demands.contains(.noCache) { return .unusable(.noCache) }
        if let maxAge = directives.maxAge, age > maxAge { return .unusable(.requestMaxAge) }
        let lifetime = max(0, options.maxAge ?? freshness.lifetime)
        if age < lifetime {
            if let minFresh = directives.minFresh, lifetime - age < minFresh { return .unusable(.requestMinFresh) }
            return .usable(isStale: false, options.maxAge == nil ? .fresh : .youngerThanMaxAge)
        }
        if directives.minFresh != nil { return .unusable(.requestMinFresh) }
        let staleReason: ReuseReason = options.maxAge == nil ? .stale : .olderThanMaxAge
        guard let maxStale = [directives.maxStale, options.maxStale].compactMap({ $0 }).max(), age - lifetime <= maxStale else {
            return .unusable(staleReason)
        }
        if forbidsStale(freshness, kind: kind) { return .unusable(.mustRevalidate) }
        return .usable(isStale: true, .staleAllowed)
    }

    /// Whether the response may never be used once it is stale (sections 5.2.2.2, 5.2.2.4, 5.2.2.8 and 5.2.2.10).
    private static func forbidsStale(_ freshness: FreshnessTerms, kind: CacheKind) -> Bool {
        if !freshness.demands.isDisjoint(with: [.mustRevalidate, .noCache]) { return true }
        return kind == .shared && (freshness.demands.contains(.proxyRevalidate) || freshness.source == .sharedMaxAge)
    }

    private enum Selection {
        case found(Int)
        case none(ReuseReason)
    }

    /// The variant that the request selects: of those that match, one with Vary before one without (section 4.1: servers leave
    /// it out of their default answer), then the most recent.
    private static func select(_ stored: [StoredResponse], request: RequestHead, kind: CacheKind) -> Selection {
        if stored.isEmpty { return .none(.notStored) }
        var matching = stored.indices.filter { VaryMatching.matches(stored: stored[$0], request: request) }
        if matching.isEmpty { return .none(.varyMismatch) }
        if kind == .shared {
            matching.removeAll { !stored[$0].freshness[kind].demands.isDisjoint(with: [.privateOnly, .forbidden]) }
            if matching.isEmpty { return .none(.privateResponse) }
        }
        if matching.count == 1 { return .found(matching[0]) }
        let best = matching.max { left, right in
            let (left, right) = (rank(stored[left]), rank(stored[right]))
            return (left.varies ? 1 : 0, left.made, left.received) < (right.varies ? 1 : 0, right.made, right.received)
        }
        return best.map(Selection.found) ?? .none(.varyMismatch)
    }

    /// When the response was made is told from the numbers (section 4.2.3): a Date that a 304 renewed need not be in the stored
    /// fields yet.
    private static func rank(_ response: StoredResponse) -> (varies: Bool, made: UnixTime, received: UnixTime) {
        let received = response.freshness.responseTime
        let age = UnixTime(seconds: max(0, response.freshness.initialAge))
        return (response.head.fields.contains("Vary"), received.advanced(byMilliseconds: -age.milliseconds), received)
    }

    /// Whether only the origin can answer: parts are not cut out of stored responses, and these conditions are not for a cache
    /// to evaluate (section 4.3.2). If-None-Match and If-Modified-Since are no hindrance: a whole response is a right answer.
    private static func isForOrigin(_ request: RequestHead) -> Bool {
        request.fields.lines.contains { line in originNames.contains { line.isNamed($0) } }
    }

    private static let originNames = ["Range", "If-Range", "If-Match", "If-Unmodified-Since"]
}

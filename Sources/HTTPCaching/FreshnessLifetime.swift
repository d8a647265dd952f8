package import HTTPSemantics

/// For how long a response is fresh (RFC 9111 sections 4.2.1 and 4.2.2).
package struct FreshnessLifetime: Hashable, Sendable {
    /// Seconds of age, never negative; 0 means stale from the start.
    package let seconds: Int64
    /// The rule that gave it.
    package let source: LifetimeSource

    /// The longest lifetime that is guessed, in seconds: one week.
    package static let heuristicLimit: Int64 = 7 * 86_400

    /// The first of `s-maxage` (shared caches), `max-age`, `Expires` minus `Date`, and the heuristic.
    ///
    /// - Parameters:
    ///   - cacheControl: the directives of `response` for that kind of cache, read already; targeted ones leave Expires without
    ///     effect (RFC 9213 section 2.2).
    ///   - responseTime: when it was received; stands in for a `Date` that is missing or broken (RFC 9110 section 6.6.1).
    package init(response: ResponseHead, cacheControl: CacheControl, responseTime: UnixTime, kind: CacheKind) {
        self.init(
            response: response, cacheControl: cacheControl, date: Self.date(of: response, responseTime: responseTime),
            responseTime: responseTime, kind: kind)
    }

    /// - Parameter date: when the response was made, read already.
    init(response: ResponseHead, cacheControl: CacheControl, date: UnixTime, responseTime: UnixTime, kind: CacheKind) {
        if kind == .shared, let seconds = cacheControl.sharedMaxAge {
            self.init(seconds: seconds, source: .sharedMaxAge)
        } else if let seconds = cacheControl.maxAge {
            self.init(seconds: seconds, source: .maxAge)
        } else if !cacheControl.isTargeted, let expires = response.fields.first(.expires) {
            self.init(expires: expires, date: date, responseTime: responseTime)
        } else {
            self.init(heuristic: response, cacheControl: cacheControl, date: date, responseTime: responseTime, kind: kind)
        }
    }

    private init(seconds: Int64, source: LifetimeSource) {
        self.seconds = seconds
        self.source = source
    }

    /// What is no date lies in the past (section 5.3), `0` first of all.
    private init(expires: String, date: UnixTime, responseTime: UnixTime) {
        let expiry = HTTPDate.parse(expires, now: responseTime)
        self.init(seconds: expiry.map { max(0, $0.seconds - date.seconds) } ?? 0, source: .expires)
    }

    /// A tenth of the time since the last change, one week at most (section 4.2.2).
    ///
    /// URLs with a query are not left out: RFC 2616 did that, RFC 9111 notes that hardly anyone followed and that servers are
    /// to say so where they want no caching.
    private init(
        heuristic response: ResponseHead, cacheControl: CacheControl, date: UnixTime, responseTime: UnixTime, kind: CacheKind
    ) {
        guard Self.allowsHeuristic(response, cacheControl: cacheControl, kind: kind),
            let text = response.fields.first(.lastModified), let lastModified = HTTPDate.parse(text, now: responseTime)
        else {
            self.init(seconds: 0, source: .none)
            return
        }
        let unchanged = date.seconds - lastModified.seconds
        let seconds = min(unchanged / 10, Self.heuristicLimit)
        if seconds > 0 {
            self.init(seconds: seconds, source: .heuristic)
        } else {
            self.init(seconds: 0, source: .none)
        }
    }

    /// Whether a lifetime may be guessed for the response: its status allows it, or it is marked as cacheable (4.2.2, 5.2.2.7,
    /// 5.2.2.9).
    static func allowsHeuristic(_ response: ResponseHead, cacheControl: CacheControl, kind: CacheKind) -> Bool {
        isHeuristicallyCacheable(status: response.status) || cacheControl.contains(.public)
            || (kind == .private && cacheControl.contains(.private))
    }

    /// Whether the status is defined as heuristically cacheable (RFC 9110 section 15.1, and RFC 7725 section 3 for 451).
    package static func isHeuristicallyCacheable(status: Int) -> Bool {
        switch status {
        case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501: true
        default: false
        }
    }

    /// Whether the response says itself how long it is fresh, rightly or wrongly (section 4.2.1).
    static func isExplicit(_ response: ResponseHead, cacheControl: CacheControl, kind: CacheKind) -> Bool {
        if cacheControl.maxAge != nil || (kind == .shared && cacheControl.sharedMaxAge != nil) { return true }
        return !cacheControl.isTargeted && response.fields.contains(.expires)
    }

    /// When the response was made (`date_value`): its `Date`, or when it was received where that is missing or broken.
    static func date(of response: ResponseHead, responseTime: UnixTime) -> UnixTime {
        response.fields.first(.date).flatMap { HTTPDate.parse($0, now: responseTime) } ?? responseTime
    }
}

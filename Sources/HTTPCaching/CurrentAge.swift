package import HTTPSemantics

extension Freshness {
    /// The numbers of a response that was just received (RFC 9111 sections 4.2.1 to 4.2.3), for both kinds of cache.
    ///
    /// - Parameters:
    ///   - response: the head as received, or as merged with a 304.
    ///   - isAuthorized: whether it answers a request with Authorization, which binds shared caches (section 3.5).
    ///   - requestTime: when the request was sent (`request_time`).
    ///   - responseTime: when the response's head was received (`response_time`).
    init(response: ResponseHead, isAuthorized: Bool, requestTime: UnixTime, responseTime: UnixTime) {
        let age = InitialAge(of: response, requestTime: requestTime, responseTime: responseTime)
        let varies = VaryMatching.nominatesEverything(response.fields)
        func terms(_ cacheControl: CacheControl, _ kind: CacheKind) -> FreshnessTerms {
            var terms = FreshnessTerms(
                response: response, cacheControl: cacheControl, isAuthorized: isAuthorized, date: age.date,
                responseTime: responseTime, kind: kind)
            if varies { terms.demands.insert(.varyStar) }
            return terms
        }
        let own = CacheControl(response: response.fields, for: .private)
        let shared = CacheControl.mayBeTargeted(response.fields) ? CacheControl(response: response.fields, for: .shared) : own
        self.init(
            responseTime: responseTime, initialAge: age.corrected, privateTerms: terms(own, .private),
            sharedTerms: terms(shared, .shared))
    }

    /// Age in seconds at `now`, never negative: a clock that was set back makes nothing younger than it was when it came
    /// (section 4.2.3). Saturates instead of overflowing.
    package func currentAge(at now: UnixTime) -> Int64 {
        let (age, overflow) = max(0, initialAge).addingReportingOverflow(residentTime(at: now))
        return overflow ? .max : age
    }

    /// For how many seconds the response has been here (`resident_time`), never negative.
    package func residentTime(at now: UnixTime) -> Int64 {
        max(0, now.milliseconds(since: responseTime)) / 1000
    }

    /// Whether the lifetime that such a cache goes by exceeds the age at `now` (section 4.2).
    package func isFresh(at now: UnixTime, in kind: CacheKind) -> Bool {
        self[kind].lifetime > currentAge(at: now)
    }
}

extension FreshnessTerms {
    /// The terms for one kind of cache. Where its own storage rules refuse the response (section 3), it is `.forbidden` to it: the
    /// other kind may have stored it all the same.
    ///
    /// - Parameters:
    ///   - cacheControl: the directives of `response` for that kind of cache.
    ///   - date: when the response was made (`date_value`).
    fileprivate init(
        response: ResponseHead, cacheControl: CacheControl, isAuthorized: Bool, date: UnixTime, responseTime: UnixTime,
        kind: CacheKind
    ) {
        let lifetime = FreshnessLifetime(
            response: response, cacheControl: cacheControl, date: date, responseTime: responseTime, kind: kind)
        var demands = ReuseDemands(cacheControl)
        // In a shared cache for the record: what it may store of such answers, it may give to everybody.
        if isAuthorized, kind == .shared || !cacheControl.contains(.public) { demands.insert(.authorized) }
        if StoragePolicy.refusal(of: response, cacheControl: cacheControl, isAuthorized: isAuthorized, kind: kind) != nil {
            demands.insert(.forbidden)
        }
        self.init(
            lifetime: lifetime.seconds, source: lifetime.source, demands: demands,
            staleWhileRevalidate: cacheControl.staleWhileRevalidate ?? 0, staleIfError: cacheControl.staleIfError ?? 0)
    }
}

extension ReuseDemands {
    /// What the directives of a response demand.
    fileprivate init(_ cacheControl: CacheControl) {
        self = []
        if cacheControl.contains(.noCache) { insert(.noCache) }
        if cacheControl.contains(.mustRevalidate) { insert(.mustRevalidate) }
        if cacheControl.contains(.proxyRevalidate) { insert(.proxyRevalidate) }
        if cacheControl.contains(.immutable) { insert(.immutable) }
        if cacheControl.contains(.private) { insert(.privateOnly) }
    }
}

package import HTTPSemantics

extension Freshness {
    /// The numbers of a response that was just received (RFC 9111 sections 4.2.1 to 4.2.3), for both kinds of cache.
    ///
    /// - Parameters:
    ///   - response: the head as received, or as merged with a 304.
    ///   - request: the request that it answers; its Authorization binds shared caches (section 3.5).
    ///   - requestTime: when the request was sent (`request_time`).
    ///   - responseTime: when the response's head was received (`response_time`).
    package init(response: ResponseHead, to request: RequestHead, requestTime: UnixTime, responseTime: UnixTime) {
        func terms(_ kind: CacheKind) -> FreshnessTerms {
            FreshnessTerms(response: response, to: request, responseTime: responseTime, kind: kind)
        }
        self.init(
            responseTime: responseTime,
            initialAge: Self.correctedInitialAge(of: response, requestTime: requestTime, responseTime: responseTime),
            privateTerms: terms(.private),
            sharedTerms: terms(.shared))
    }

    /// Age in seconds at `now`, never negative: a clock that was set back makes nothing younger than it was when it came
    /// (section 4.2.3). Saturates instead of overflowing.
    package func currentAge(at now: UnixTime) -> Int64 {
        let residentTime = max(0, now.milliseconds(since: responseTime)) / 1000
        let (age, overflow) = max(0, initialAge).addingReportingOverflow(residentTime)
        return overflow ? .max : age
    }

    /// Whether the lifetime that such a cache goes by exceeds the age at `now` (section 4.2).
    package func isFresh(at now: UnixTime, in kind: CacheKind) -> Bool {
        self[kind].lifetime > currentAge(at: now)
    }

    /// `corrected_initial_age`: the greater of what the clocks say and what the caches on the way say.
    private static func correctedInitialAge(of response: ResponseHead, requestTime: UnixTime, responseTime: UnixTime) -> Int64 {
        let date = FreshnessLifetime.date(of: response, responseTime: responseTime)
        let apparentAge = max(0, responseTime.seconds - date.seconds)
        let responseDelay = max(0, responseTime.milliseconds(since: requestTime)) / 1000
        let correctedAgeValue = ageValue(of: response) + responseDelay
        return max(apparentAge, correctedAgeValue)
    }

    /// `age_value`: the first member of the Age field; 0 where it is missing or no number of seconds (section 5.1).
    private static func ageValue(of response: ResponseHead) -> Int64 {
        guard let value = response.fields.first("Age"), let first = Grammar.listElements(value).first else { return 0 }
        return Grammar.deltaSeconds(first) ?? 0
    }
}

extension FreshnessTerms {
    init(response: ResponseHead, to request: RequestHead, responseTime: UnixTime, kind: CacheKind) {
        let cacheControl = CacheControl(response: response.fields)
        let lifetime = FreshnessLifetime(response: response, cacheControl: cacheControl, responseTime: responseTime, kind: kind)
        var demands = ReuseDemands(cacheControl: cacheControl, fields: response.fields)
        if request.fields.contains("Authorization") { demands.insert(.authorized) }
        if StoragePolicy.refusalByUser(request: request, cacheControl: cacheControl, kind: kind) != nil {
            demands.insert(.forbidden)
        }
        self.init(lifetime: lifetime.seconds, source: lifetime.source, demands: demands)
    }
}

extension ReuseDemands {
    /// What the directives and the Vary field of a response demand.
    init(cacheControl: CacheControl, fields: FieldSection) {
        self = []
        if cacheControl.contains(.noCache) { insert(.noCache) }
        if cacheControl.contains(.mustRevalidate) { insert(.mustRevalidate) }
        if cacheControl.contains(.proxyRevalidate) { insert(.proxyRevalidate) }
        if cacheControl.contains(.immutable) { insert(.immutable) }
        if cacheControl.contains(.private) { insert(.privateOnly) }
        if VaryMatching.nominatesEverything(fields) { insert(.varyStar) }
    }
}

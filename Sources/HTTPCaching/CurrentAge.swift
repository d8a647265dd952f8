package import HTTPSemantics

extension Freshness {
    /// The numbers of a response that was just received (RFC 9111 sections 4.2.1 to 4.2.3).
    ///
    /// - Parameters:
    ///   - response: the head as received, or as merged with a 304.
    ///   - requestTime: when its request was sent (`request_time`).
    ///   - responseTime: when its head was received (`response_time`).
    ///   - kind: whose cache it is for; a shared one obeys `s-maxage`.
    package init(response: ResponseHead, requestTime: UnixTime, responseTime: UnixTime, kind: CacheKind) {
        self.init(
            response: response, cacheControl: CacheControl(response: response.fields), requestTime: requestTime,
            responseTime: responseTime, kind: kind)
    }

    init(response: ResponseHead, cacheControl: CacheControl, requestTime: UnixTime, responseTime: UnixTime, kind: CacheKind) {
        let lifetime = FreshnessLifetime(response: response, cacheControl: cacheControl, responseTime: responseTime, kind: kind)
        self.init(
            responseTime: responseTime,
            initialAge: Self.correctedInitialAge(of: response, requestTime: requestTime, responseTime: responseTime),
            lifetime: lifetime.seconds,
            source: lifetime.source,
            demands: ReuseDemands(cacheControl: cacheControl, fields: response.fields))
    }

    /// Age in seconds at `now`, never negative: a clock that was set back makes nothing younger than it was when it came
    /// (section 4.2.3). Saturates instead of overflowing.
    package func currentAge(at now: UnixTime) -> Int64 {
        let residentTime = max(0, now.milliseconds(since: responseTime)) / 1000
        let (age, overflow) = max(0, initialAge).addingReportingOverflow(residentTime)
        return overflow ? .max : age
    }

    /// Whether the lifetime exceeds the age at `now` (section 4.2).
    package func isFresh(at now: UnixTime) -> Bool {
        lifetime > currentAge(at: now)
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

package import HTTPSemantics

/// How old a response is when it comes, with the steps of the reckoning (RFC 9111 section 4.2.3). Seconds, none negative.
package struct InitialAge: Hashable, Sendable {
    /// `date_value`: when the response was made; the time of receipt where Date is missing or broken.
    package let date: UnixTime
    /// `age_value`: the first member of the Age field; 0 where it is missing or no number of seconds (section 5.1).
    package let ageValue: Int64
    /// `response_delay`: how long the response was under way.
    package let responseDelay: Int64
    /// `apparent_age`: what the clocks say.
    package let apparentAge: Int64
    /// `corrected_age_value`: what the caches on the way say.
    package let correctedAgeValue: Int64
    /// `corrected_initial_age`: the greater of the two.
    package let corrected: Int64

    package init(of response: ResponseHead, requestTime: UnixTime, responseTime: UnixTime) {
        date = FreshnessLifetime.date(of: response, responseTime: responseTime)
        apparentAge = max(0, responseTime.seconds - date.seconds)
        responseDelay = max(0, responseTime.milliseconds(since: requestTime)) / 1000
        ageValue = Self.ageValue(of: response)
        correctedAgeValue = ageValue + responseDelay
        corrected = max(apparentAge, correctedAgeValue)
    }

    private static func ageValue(of response: ResponseHead) -> Int64 {
        guard let value = response.fields.first(.age), let first = Grammar.listElements(value).first else { return 0 }
        return Grammar.deltaSeconds(first) ?? 0
    }
}

import HTTPSemantics
import Testing

@testable import HTTPCaching

/// Values that the tests of this target start from. Times are seconds after the date of the standard's examples.
enum CacheFixtures {
    /// Sun, 06 Nov 1994 08:49:37 GMT
    static let start = UnixTime(seconds: 784_111_777)

    static func time(_ seconds: Int64) -> UnixTime {
        start.advanced(bySeconds: seconds)
    }

    /// The HTTP-date that lies so many seconds after the start.
    static func date(_ seconds: Int64) -> String {
        HTTPDate.format(time(seconds))
    }

    static func url(_ text: String = "http://example.com/page") throws -> WebURL {
        try #require(WebURL(text))
    }

    static func request(
        _ fields: FieldSection = [:], method: HTTPMethod = .get, url: String = "http://example.com/page"
    ) throws -> RequestHead {
        RequestHead(method: method, url: try Self.url(url), fields: fields)
    }

    /// A response made at the start.
    static func response(_ fields: FieldSection = [:], status: Int = 200) -> ResponseHead {
        var fields = fields
        if !fields.contains("Date") { fields.append("Date", date(0)) }
        return ResponseHead(status: status, fields: fields)
    }

    /// A response as stored, received at the start in answer to a request of the given fields.
    static func stored(
        _ fields: FieldSection = [:], status: Int = 200, for requestFields: FieldSection = [:], at seconds: Int64 = 0,
        held: String? = nil
    ) throws -> StoredResponse {
        let response = Self.response(fields, status: status)
        return StoredResponse(
            head: StoragePolicy.storedHead(response),
            freshness: Freshness(
                response: response, isAuthorized: requestFields.contains("Authorization"), requestTime: time(seconds),
                responseTime: time(seconds)),
            varyFields: VaryMatching.nominatedFields(response: response, request: try request(requestFields)) ?? [:],
            heldRanges: held)
    }

    static func freshness(
        _ fields: FieldSection, status: Int = 200, requested: Int64 = 0, received: Int64 = 0
    ) throws -> Freshness {
        Freshness(
            response: response(fields, status: status), isAuthorized: false, requestTime: time(requested),
            responseTime: time(received))
    }

    static func exchange(
        _ fields: FieldSection = [:], method: HTTPMethod = .get, options: ReuseOptions = ReuseOptions(), kind: CacheKind = .private
    ) throws -> CacheExchange {
        CacheExchange(request: try request(fields, method: method), options: options, kind: kind)
    }
}

import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Answers in place of errors, RFC 5861 section 4")
struct StaleIfErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var response = "max-age=60, stale-if-error=30"
        var request: FieldSection = [:]
        var options = ReuseOptions()
        var kind = CacheKind.private
        var now: Int64 = 90
        var isAllowed = true
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "within the time"),
        Case(name: "after the time", now: 91, isAllowed: false),
        Case(name: "not without leave", response: "max-age=60", isAllowed: false),
        Case(name: "leave by the request", response: "max-age=60", request: ["Cache-Control": "stale-if-error=30"]),
        Case(name: "the request's limit counts", request: ["Cache-Control": "stale-if-error=29"], isAllowed: false),
        Case(name: "must-revalidate", response: "max-age=60, stale-if-error=30, must-revalidate", isAllowed: false),
        Case(name: "no-cache", response: "max-age=60, stale-if-error=30, no-cache", isAllowed: false),
        Case(
            name: "proxy-revalidate", response: "max-age=60, stale-if-error=30, proxy-revalidate", kind: .shared, isAllowed: false),
        Case(name: "proxy-revalidate in a private cache", response: "max-age=60, stale-if-error=30, proxy-revalidate"),
        Case(name: "s-maxage", response: "s-maxage=60, stale-if-error=30", kind: .shared),
        Case(name: "no-cache of the request", request: ["Cache-Control": "no-cache"], isAllowed: false),
        Case(name: "max-age of the request", request: ["Cache-Control": "max-age=80"], isAllowed: false),
        Case(name: "min-fresh of the request", request: ["Cache-Control": "min-fresh=1"], isAllowed: false),
        Case(name: "--refresh", options: ReuseOptions(mode: .refresh), isAllowed: false),
        Case(
            name: "private in a shared cache", response: "private, max-age=60, stale-if-error=30", kind: .shared, isAllowed: false),
    ]

    @Test("4: when a stored response stands in", arguments: cases)
    func standsIn(item: Case) throws {
        let stored = try CacheFixtures.stored(["Cache-Control": item.response, "ETag": "\"1\""])
        var exchange = try CacheFixtures.exchange(item.request, options: item.options, kind: item.kind)
        _ = exchange.lookedUp([stored], now: CacheFixtures.time(item.now))
        let serving = exchange.failed(now: CacheFixtures.time(item.now))
        #expect((serving != nil) == item.isAllowed)
        if let serving { #expect(serving.age == item.now && serving.isStale && serving.reason == .staleIfError) }
        for status in [500, 501, 502, 503, 504, 429] {
            let plan = exchange.received(
                CacheFixtures.response(["Cache-Control": "max-age=9"], status: status), requestTime: CacheFixtures.time(item.now),
                responseTime: CacheFixtures.time(item.now))
            switch plan {
            case .serveStale(let other): #expect(item.isAllowed && other == serving && status != 501 && status != 429)
            case .pass(.serverError, _, _): #expect(status >= 500 && (!item.isAllowed || status == 501))
            case .store: #expect(status == 429)
            default: Issue.record("\(status): \(plan)")
            }
        }
    }

    @Test("Nothing stored, nothing served; and nothing for methods that the store does not answer")
    func nothing() throws {
        var exchange = try CacheFixtures.exchange()
        _ = exchange.lookedUp([], now: CacheFixtures.start)
        #expect(exchange.failed(now: CacheFixtures.start) == nil)
        var post = try CacheFixtures.exchange(method: .post)
        _ = post.lookedUp(
            [try CacheFixtures.stored(["Cache-Control": "stale-if-error=99"])], now: CacheFixtures.start)
        #expect(post.failed(now: CacheFixtures.start) == nil)
    }

    @Test("RFC 9111 section 4.3.3: an error that may be stored is, where it drives nothing out")
    func storedError() throws {
        var exchange = try CacheFixtures.exchange()
        _ = exchange.lookedUp([], now: CacheFixtures.start)
        let plan = exchange.received(
            CacheFixtures.response(["Cache-Control": "max-age=9"], status: 503), requestTime: CacheFixtures.start,
            responseTime: CacheFixtures.start)
        guard case .store(_, replacing: nil, answer: .whole) = plan else {
            Issue.record("not stored")
            return
        }
    }
}

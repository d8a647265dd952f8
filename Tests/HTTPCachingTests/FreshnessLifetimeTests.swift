import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Freshness lifetime, RFC 9111 sections 4.2.1 and 4.2.2")
struct FreshnessLifetimeTests {
    private func lifetime(_ fields: FieldSection, status: Int = 200, kind: CacheKind = .private) -> FreshnessLifetime {
        let response = CacheFixtures.response(fields, status: status)
        return FreshnessLifetime(
            response: response, cacheControl: CacheControl(response: response.fields, for: kind),
            responseTime: CacheFixtures.time(0), kind: kind)
    }

    @Test("4.2.1: s-maxage in a shared cache, then max-age, then Expires minus Date")
    func order() {
        var fields: FieldSection = [
            "Cache-Control": "max-age=60, s-maxage=30", "Expires": CacheFixtures.date(90),
            "Last-Modified": CacheFixtures.date(-86_400),
        ]
        #expect(lifetime(fields, kind: .shared).seconds == 30)
        #expect(lifetime(fields, kind: .shared).source == .sharedMaxAge)
        #expect(lifetime(fields).seconds == 60)
        #expect(lifetime(fields).source == .maxAge)
        fields.remove("Cache-Control")
        #expect(lifetime(fields).seconds == 90)
        #expect(lifetime(fields).source == .expires)
        fields.remove("Expires")
        #expect(lifetime(fields).seconds == 8640)
        #expect(lifetime(fields).source == .heuristic)
    }

    @Test(
        "5.3: an Expires that is no date has passed already",
        arguments: ["0", "-1", "", "never", "Sun, 06 Nov 1994 09:49:37 CET", "Sun, 06 Nov 1994 9:49:37 GMT"])
    func invalidExpires(value: String) {
        let result = lifetime(["Expires": value, "Last-Modified": CacheFixtures.date(-86_400)])
        #expect(result.seconds == 0)
        #expect(result.source == .expires)
    }

    @Test("4.2.1: Expires before Date gives 0, never less; the first of two counts")
    func expires() {
        #expect(lifetime(["Expires": CacheFixtures.date(-60)]).seconds == 0)
        #expect(lifetime(["Expires": CacheFixtures.date(0)]).seconds == 0)
        #expect(lifetime(["Expires": CacheFixtures.date(10), "expires": CacheFixtures.date(99)]).seconds == 10)
    }

    @Test("4.2.1: the server's own clock counts: Expires is compared with Date, not with ours")
    func skew() {
        #expect(lifetime(["Date": CacheFixtures.date(-7200), "Expires": CacheFixtures.date(-7140)]).seconds == 60)
    }

    @Test("RFC 9110 section 6.6.1: without a valid Date the time of receipt stands in", arguments: ["yesterday", ""])
    func noDate(value: String) {
        #expect(lifetime(["Date": value, "Expires": CacheFixtures.date(60)]).seconds == 60)
    }

    @Test("4.2.2: the heuristic is a tenth of the time unchanged, one week at most")
    func heuristic() {
        #expect(lifetime(["Last-Modified": CacheFixtures.date(-1000)]).seconds == 100)
        #expect(lifetime(["Last-Modified": CacheFixtures.date(-86_400 * 3650)]).seconds == 604_800)
        for lastModified in [CacheFixtures.date(0), CacheFixtures.date(60), "x"] {
            #expect(lifetime(["Last-Modified": lastModified]).source == .none)
            #expect(lifetime(["Last-Modified": lastModified]).seconds == 0)
        }
        #expect(lifetime([:]).source == .none)
    }

    @Test(
        "4.2.2: only statuses that are heuristically cacheable get one",
        arguments: [
            200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 429, 451, 500, 501, 502, 503,
        ])
    func heuristicStatuses(status: Int) {
        let cacheable: Set = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501]
        let fields: FieldSection = ["Last-Modified": CacheFixtures.date(-1000)]
        #expect(lifetime(fields, status: status).seconds == (cacheable.contains(status) ? 100 : 0))
    }

    @Test("5.2.2.7, 5.2.2.9: public makes any status heuristically cacheable, private does in a private cache")
    func marked() {
        let fields = { (directive: String) -> FieldSection in
            ["Last-Modified": CacheFixtures.date(-1000), "Cache-Control": directive]
        }
        #expect(lifetime(fields("public"), status: 302, kind: .shared).seconds == 100)
        #expect(lifetime(fields("private"), status: 302).seconds == 100)
        #expect(lifetime(fields("private"), status: 302, kind: .shared).seconds == 0)
    }
}

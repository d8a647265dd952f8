import HTTPCaching
import HTTPSemantics
import Testing

@Suite("A store in common for private and shared caches, RFC 9111 sections 3, 3.5, 5.2.2.7 and 5.2.2.10")
struct CacheKindTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        /// Fields of the request that brought the response.
        var stored: FieldSection = [:]
        var response: FieldSection
        var request: FieldSection = [:]
        /// Nil where it is reused.
        var inPrivate: ReuseReason?
        var inShared: ReuseReason?
        var testDescription: String { name }
    }

    private static let credentials: FieldSection = ["Authorization": "Basic x"]

    static let cases: [Case] = [
        Case(name: "public to both", response: ["Cache-Control": "max-age=60"]),
        Case(name: "5.2.2.7: private", response: ["Cache-Control": "max-age=60, private"], inShared: .privateResponse),
        Case(name: "5.2.2.10: s-maxage 0", response: ["Cache-Control": "max-age=60, s-maxage=0"], inShared: .stale),
        Case(name: "5.2.2.10: s-maxage alone", response: ["Cache-Control": "max-age=0, s-maxage=60"], inPrivate: .stale),
        Case(
            name: "3.5: credentials, none asked with", stored: credentials, response: ["Cache-Control": "max-age=60"],
            inPrivate: .authorization, inShared: .authorization),
        Case(
            name: "3.5: credentials, asked with some", stored: credentials, response: ["Cache-Control": "max-age=60"],
            request: credentials, inShared: .authorization),
        Case(
            name: "3.5: credentials, public", stored: credentials, response: ["Cache-Control": "max-age=60, public"]),
        Case(
            name: "3.5: credentials, s-maxage: for everybody in a shared cache", stored: credentials,
            response: ["Cache-Control": "max-age=60, s-maxage=60"], inPrivate: .authorization),
        Case(
            name: "3.5: credentials, must-revalidate", stored: credentials,
            response: ["Cache-Control": "max-age=60, must-revalidate"], inPrivate: .authorization),
        Case(name: "3.5: none stored, asked with some", response: ["Cache-Control": "max-age=60"], request: credentials),
        Case(
            name: "7.3: Set-Cookie and a guessed lifetime",
            response: ["Set-Cookie": "a=1", "Last-Modified": CacheFixtures.date(-86_400)], inShared: .otherCacheOnly),
        Case(name: "7.3: Set-Cookie and max-age", response: ["Set-Cookie": "a=1", "Cache-Control": "max-age=60"]),
        Case(
            name: "RFC 9213: for shared caches alone",
            response: ["Cache-Control": "no-store", "CDN-Cache-Control": "max-age=60"], inPrivate: .otherCacheOnly),
        Case(
            name: "RFC 9213: not for shared caches", response: ["Cache-Control": "max-age=60", "CDN-Cache-Control": "no-store"],
            inShared: .otherCacheOnly),
    ]

    @Test("Each kind goes by its own terms", arguments: cases)
    func decide(item: Case) throws {
        let stored = try CacheFixtures.stored(item.response, for: item.stored)
        for (kind, expected) in [(CacheKind.private, item.inPrivate), (.shared, item.inShared)] {
            let decision = ReusePolicy.decide(
                stored: [stored], request: try CacheFixtures.request(item.request), options: ReuseOptions(), kind: kind,
                now: CacheFixtures.time(30))
            let reuse = ReuseDecision.reuse(index: 0, age: 30, isStale: false, reason: .fresh)
            #expect(decision == expected.map { .forward(reason: $0) } ?? reuse)
        }
    }

    @Test("3.5: a 304 to a request with credentials binds the response as the response would have")
    func authorizedFreshening() throws {
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "ETag": "\"1\""])
        let freshened = try Freshening.apply(
            notModified: CacheFixtures.response(status: 304), to: stored, request: CacheFixtures.request(Self.credentials),
            requestTime: CacheFixtures.time(99), responseTime: CacheFixtures.time(99))
        #expect(freshened.freshness.sharedTerms.demands.contains([.forbidden, .authorized]))
        #expect(freshened.freshness.privateTerms.demands == .authorized)
        #expect(freshened.isStorable)
    }

    @Test("3.5: a 304 to a request without credentials does not let the response out")
    func freshenedWithoutCredentials() throws {
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "ETag": "\"1\""], for: Self.credentials)
        let freshened = try Freshening.apply(
            notModified: CacheFixtures.response(status: 304), to: stored, request: CacheFixtures.request(),
            requestTime: CacheFixtures.time(99), responseTime: CacheFixtures.time(99))
        #expect(freshened.freshness.sharedTerms.demands.contains(.forbidden))
    }

    @Test("What one kind must not use does not keep the other from its own")
    func besideEachOther() throws {
        let own = try CacheFixtures.stored(["Cache-Control": "max-age=60, private", "Vary": "X"])
        let common = try CacheFixtures.stored(["Cache-Control": "max-age=60"])
        let decide = { (kind: CacheKind) in
            ReusePolicy.decide(
                stored: [own, common], request: try CacheFixtures.request(), options: ReuseOptions(), kind: kind,
                now: CacheFixtures.start)
        }
        #expect(try decide(.private).index == 0)
        #expect(try decide(.shared).index == 1)
    }
}

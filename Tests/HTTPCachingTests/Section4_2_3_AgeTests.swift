import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Age, RFC 9111 section 4.2.3")
struct AgeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var fields: FieldSection
        var requested: Int64 = 0
        var received: Int64 = 0
        var expected: Int64
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "fresh from the origin", fields: [:], expected: 0),
        Case(name: "apparent age: received 10 s after Date", fields: [:], requested: 10, received: 10, expected: 10),
        Case(name: "Date in the future", fields: ["Date": CacheFixtures.date(3600)], expected: 0),
        Case(name: "Date missing its form", fields: ["Date": "x"], expected: 0),
        Case(name: "Age alone", fields: ["Age": "50"], expected: 50),
        Case(
            name: "Age and delay", fields: ["Age": "50", "Date": CacheFixtures.date(20)], requested: 0, received: 20, expected: 70),
        Case(name: "delay without Age", fields: ["Date": CacheFixtures.date(20)], requested: 0, received: 20, expected: 20),
        Case(name: "the greater of both: Date", fields: ["Age": "50"], requested: 100, received: 100, expected: 100),
        Case(name: "the greater of both: Age", fields: ["Age": "150"], requested: 100, received: 100, expected: 150),
        Case(name: "clock set back during the request", fields: ["Age": "5"], requested: 30, received: 0, expected: 5),
        Case(name: "5.1: first member of a list", fields: ["Age": "7, 9"], expected: 7),
        Case(name: "5.1: first of two lines", fields: ["Age": "7", "age": "9"], expected: 7),
        Case(name: "5.1: no number", fields: ["Age": "-7"], expected: 0),
        Case(name: "5.1: no number, then one", fields: ["Age": "x, 9"], expected: 0),
        Case(name: "5.1: empty", fields: ["Age": ""], expected: 0),
        Case(name: "1.2.2: beyond 2^31", fields: ["Age": "99999999999999999999"], expected: 1 << 31),
    ]

    @Test("corrected_initial_age", arguments: cases)
    func initialAge(item: Case) throws {
        let freshness = try CacheFixtures.freshness(item.fields, requested: item.requested, received: item.received)
        #expect(freshness.initialAge == item.expected)
    }

    @Test("current_age adds the time since the response came")
    func currentAge() throws {
        let freshness = try CacheFixtures.freshness(["Age": "50"])
        #expect(freshness.currentAge(at: CacheFixtures.time(0)) == 50)
        #expect(freshness.currentAge(at: CacheFixtures.time(25)) == 75)
        #expect(freshness.currentAge(at: CacheFixtures.time(0).advanced(byMilliseconds: 1999)) == 51)
    }

    @Test("A clock that was set back makes nothing younger, and no number overflows")
    func extremes() throws {
        let freshness = try CacheFixtures.freshness(["Age": "50"])
        #expect(freshness.currentAge(at: CacheFixtures.time(-1000)) == 50)
        let odd = Freshness(
            responseTime: UnixTime(milliseconds: .min), initialAge: .max, lifetime: .min, source: .none, demands: [])
        #expect(odd.currentAge(at: UnixTime(milliseconds: .max)) == .max)
    }

    @Test("4.2: fresh is a lifetime greater than the age, so not at the very second")
    func freshness() throws {
        let freshness = try CacheFixtures.freshness(["Cache-Control": "max-age=60"])
        #expect(freshness.isFresh(at: CacheFixtures.time(59), in: .private))
        #expect(!freshness.isFresh(at: CacheFixtures.time(60), in: .private))
        #expect(try !CacheFixtures.freshness(["Cache-Control": "max-age=0"]).isFresh(at: CacheFixtures.time(0), in: .private))
        #expect(
            try !CacheFixtures.freshness(["Cache-Control": "max-age=60", "Age": "60"]).isFresh(
                at: CacheFixtures.time(0), in: .private))
    }

    @Test("5.2.2: what later reuse must obey is read once")
    func demands() throws {
        #expect(try CacheFixtures.freshness([:]).privateTerms.demands == [])
        #expect(try CacheFixtures.freshness(["Cache-Control": "no-cache=\"set-cookie\""]).privateTerms.demands == .noCache)
        #expect(
            try CacheFixtures.freshness(["Cache-Control": "must-revalidate, proxy-revalidate, immutable, private"]).privateTerms
                .demands
                == [.mustRevalidate, .proxyRevalidate, .immutable, .privateOnly])
        #expect(try CacheFixtures.freshness(["Vary": "Accept", "vary": "X, *"]).privateTerms.demands == .varyStar)
    }
}

import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Reuse, RFC 9111 section 4")
struct ReusePolicyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var response: FieldSection = ["Cache-Control": "max-age=60", "ETag": "\"1\""]
        var status = 200
        var request: FieldSection = [:]
        var options = ReuseOptions()
        var kind = CacheKind.private
        /// Seconds after the response was made and received.
        var now: Int64
        var expected: ReuseDecision
        var testDescription: String { name }
    }

    static func reuse(_ age: Int64, _ reason: ReuseReason = .fresh, isStale: Bool = false) -> ReuseDecision {
        .reuse(index: 0, age: age, isStale: isStale, reason: reason)
    }

    static func validate(_ reason: ReuseReason) -> ReuseDecision {
        .validate(index: 0, reason: reason)
    }

    static let responses: [Case] = [
        Case(name: "4.2: fresh", now: 59, expected: reuse(59)),
        Case(name: "4.2: stale at the very second", now: 60, expected: validate(.stale)),
        Case(
            name: "4.3.1: stale, no validator", response: ["Cache-Control": "max-age=60"], now: 60,
            expected: .forward(reason: .stale)),
        Case(
            name: "stale 404 is fetched anew", response: ["Cache-Control": "max-age=60", "ETag": "\"1\""], status: 404, now: 60,
            expected: .forward(reason: .stale)),
        Case(name: "fresh 404", response: ["Cache-Control": "max-age=60"], status: 404, now: 59, expected: reuse(59)),
        Case(
            name: "5.2.2.4: no-cache", response: ["Cache-Control": "max-age=60, no-cache", "ETag": "\"1\""], now: 0,
            expected: validate(.noCache)),
        Case(name: "4.2.3: Age counts", response: ["Cache-Control": "max-age=60", "Age": "50"], now: 9, expected: reuse(59)),
        Case(
            name: "4.2.3: Age makes it stale", response: ["Cache-Control": "max-age=60", "Age": "50", "ETag": "\"1\""], now: 10,
            expected: validate(.stale)),
        Case(
            name: "4.2.2: heuristically fresh", response: ["Last-Modified": CacheFixtures.date(-1000)], now: 99, expected: reuse(99)
        ),
        Case(
            name: "4.2.2: heuristically stale", response: ["Last-Modified": CacheFixtures.date(-1000)], now: 100,
            expected: validate(.stale)),
        Case(
            name: "5.2.2.7: private in a shared cache", response: ["Cache-Control": "max-age=60, private"], kind: .shared, now: 0,
            expected: .forward(reason: .privateResponse)),
    ]

    static let requests: [Case] = [
        Case(name: "5.2.1.1: max-age of the request", request: ["Cache-Control": "max-age=10"], now: 10, expected: reuse(10)),
        Case(name: "5.2.1.1: older", request: ["Cache-Control": "max-age=10"], now: 11, expected: validate(.requestMaxAge)),
        Case(name: "5.2.1.1: malformed is 0", request: ["Cache-Control": "max-age=x"], now: 1, expected: validate(.requestMaxAge)),
        Case(name: "5.2.1.3: min-fresh", request: ["Cache-Control": "min-fresh=20"], now: 40, expected: reuse(40)),
        Case(
            name: "5.2.1.3: not fresh enough", request: ["Cache-Control": "min-fresh=20"], now: 41,
            expected: validate(.requestMinFresh)),
        Case(
            name: "5.2.1.2: max-stale", request: ["Cache-Control": "max-stale=10"], now: 70,
            expected: reuse(70, .staleAllowed, isStale: true)),
        Case(name: "5.2.1.2: too stale", request: ["Cache-Control": "max-stale=10"], now: 71, expected: validate(.stale)),
        Case(
            name: "5.2.1.2: max-stale without limit", request: ["Cache-Control": "max-stale"], now: 99_999_999,
            expected: reuse(99_999_999, .staleAllowed, isStale: true)),
        Case(
            name: "5.2.2.2: must-revalidate forbids it",
            response: ["Cache-Control": "max-age=60, must-revalidate", "ETag": "\"1\""],
            request: ["Cache-Control": "max-stale"], now: 60, expected: validate(.mustRevalidate)),
        Case(
            name: "5.2.2.8: proxy-revalidate does not concern a private cache",
            response: ["Cache-Control": "max-age=60, proxy-revalidate"], request: ["Cache-Control": "max-stale"], now: 60,
            expected: reuse(60, .staleAllowed, isStale: true)),
        Case(
            name: "5.2.2.8: proxy-revalidate", response: ["Cache-Control": "max-age=60, proxy-revalidate", "ETag": "\"1\""],
            request: ["Cache-Control": "max-stale"], kind: .shared, now: 60, expected: validate(.mustRevalidate)),
        Case(
            name: "5.2.2.10: s-maxage is proxy-revalidate", response: ["Cache-Control": "s-maxage=60", "ETag": "\"1\""],
            request: ["Cache-Control": "max-stale"], kind: .shared, now: 60, expected: validate(.mustRevalidate)),
        Case(
            name: "5.2.2.4: max-stale does not help against no-cache", response: ["Cache-Control": "no-cache", "ETag": "\"1\""],
            request: ["Cache-Control": "max-stale"], now: 0, expected: validate(.noCache)),
        Case(name: "5.2.1.4: no-cache", request: ["Cache-Control": "no-cache"], now: 0, expected: validate(.requestNoCache)),
        Case(name: "5.4: Pragma", request: ["Pragma": "no-cache"], now: 0, expected: validate(.requestNoCache)),
        Case(name: "5.2.1.5: no-store does not bar reuse", request: ["Cache-Control": "no-store"], now: 0, expected: reuse(0)),
        Case(name: "5.2.1.7: only-if-cached, fresh", request: ["Cache-Control": "only-if-cached"], now: 0, expected: reuse(0)),
        Case(
            name: "5.2.1.7: only-if-cached, stale", request: ["Cache-Control": "only-if-cached"], now: 60,
            expected: .unsatisfiable(.onlyIfCached)),
        Case(
            name: "5.2.1.7: only-if-cached, max-stale", request: ["Cache-Control": "only-if-cached, max-stale"], now: 60,
            expected: reuse(60, .staleAllowed, isStale: true)),
        Case(
            name: "4.1: other request", response: ["Cache-Control": "max-age=60", "Vary": "X"], request: ["X": "1"], now: 0,
            expected: .forward(reason: .varyMismatch)),
        Case(
            name: "RFC 9110 section 14.2: a range of the whole", request: ["Range": "bytes=0-1"], now: 0, expected: reuse(0)),
        Case(
            name: "4.3.2: If-Match is for the origin", request: ["If-Match": "\"1\""], now: 99,
            expected: .forward(reason: .condition)),
        Case(name: "4.3.2: If-None-Match bars nothing", request: ["If-None-Match": "\"1\""], now: 0, expected: reuse(0)),
    ]

    static let options: [Case] = [
        Case(
            name: "--max-age over a stale response", response: ["Cache-Control": "max-age=0, no-cache, must-revalidate"],
            options: ReuseOptions(maxAge: 100), now: 99, expected: reuse(99, .youngerThanMaxAge)),
        Case(
            name: "--max-age over a fresh response", options: ReuseOptions(maxAge: 10), now: 10,
            expected: validate(.olderThanMaxAge)),
        Case(name: "--max-age 0 validates all", options: ReuseOptions(maxAge: 0), now: 0, expected: validate(.olderThanMaxAge)),
        Case(
            name: "--max-age yields to no-cache of the request", request: ["Cache-Control": "no-cache"],
            options: ReuseOptions(maxAge: 100),
            now: 0, expected: validate(.requestNoCache)),
        Case(
            name: "--max-age and --max-stale add up", options: ReuseOptions(maxAge: 10, maxStale: 5), now: 15,
            expected: reuse(15, .staleAllowed, isStale: true)),
        Case(
            name: "--max-age and --max-stale, beyond both", options: ReuseOptions(maxAge: 10, maxStale: 5), now: 16,
            expected: validate(.olderThanMaxAge)),
        Case(name: "--max-stale", options: ReuseOptions(maxStale: 5), now: 65, expected: reuse(65, .staleAllowed, isStale: true)),
        Case(name: "--max-stale, beyond", options: ReuseOptions(maxStale: 5), now: 66, expected: validate(.stale)),
        Case(
            name: "--max-stale and must-revalidate", response: ["Cache-Control": "max-age=60, must-revalidate", "ETag": "\"1\""],
            options: ReuseOptions(maxStale: 5), now: 60, expected: validate(.mustRevalidate)),
        Case(
            name: "a job asks for nothing twice", response: ["Cache-Control": "no-cache", "ETag": "\"1\""],
            options: ReuseOptions(mode: .refresh, freshSince: CacheFixtures.start), now: 5,
            expected: reuse(5, .fetchedByThisJob, isStale: true)),
        Case(
            name: "a job that reloads asks for nothing twice",
            options: ReuseOptions(mode: .reload, freshSince: CacheFixtures.start), now: 5,
            expected: reuse(5, .fetchedByThisJob)),
        Case(
            name: "what a job has not fetched itself",
            options: ReuseOptions(mode: .refresh, freshSince: CacheFixtures.start.advanced(byMilliseconds: 1)),
            now: 5, expected: validate(.refreshRequested)),
        Case(name: "--refresh", options: ReuseOptions(mode: .refresh), now: 0, expected: validate(.refreshRequested)),
        Case(
            name: "--refresh, no validator", response: ["Cache-Control": "max-age=60"], options: ReuseOptions(mode: .refresh),
            now: 0,
            expected: .forward(reason: .refreshRequested)),
        Case(name: "--reload", options: ReuseOptions(mode: .reload), now: 0, expected: .forward(reason: .reloadRequested)),
        Case(name: "--offline, fresh", options: ReuseOptions(mode: .offline), now: 0, expected: reuse(0)),
        Case(
            name: "--offline, stale", response: ["Cache-Control": "max-age=60, must-revalidate"],
            options: ReuseOptions(mode: .offline), now: 60,
            expected: reuse(60, .offline, isStale: true)),
        Case(
            name: "--offline, no-cache", response: ["Cache-Control": "max-age=60, no-cache"], options: ReuseOptions(mode: .offline),
            now: 9,
            expected: reuse(9, .offline)),
        Case(
            name: "--offline, other request", response: ["Vary": "X"], request: ["X": "1"], options: ReuseOptions(mode: .offline),
            now: 0,
            expected: .unsatisfiable(.varyMismatch)),
    ]

    static let later: [Case] = [
        Case(name: "RFC 5861 section 3: within the time", response: revalidateLater(), now: 90, expected: meanwhile(90)),
        Case(name: "RFC 5861 section 3: after the time", response: revalidateLater(), now: 91, expected: validate(.stale)),
        Case(name: "RFC 5861 section 3: fresh", response: revalidateLater(), now: 59, expected: reuse(59)),
        Case(
            name: "RFC 5861 section 3: 0", response: ["Cache-Control": "max-age=60, stale-while-revalidate=0", "ETag": "\"1\""],
            now: 60, expected: validate(.stale)),
        Case(
            name: "RFC 5861 section 3: no validator is needed", response: ["Cache-Control": "max-age=60, stale-while-revalidate=9"],
            now: 60, expected: meanwhile(60)),
        Case(
            name: "4.2.4: must-revalidate wins", response: revalidateLater("must-revalidate"), now: 60, expected: validate(.stale)),
        Case(name: "4.2.4: no-cache wins", response: revalidateLater("no-cache"), now: 60, expected: validate(.noCache)),
        Case(
            name: "4.2.4: proxy-revalidate wins in a shared cache", response: revalidateLater("proxy-revalidate"), kind: .shared,
            now: 60, expected: validate(.stale)),
        Case(
            name: "4.2.4: proxy-revalidate is nothing to a private cache", response: revalidateLater("proxy-revalidate"), now: 60,
            expected: meanwhile(60)),
        Case(
            name: "5.2.2.10: s-maxage does not win over what the response says of staleness",
            response: revalidateLater("s-maxage=60"), kind: .shared, now: 60, expected: meanwhile(60)),
        Case(
            name: "5.2.1.4: no-cache of the request wins", response: revalidateLater(), request: ["Cache-Control": "no-cache"],
            now: 60, expected: validate(.requestNoCache)),
        Case(
            name: "5.2.1.1: max-age of the request: nothing stale", response: revalidateLater(),
            request: ["Cache-Control": "max-age=100"], now: 60, expected: validate(.stale)),
        Case(
            name: "5.2.1.1: with max-stale", response: revalidateLater(), request: ["Cache-Control": "max-age=100, max-stale=1"],
            now: 61, expected: meanwhile(61)),
        Case(
            name: "5.2.1.2: staler than the request takes", response: revalidateLater(), request: ["Cache-Control": "max-stale=1"],
            now: 62, expected: validate(.stale)),
        Case(
            name: "5.2.1.3: min-fresh wins", response: revalidateLater(), request: ["Cache-Control": "min-fresh=1"], now: 60,
            expected: validate(.requestMinFresh)),
        Case(
            name: "5.2.1.7: only-if-cached: served without asking", response: revalidateLater(),
            request: ["Cache-Control": "only-if-cached"], now: 60, expected: reuse(60, .staleWhileRevalidate, isStale: true)),
        Case(
            name: "--offline: served without asking", response: revalidateLater(), options: ReuseOptions(mode: .offline), now: 60,
            expected: reuse(60, .offline, isStale: true)),
        Case(
            name: "--max-age: the user's word", response: revalidateLater(), options: ReuseOptions(maxAge: 70), now: 71,
            expected: validate(.olderThanMaxAge)),
    ]

    private static func revalidateLater(_ more: String = "") -> FieldSection {
        ["Cache-Control": "max-age=60, stale-while-revalidate=30, \(more)", "ETag": "\"1\""]
    }

    private static func meanwhile(_ age: Int64) -> ReuseDecision {
        .reuseWhileRevalidating(index: 0, age: age, reason: .staleWhileRevalidate)
    }

    @Test("RFC 5861 section 3", arguments: later)
    func whileRevalidating(item: Case) throws { try check(item) }

    @Test("4.2, 4.3: what the response says", arguments: responses)
    func byResponse(item: Case) throws { try check(item) }

    @Test("5.2.1: what the request says", arguments: requests)
    func byRequest(item: Case) throws { try check(item) }

    @Test("What the user says", arguments: options)
    func byOptions(item: Case) throws { try check(item) }

    private func check(_ item: Case) throws {
        let stored = try CacheFixtures.stored(item.response, status: item.status)
        let decision = ReusePolicy.decide(
            stored: [stored], request: try CacheFixtures.request(item.request), options: item.options, kind: item.kind,
            now: CacheFixtures.time(item.now))
        #expect(decision == item.expected)
        try checkNumbers(stored, item)
    }

    /// Where numbers and the secondary key decide, they decide the same.
    private func checkNumbers(_ stored: StoredResponse, _ item: Case) throws {
        guard stored.isDecidedByNumbers else { return }
        let reuse = ReusePolicy.reuse(
            stored.freshness, stored.secondaryKey, request: try CacheFixtures.request(item.request), options: item.options,
            kind: item.kind, now: CacheFixtures.time(item.now))
        let decision = reuse.map { ReuseDecision.reuse(index: 0, age: $0.age, isStale: $0.isStale, reason: $0.reason) }
        let asks = ["If-None-Match", "If-Modified-Since", "Range"].contains { item.request.contains($0) }
        if case .reuse = item.expected, !asks, !item.request.contains(.cacheControl) || decision != nil {
            #expect(decision == item.expected)
        } else {
            #expect(decision == nil)
        }
    }

    @Test("4: nothing stored")
    func nothing() throws {
        func decide(_ mode: ReuseOptions.Mode, _ fields: FieldSection = [:], _ method: HTTPMethod = .get) throws -> ReuseDecision {
            ReusePolicy.decide(
                stored: [], request: try CacheFixtures.request(fields, method: method), options: ReuseOptions(mode: mode),
                kind: .private, now: CacheFixtures.start)
        }
        #expect(try decide(.standard) == .forward(reason: .notStored))
        #expect(try decide(.refresh) == .forward(reason: .notStored))
        #expect(try decide(.offline) == .unsatisfiable(.notStored))
        #expect(try decide(.standard, ["Cache-Control": "only-if-cached"]) == .unsatisfiable(.onlyIfCached))
        #expect(try decide(.standard, [:], .post) == .forward(reason: .method))
        #expect(try decide(.offline, [:], .post) == .unsatisfiable(.method))
    }

    @Test("4: HEAD is answered from what GET stored")
    func head() throws {
        let decision = ReusePolicy.decide(
            stored: [try CacheFixtures.stored(["Cache-Control": "max-age=60"])], request: try CacheFixtures.request(method: .head),
            options: ReuseOptions(), kind: .private, now: CacheFixtures.start)
        #expect(decision == Self.reuse(0))
    }

    @Test("4: of several that match the most recent is used, in whatever order they come")
    func mostRecent() throws {
        let fields: FieldSection = ["Cache-Control": "max-age=600", "Date": CacheFixtures.date(50)]
        let old = try CacheFixtures.stored(["Cache-Control": "max-age=600"], at: 0)
        let new = try CacheFixtures.stored(fields, at: 50)
        // Received last, but made before: a cache on the way had kept it.
        let late = try CacheFixtures.stored(["Cache-Control": "max-age=600", "Age": "80", "Date": CacheFixtures.date(90)], at: 90)
        let decide = { (stored: [StoredResponse]) in
            ReusePolicy.decide(
                stored: stored, request: try CacheFixtures.request(), options: ReuseOptions(), kind: .private,
                now: CacheFixtures.time(100))
        }
        #expect(try decide([old, new, late]) == .reuse(index: 1, age: 50, isStale: false, reason: .fresh))
        #expect(try decide([late, new, old]) == .reuse(index: 1, age: 50, isStale: false, reason: .fresh))
    }

    @Test("4.1: a response with Vary is preferred to a later one without; others do not count")
    func preferVary() throws {
        let german = try CacheFixtures.stored(["Cache-Control": "max-age=600", "Vary": "X"], for: ["X": "de"])
        let french = try CacheFixtures.stored(["Cache-Control": "max-age=600", "Vary": "X"], for: ["X": "fr"], at: 5)
        let plain = try CacheFixtures.stored(["Cache-Control": "max-age=600"], at: 10)
        let decide = { (fields: FieldSection) in
            ReusePolicy.decide(
                stored: [plain, german, french], request: try CacheFixtures.request(fields), options: ReuseOptions(),
                kind: .private,
                now: CacheFixtures.time(10))
        }
        #expect(try decide(["X": "de"]) == .reuse(index: 1, age: 10, isStale: false, reason: .fresh))
        #expect(try decide(["X": "fr"]) == .reuse(index: 2, age: 10, isStale: false, reason: .fresh))
        #expect(try decide([:]) == .reuse(index: 0, age: 10, isStale: false, reason: .fresh))
    }

    @Test("Odd numbers from a damaged store never trap")
    func extremes() throws {
        for number in [Int64.min, -1, 0, .max] {
            var stored = try CacheFixtures.stored(["ETag": "\"1\""])
            stored.freshness = Freshness(
                responseTime: UnixTime(milliseconds: number), initialAge: number, lifetime: number, source: .none, demands: [])
            for now in [Int64.min, 0, .max] {
                _ = ReusePolicy.decide(
                    stored: [stored, stored],
                    request: try CacheFixtures.request(["Cache-Control": "max-stale, min-fresh=9999999999"]),
                    options: ReuseOptions(maxAge: number, maxStale: number), kind: .shared, now: UnixTime(milliseconds: now))
            }
        }
    }

    @Test("Each reason has a section, a sentence and a stable name", arguments: ReuseReason.allCases)
    func explained(reason: ReuseReason) {
        #expect(reason.section.hasPrefix("RFC "))
        #expect(reason.sentence.hasSuffix("."))
        #expect(reason.name.allSatisfy { $0.isLowercase || $0 == "_" })
        #expect(ReuseReason.allCases.filter { $0.sentence == reason.sentence }.count == 1)
    }
}

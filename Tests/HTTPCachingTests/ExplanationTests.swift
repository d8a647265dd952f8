import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Explanations")
struct ExplanationTests {
    @Test("They say what the deciding functions say, for both kinds of cache")
    func decision() throws {
        let stored = [
            try CacheFixtures.stored(
                [
                    "Cache-Control": "max-age=60, s-maxage=10, stale-if-error=9999", "ETag": "\"1\"", "Vary": "X, Cookie",
                    "Age": "5",
                ],
                for: ["X": "1", "Cookie": "secret"]),
            try CacheFixtures.stored(["Expires": CacheFixtures.date(20), "Last-Modified": CacheFixtures.date(-100)]),
        ]
        let request = try CacheFixtures.request(["X": "2", "Cookie": "other", "Cache-Control": "max-age=99"])
        let now = CacheFixtures.time(30)
        let explanation = Explanation.make(
            stored: stored, requestTimes: [CacheFixtures.start, CacheFixtures.start], request: request, options: ReuseOptions(),
            kind: .private, now: now)
        for (kind, decision) in [(CacheKind.private, explanation.decision), (.shared, explanation.otherDecision)] {
            #expect(
                decision
                    == ReusePolicy.decide(stored: stored, request: request, options: ReuseOptions(), kind: kind, now: now))
        }
        #expect(explanation.decision == .validate(index: 1, reason: .stale))
        #expect(explanation.key.text == "GET http://example.com/page")
        #expect(explanation.requestDirectives.maxAge == 99)
        #expect(explanation.addedFields == [FieldLine("If-Modified-Since", CacheFixtures.date(-100))])
        #expect(explanation.ageAfterError == nil)
        let first = explanation.variants[0]
        #expect(!first.isSelected && first.obstacle == .varyMismatch && first.isUsable && first.reason == .fresh)
        #expect(first.vary.map(\.name) == ["X", "Cookie"] && first.vary.map(\.isMatch) == [false, false])
        #expect(first.vary.map(\.before) == ["1", ""] && first.vary.map(\.after) == ["2", ""])
        #expect(first.lifetimeReckoning == "max-age=60" && first.terms.lifetime == 60 && first.otherTerms.lifetime == 10)
        #expect(first.initialAgeSteps?.ageValue == 5 && first.initialAge == 5)
        #expect(first.residentTime == 30 && first.currentAge == 35)
        let second = explanation.variants[1]
        #expect(second.isSelected && second.obstacle == nil && !second.isUsable && second.reason == .stale)
        #expect(second.lifetimeReckoning == "Expires - Date = \(CacheFixtures.date(20)) - \(CacheFixtures.date(0))")
    }

    @Test("The reckoning behind each source of a lifetime")
    func reckonings() throws {
        func reckoning(_ fields: FieldSection, _ kind: CacheKind = .private) throws -> String? {
            Explanation.make(
                stored: [try CacheFixtures.stored(fields)], request: try CacheFixtures.request(), options: ReuseOptions(),
                kind: kind, now: CacheFixtures.start
            ).variants.first?.lifetimeReckoning
        }
        #expect(try reckoning(["Cache-Control": "max-age=1, s-maxage=2"], .shared) == "s-maxage=2")
        #expect(
            try reckoning(["Cache-Control": "max-age=1", "CDN-Cache-Control": "max-age=3"], .shared)
                == "max-age=3 (CDN-Cache-Control)")
        #expect(try reckoning([:]) == "neither an explicit lifetime nor one that may be guessed")
        let modified = CacheFixtures.date(-1000)
        #expect(
            try reckoning(["Last-Modified": modified]) == "10 % of Date - Last-Modified = \(CacheFixtures.date(0)) - \(modified)")
    }

    @Test("The steps of the age are left out where a 304 brought the number")
    func stepsAfterFreshening() throws {
        var stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "Age": "5"])
        stored.freshness.initialAge = 2
        let explanation = Explanation.make(
            stored: [stored], requestTimes: [CacheFixtures.start], request: try CacheFixtures.request(), options: ReuseOptions(),
            kind: .private, now: CacheFixtures.start)
        #expect(explanation.variants[0].initialAgeSteps == nil && explanation.variants[0].currentAge == 2)
    }

    @Test("Nothing stored, another method")
    func nothing() throws {
        for method in [HTTPMethod.get, .post] {
            let explanation = Explanation.make(
                stored: [], request: try CacheFixtures.request(method: method), options: ReuseOptions(), kind: .shared,
                now: CacheFixtures.start)
            #expect(explanation.variants.isEmpty && explanation.addedFields.isEmpty && explanation.decision.index == nil)
            #expect(explanation.decision.reason == (method == .get ? .notStored : .method))
        }
    }
}

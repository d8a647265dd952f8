import HTTPCaching
import HTTPSemantics
import Testing

/// The machine as a dialogue: what happens is told, what to do comes back.
@Suite struct CacheExchangeTests {
    private func received(
        _ exchange: CacheExchange, _ fields: FieldSection, status: Int
    ) -> CacheExchange.ResponsePlan {
        exchange.received(
            CacheFixtures.response(fields, status: status), requestTime: CacheFixtures.time(200),
            responseTime: CacheFixtures.time(201))
    }

    @Test func freshIsServed() throws {
        var exchange = try CacheFixtures.exchange()
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "Age": "5", "Warning": "110 - x"])
        guard case .serve(let serving) = exchange.lookedUp([stored], now: CacheFixtures.time(30)) else {
            Issue.record("not served")
            return
        }
        #expect(serving.index == 0 && serving.age == 35 && !serving.isStale && serving.reason == .fresh && serving.form == .whole)
        let head = serving.head(from: stored)
        #expect(head.fields.values("Age") == ["35"] && !head.fields.contains("Warning"))
    }

    @Test func nothingStoredThenStored() throws {
        var exchange = try CacheFixtures.exchange(["Accept": "text/html"])
        guard case .forward(let request, .notStored) = exchange.lookedUp([], now: CacheFixtures.time(0)) else {
            Issue.record("not forwarded")
            return
        }
        #expect(request == exchange.request)
        let plan = received(exchange, ["Cache-Control": "max-age=60", "Vary": "Accept", "Connection": "close"], status: 200)
        guard case .store(let stored, replacing: nil, answer: .whole) = plan else {
            Issue.record("not stored")
            return
        }
        #expect(stored.varyFields == ["accept": "text/html"])
        #expect(stored.freshness[.private].lifetime == 60 && stored.freshness.responseTime == CacheFixtures.time(201))
        #expect(!stored.head.fields.contains("Connection"))
    }

    @Test func staleIsValidatedAndFreshened() throws {
        var exchange = try CacheFixtures.exchange()
        let stored = [
            try CacheFixtures.stored(["ETag": "\"a\"", "Vary": "Accept-Language"], for: ["Accept-Language": "de"]),
            try CacheFixtures.stored(["ETag": "\"b\"", "Last-Modified": CacheFixtures.date(-10), "Cache-Control": "max-age=0"]),
        ]
        guard case .forward(let request, .stale) = exchange.lookedUp(stored, now: CacheFixtures.time(100)) else {
            Issue.record("not validated")
            return
        }
        #expect(request.fields.values("If-None-Match") == ["\"b\""])
        #expect(request.fields.first("If-Modified-Since") == CacheFixtures.date(-10))
        guard
            case .freshen(let freshened, let serving, newVariant: nil) = received(
                exchange, ["ETag": "\"b\"", "Cache-Control": "max-age=9"], status: 304)
        else {
            Issue.record("not freshened")
            return
        }
        #expect(freshened.map(\.index) == [1] && serving.index == 1 && serving.form == .whole)
        #expect(freshened[0].response.freshness[.private].lifetime == 9 && freshened[0].response.isStorable)
        #expect(serving.head(from: stored[1]).fields.first("Cache-Control") == "max-age=9")
        guard case .store(_, replacing: 1, answer: .whole) = received(exchange, ["ETag": "\"c\""], status: 200) else {
            Issue.record("a new response was not stored")
            return
        }
    }

    @Test func a304ForSomethingElseIsAskedAgainWithoutValidators() throws {
        var exchange = try CacheFixtures.exchange(["If-None-Match": "\"mine\""])
        _ = exchange.lookedUp([try CacheFixtures.stored(["ETag": "\"a\""])], now: CacheFixtures.time(100))
        guard case .forwardUnconditionally(let request) = received(exchange, ["ETag": "\"z\""], status: 304) else {
            Issue.record("not asked again")
            return
        }
        #expect(!request.fields.contains("If-None-Match"))
    }

    @Test func offlineAndOnlyIfCached() throws {
        var offline = try CacheFixtures.exchange(options: ReuseOptions(mode: .offline))
        guard case .unsatisfiable(.notStored) = offline.lookedUp([], now: CacheFixtures.time(0)) else {
            Issue.record("offline asks the network")
            return
        }
        var only = try CacheFixtures.exchange(["Cache-Control": "only-if-cached"])
        guard case .unsatisfiable(.onlyIfCached) = only.lookedUp([], now: CacheFixtures.time(0)) else {
            Issue.record("only-if-cached asks the network")
            return
        }
    }

    @Test func whatMayNotBeStoredIsPassedOn() throws {
        var exchange = try CacheFixtures.exchange()
        _ = exchange.lookedUp([], now: CacheFixtures.time(0))
        guard case .pass(.responseNoStore, .whole, _) = received(exchange, ["Cache-Control": "no-store"], status: 200) else {
            Issue.record("no-store was stored")
            return
        }
        guard case .pass(.partialContent, .whole, _) = received(exchange, [:], status: 206) else {
            Issue.record("a part that nobody asked for was stored")
            return
        }
        var post = try CacheFixtures.exchange(method: .post)
        _ = post.lookedUp([], now: CacheFixtures.time(0))
        guard case .pass(.method, .whole, _) = received(post, ["Cache-Control": "max-age=60"], status: 200) else {
            Issue.record("an answer to POST was stored")
            return
        }
    }
}

import HTTPCaching
import HTTPSemantics
import Testing

/// The machine as a dialogue: what happens is told, what to do comes back.
@Suite struct CacheExchangeTests {
    private func exchange(
        _ fields: FieldSection = [:], method: HTTPMethod = .get, options: ReuseOptions = ReuseOptions()
    ) throws -> CacheExchange {
        CacheExchange(request: try CacheFixtures.request(fields, method: method), options: options, kind: .private)
    }

    private func received(_ exchange: CacheExchange, _ fields: FieldSection, status: Int) -> CacheExchange.ResponsePlan {
        exchange.received(
            CacheFixtures.response(fields, status: status), requestTime: CacheFixtures.time(200),
            responseTime: CacheFixtures.time(201))
    }

    @Test func freshIsServed() throws {
        var exchange = try exchange()
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60"])
        guard case .serve(0, age: 30, isStale: false, .fresh) = exchange.lookedUp([stored], now: CacheFixtures.time(30)) else {
            Issue.record("not served")
            return
        }
    }

    @Test func nothingStoredThenStored() throws {
        var exchange = try exchange(["Accept": "text/html"])
        guard case .forward(let request, .notStored) = exchange.lookedUp([], now: CacheFixtures.time(0)) else {
            Issue.record("not forwarded")
            return
        }
        #expect(request == exchange.request)
        let plan = received(exchange, ["Cache-Control": "max-age=60", "Vary": "Accept", "Connection": "close"], status: 200)
        guard case .store(let stored, replacing: nil) = plan else {
            Issue.record("not stored")
            return
        }
        #expect(stored.varyFields == ["accept": "text/html"])
        #expect(stored.freshness[.private].lifetime == 60 && stored.freshness.responseTime == CacheFixtures.time(201))
        #expect(!stored.head.fields.contains("Connection"))
    }

    @Test func staleIsValidatedAndFreshened() throws {
        var exchange = try exchange()
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
        guard case .freshen(1, let freshened) = received(exchange, ["ETag": "\"b\"", "Cache-Control": "max-age=9"], status: 304)
        else {
            Issue.record("not freshened")
            return
        }
        #expect(freshened.freshness[.private].lifetime == 9 && freshened.isStorable)
        guard case .store(_, replacing: 1) = received(exchange, ["ETag": "\"c\""], status: 200) else {
            Issue.record("a new response was not stored")
            return
        }
    }

    @Test func a304ForSomethingElseIsAskedAgainWithoutValidators() throws {
        var exchange = try exchange()
        _ = exchange.lookedUp([try CacheFixtures.stored(["ETag": "\"a\""])], now: CacheFixtures.time(100))
        guard case .forwardUnconditionally(let request) = received(exchange, ["ETag": "\"z\""], status: 304) else {
            Issue.record("not asked again")
            return
        }
        #expect(request == exchange.request && !request.fields.contains("If-None-Match"))
    }

    /// The client's own conditions are its affair: its 304 says nothing about what is stored.
    @Test func theClientsConditionGoesThroughUntouched() throws {
        var exchange = try exchange(["If-None-Match": "\"mine\""])
        guard
            case .forward(let request, _) = exchange.lookedUp(
                [try CacheFixtures.stored(["ETag": "\"a\""])], now: CacheFixtures.time(100))
        else {
            Issue.record("not forwarded")
            return
        }
        #expect(request.fields.values("If-None-Match") == ["\"mine\""])
        guard case .pass(.notModified) = received(exchange, ["ETag": "\"mine\""], status: 304) else {
            Issue.record("not passed on")
            return
        }
    }

    @Test func offlineAndOnlyIfCached() throws {
        var offline = try exchange(options: ReuseOptions(mode: .offline))
        guard case .unsatisfiable(.notStored) = offline.lookedUp([], now: CacheFixtures.time(0)) else {
            Issue.record("offline asks the network")
            return
        }
        var only = try exchange(["Cache-Control": "only-if-cached"])
        guard case .unsatisfiable(.onlyIfCached) = only.lookedUp([], now: CacheFixtures.time(0)) else {
            Issue.record("only-if-cached asks the network")
            return
        }
    }

    @Test func whatMayNotBeStoredIsPassedOn() throws {
        var exchange = try exchange()
        _ = exchange.lookedUp([], now: CacheFixtures.time(0))
        guard case .pass(.responseNoStore) = received(exchange, ["Cache-Control": "no-store"], status: 200) else {
            Issue.record("no-store was stored")
            return
        }
        guard case .pass(.partialContent) = received(exchange, [:], status: 206) else {
            Issue.record("a part was stored")
            return
        }
        var post = try self.exchange(method: .post)
        _ = post.lookedUp([], now: CacheFixtures.time(0))
        guard case .pass(.method) = received(post, ["Cache-Control": "max-age=60"], status: 200) else {
            Issue.record("an answer to POST was stored")
            return
        }
    }
}

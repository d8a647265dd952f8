import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Conditions of clients on their way through the cache, RFC 9111 sections 4.1, 4.3.2, 4.3.4 and 4.3.5")
struct CacheExchangeConditionTests {
    private func received(
        _ exchange: CacheExchange, _ fields: FieldSection = [:], status: Int = 200
    ) -> CacheExchange.ResponsePlan {
        exchange.received(
            CacheFixtures.response(fields, status: status), requestTime: CacheFixtures.time(100),
            responseTime: CacheFixtures.time(100))
    }

    private func forwarded(_ plan: CacheExchange.Plan) throws -> RequestHead {
        try #require(plan.forwarded)
    }

    @Test(
        "4.3.2: a fresh response answers conditions",
        arguments: [("\"1\"", true), ("W/\"1\"", true), ("\"2\"", false), ("*", true)])
    func hit(tag: String, isNotModified: Bool) throws {
        var exchange = try CacheFixtures.exchange(["If-None-Match": tag])
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "ETag": "\"1\"", "Content-Length": "9"])
        guard case .serve(let serving) = exchange.lookedUp([stored], now: CacheFixtures.time(30)) else {
            Issue.record("not served")
            return
        }
        let head = serving.head(from: stored)
        #expect(head.status == (isNotModified ? 304 : 200) && head.fields.first("Age") == "30")
        #expect(head.fields.contains("Content-Length") == !isNotModified)
        #expect((serving.form == .whole) == !isNotModified)
    }

    @Test("4.3.2: on a miss they go on as they are, and a 304 is the client's")
    func miss() throws {
        var exchange = try CacheFixtures.exchange(["If-None-Match": "\"1\""])
        #expect(try forwarded(exchange.lookedUp([], now: CacheFixtures.start)) == exchange.request)
        guard case .pass(.notModified, .whole, _) = received(exchange, ["ETag": "\"1\""], status: 304) else {
            Issue.record("not passed on")
            return
        }
    }

    @Test("4.3.2: in a validation ours take their place, and theirs are evaluated against the result")
    func validation() throws {
        let fields: FieldSection = ["If-None-Match": "\"2\"", "If-Modified-Since": CacheFixtures.date(0)]
        var exchange = try CacheFixtures.exchange(fields)
        let stored = try CacheFixtures.stored(["ETag": "\"1\""])
        let sent = try forwarded(exchange.lookedUp([stored], now: CacheFixtures.time(100)))
        #expect(sent.fields == ["If-None-Match": "\"1\""])
        guard case .freshen(_, let serving, _) = received(exchange, ["ETag": "\"1\""], status: 304) else {
            Issue.record("not freshened")
            return
        }
        #expect(serving.form == .whole)
        guard case .store(_, replacing: 0, answer: .notModified(let head)) = received(exchange, ["ETag": "\"2\""]) else {
            Issue.record("the client's condition was not evaluated")
            return
        }
        #expect(head.status == 304)
        guard case .store(_, replacing: 0, answer: .whole) = received(exchange, ["ETag": "\"3\""]) else {
            Issue.record("not whole")
            return
        }
    }

    @Test("4.3.2: If-Match goes to the origin, with everything else as it is", arguments: ["If-Match", "If-Unmodified-Since"])
    func originConditions(name: String) throws {
        var exchange = try CacheFixtures.exchange(FieldSection([FieldLine(name, "\"1\""), FieldLine("If-None-Match", "\"1\"")]))
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "ETag": "\"1\""])
        guard case .forward(let sent, .condition) = exchange.lookedUp([stored], now: CacheFixtures.start) else {
            Issue.record("not forwarded")
            return
        }
        #expect(sent == exchange.request)
    }

    @Test("4.3.4: every stored response that could have answered and has the strong validator is freshened")
    func severalFreshened() throws {
        var exchange = try CacheFixtures.exchange(["X": "1"])
        let stored = [
            try CacheFixtures.stored(["ETag": "\"1\"", "Vary": "X"], for: ["X": "1"]),
            try CacheFixtures.stored(["ETag": "\"1\""]),
            try CacheFixtures.stored(["ETag": "\"1\"", "Vary": "X"], for: ["X": "2"]),
            try CacheFixtures.stored(["ETag": "W/\"1\""]),
            try CacheFixtures.stored(["ETag": "\"1\"", "Cache-Control": "private=x, no-store"]),
        ]
        _ = exchange.lookedUp(stored, now: CacheFixtures.time(100))
        guard case .freshen(let freshened, let serving, newVariant: nil) = received(exchange, ["ETag": "\"1\""], status: 304) else {
            Issue.record("not freshened")
            return
        }
        #expect(freshened.map(\.index) == [0, 1] && serving.index == 0)
    }

    @Test("5.2.1.5: with no-store of the request a 304 changes nothing that is stored, but for what must go")
    func noStore() throws {
        var exchange = try CacheFixtures.exchange(["Cache-Control": "no-store"])
        _ = exchange.lookedUp([try CacheFixtures.stored(["ETag": "\"1\""])], now: CacheFixtures.time(100))
        for (fields, count) in [(["X": "1"], 0), (["Cache-Control": "no-store"], 1)] as [(FieldSection, Int)] {
            guard case .freshen(let freshened, let serving, nil) = received(exchange, fields, status: 304) else {
                Issue.record("not served")
                return
            }
            #expect(freshened.count == count && serving.index == 0)
        }
    }

    @Test("4.3.4: a 304 that nobody asked for freshens nothing")
    func unaskedNotModified() throws {
        var exchange = try CacheFixtures.exchange()
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=1, stale-while-revalidate=999"])
        guard case .serveAndRevalidate(_, let sent) = exchange.lookedUp([stored], now: CacheFixtures.time(100)) else {
            Issue.record("not served")
            return
        }
        #expect(sent == exchange.request)
        guard case .forwardUnconditionally = received(exchange, status: 304) else {
            Issue.record("freshened")
            return
        }
    }

    @Test("4.1: the strong tags of what answers other requests are offered, and what the 304 names is stored for this one")
    func offer() throws {
        var exchange = try CacheFixtures.exchange(["X": "1"])
        let stored = [
            try CacheFixtures.stored(["ETag": "\"a\"", "Vary": "X"], for: ["X": "2"]),
            try CacheFixtures.stored(["ETag": "W/\"b\"", "Vary": "X"], for: ["X": "3"]),
            try CacheFixtures.stored(["ETag": "\"c\"", "Vary": "X"], for: ["X": "4"]),
            try CacheFixtures.stored(["ETag": "\"a\"", "Vary": "X"], for: ["X": "5"]),
            try CacheFixtures.stored(["ETag": "\"d\"", "Vary": "X", "Cache-Control": "no-store"], for: ["X": "6"]),
            try CacheFixtures.stored(["ETag": "\"e\"", "Vary": "X"], for: ["X": "7"], held: "0-1/9"),
        ]
        let sent = try forwarded(exchange.lookedUp(stored, now: CacheFixtures.time(100)))
        #expect(sent.fields == ["X": "1", "If-None-Match": "\"a\", \"c\""])
        let plan = received(exchange, ["ETag": "\"c\"", "Cache-Control": "max-age=9"], status: 304)
        guard case .freshen(let freshened, let serving, let variant?) = plan else {
            Issue.record("not used")
            return
        }
        #expect(freshened.isEmpty && serving.index == 2 && serving.form == .whole)
        #expect(variant.varyFields == ["x": "1"] && variant.freshness[.private].lifetime == 9)
        for tag in ["W/\"c\"", "\"z\""] {
            guard case .forwardUnconditionally(let again) = received(exchange, ["ETag": tag], status: 304) else {
                Issue.record("\(tag) was used")
                return
            }
            #expect(again == exchange.request)
        }
        guard case .store(_, replacing: nil, answer: .whole) = received(exchange, ["ETag": "\"f\"", "Vary": "X"]) else {
            Issue.record("a new variant was not stored")
            return
        }
    }

    @Test("4.1: nothing is offered beside the client's own conditions")
    func noOffer() throws {
        let stored = try CacheFixtures.stored(["ETag": "\"a\"", "Vary": "X"], for: ["X": "2"])
        for fields in [["If-None-Match": "\"q\""], ["Range": "bytes=0-1"], ["If-Match": "*"]] as [FieldSection] {
            var exchange = try CacheFixtures.exchange(fields)
            #expect(try forwarded(exchange.lookedUp([stored], now: CacheFixtures.start)) == exchange.request)
        }
    }

    @Test("4.1: no more than sixteen tags are offered")
    func offerBound() throws {
        let stored = try (0..<40).map { try CacheFixtures.stored(["ETag": "\"\($0)\"", "Vary": "X"], for: ["X": "\($0)"]) }
        var exchange = try CacheFixtures.exchange()
        let sent = try forwarded(exchange.lookedUp(stored, now: CacheFixtures.start))
        #expect(sent.fields.first("If-None-Match")?.split(separator: ",").count == 16)
    }

    @Test(
        "4.3.5: the answer to HEAD freshens what it describes, and makes stale what it does not",
        arguments: [
            (["ETag": "\"1\"", "Content-Length": "9"], true), (["ETag": "\"1\""], true), ([:], true), (["ETag": "\"2\""], false),
            (["ETag": "\"1\"", "Content-Length": "8"], false), (["Last-Modified": CacheFixtures.date(-5)], false),
        ] as [(FieldSection, Bool)])
    func head(fields: FieldSection, isSame: Bool) throws {
        var exchange = try CacheFixtures.exchange(["Cache-Control": "no-cache"], method: .head)
        let stored = try CacheFixtures.stored(
            ["ETag": "\"1\"", "Cache-Control": "max-age=60, stale-if-error=60", "Content-Length": "9"])
        _ = exchange.lookedUp([stored], length: { _ in 9 }, now: CacheFixtures.time(50))
        guard case .pass(.method, .whole, let updates) = received(exchange, fields) else {
            Issue.record("not passed on")
            return
        }
        switch updates.first {
        case .freshen(index: 0, let freshened)?:
            #expect(isSame && freshened.freshness.responseTime == CacheFixtures.time(100))
        case .makeStale(index: 0, let freshness)?:
            #expect(!isSame && !freshness.isFresh(at: CacheFixtures.start, in: .private))
            #expect(freshness.privateTerms.staleIfError == 0 && freshness.sharedTerms.lifetime == 0)
        default: Issue.record("nothing done")
        }
        guard case .pass(_, _, let none) = received(exchange, fields, status: 404) else { return }
        #expect(none.isEmpty)
    }

    @Test("4.3.5: a 200 to HEAD is not what another status has stored", arguments: [200, 203, 301, 404, 410])
    func headOfAnotherStatus(status: Int) throws {
        var exchange = try CacheFixtures.exchange(["Cache-Control": "no-cache"], method: .head)
        _ = exchange.lookedUp(
            [try CacheFixtures.stored(["Cache-Control": "max-age=60"], status: status)], now: CacheFixtures.time(50))
        guard case .pass(.method, .whole, let updates) = received(exchange, ["Cache-Control": "max-age=60"]) else {
            Issue.record("not passed on")
            return
        }
        switch updates.first {
        case .freshen: #expect(status == 200)
        case .makeStale(index: 0, let freshness):
            #expect(status != 200 && !freshness.isFresh(at: CacheFixtures.start, in: .private))
        default: Issue.record("nothing done")
        }
    }

    @Test("4: HEAD is validated as GET is")
    func validatedHead() throws {
        var exchange = try CacheFixtures.exchange(method: .head)
        let sent = try forwarded(exchange.lookedUp([CacheFixtures.stored(["ETag": "\"1\""])], now: CacheFixtures.time(100)))
        #expect(sent.method == .head && sent.fields == ["If-None-Match": "\"1\""])
        guard case .freshen(_, let serving, nil) = received(exchange, status: 304) else {
            Issue.record("not freshened")
            return
        }
        #expect(serving.form == .whole)
    }

    @Test("RFC 5861 section 3: served and validated meanwhile, without the client's conditions")
    func whileRevalidating() throws {
        var exchange = try CacheFixtures.exchange(["If-None-Match": "\"q\"", "Range": "bytes=0-1"])
        let stored = try CacheFixtures.stored(
            ["Cache-Control": "max-age=60, stale-while-revalidate=60", "ETag": "\"1\"", "Content-Length": "9"])
        let plan = exchange.lookedUp([stored], now: CacheFixtures.time(61))
        guard case .serveAndRevalidate(let serving, let sent) = plan else {
            Issue.record("not served")
            return
        }
        #expect(serving.isStale && serving.age == 61 && serving.head(from: stored).status == 206)
        #expect(sent.fields == ["If-None-Match": "\"1\""])
        guard case .store(_, replacing: 0, _) = received(exchange, ["ETag": "\"2\""]) else {
            Issue.record("not replaced")
            return
        }
    }
}

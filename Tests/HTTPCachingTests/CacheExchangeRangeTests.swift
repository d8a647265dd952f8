import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Ranges and parts on their way through the cache, RFC 9111 sections 3.3 and 3.4, RFC 9110 section 14")
struct CacheExchangeRangeTests {
    private let fresh: FieldSection = ["Cache-Control": "max-age=60", "ETag": "\"1\"", "Content-Length": "100"]
    private let stale: FieldSection = ["Cache-Control": "max-age=1", "ETag": "\"1\"", "Content-Length": "100"]

    private func received(
        _ exchange: CacheExchange, _ fields: FieldSection, status: Int
    ) -> CacheExchange.ResponsePlan {
        exchange.received(
            CacheFixtures.response(fields, status: status), requestTime: CacheFixtures.time(50),
            responseTime: CacheFixtures.time(50))
    }

    private func part(_ range: String, tag: String = "\"1\"") -> FieldSection {
        ["Cache-Control": "max-age=60", "ETag": tag, "Content-Range": "bytes \(range)"]
    }

    private func range(_ first: Int64, _ last: Int64) throws -> ByteRange {
        try #require(ByteRange(first: first, last: last))
    }

    @Test(
        "RFC 9110 section 14.2: ranges of a whole response",
        arguments: [
            ("bytes=0-9", 206, "bytes 0-9/100"), ("bytes=-5", 206, "bytes 95-99/100"), ("bytes=200-", 416, "bytes */100"),
            ("bytes=x", 200, nil), ("items=0-9", 200, nil),
        ] as [(String, Int, String?)])
    func whole(value: String, status: Int, contentRange: String?) throws {
        var exchange = try CacheFixtures.exchange(["Range": value])
        let stored = try CacheFixtures.stored(fresh)
        guard case .serve(let serving) = exchange.lookedUp([stored], now: CacheFixtures.time(9)) else {
            Issue.record("not served")
            return
        }
        let head = serving.head(from: stored)
        #expect(head.status == status && head.fields.first("Content-Range") == contentRange)
    }

    @Test("RFC 9110 section 14.2: several ranges of a whole response, and a length that only the store knows")
    func several() throws {
        var exchange = try CacheFixtures.exchange(["Range": "bytes=0-9,20-29"])
        var fields = fresh
        fields.remove("Content-Length")
        let stored = try CacheFixtures.stored(fields)
        guard case .serve(let serving) = exchange.lookedUp([stored], length: { _ in 100 }, now: CacheFixtures.time(9)) else {
            Issue.record("not served")
            return
        }
        #expect(serving.form == .ranges([try range(0, 9), try range(20, 29)], AnswerHead.fromStore(stored.head, age: 9)))
        guard case .serve(let unknown) = exchange.lookedUp([stored], now: CacheFixtures.time(9)) else { return }
        #expect(unknown.form == .whole)
    }

    @Test(
        "3.3: a part answers the range that it has, and no other request",
        arguments: [
            ("bytes=10-19", 206), ("bytes=12-13", 206), ("bytes=100-", 416), ("bytes=9-19", nil), ("bytes=10-20", nil),
            ("bytes=10-", nil),
            ("bytes=10-11,13-14", nil), ("x", nil), ("", nil),
        ] as [(String, Int?)])
    func heldPart(value: String, status: Int?) throws {
        var exchange = try CacheFixtures.exchange(value.isEmpty ? [:] : ["Range": value])
        let stored = try CacheFixtures.stored(fresh, held: "10-19/100")
        switch exchange.lookedUp([stored], now: CacheFixtures.time(9)) {
        case .serve(let serving): #expect(serving.head(from: stored).status == status)
        case .forward(_, .partialContent): #expect(status == nil)
        default: Issue.record("unexpected plan")
        }
    }

    @Test("3.3: a part does not answer HEAD, nor offline more than it has")
    func notMore() throws {
        let stored = try CacheFixtures.stored(fresh, held: "0-19/100")
        var head = try CacheFixtures.exchange(method: .head)
        guard case .forward(let sent, .partialContent) = head.lookedUp([stored], now: CacheFixtures.time(9)) else {
            Issue.record("HEAD was answered")
            return
        }
        #expect(sent == head.request)
        var offline = try CacheFixtures.exchange(options: ReuseOptions(mode: .offline))
        guard case .unsatisfiable(.partialContent) = offline.lookedUp([stored], now: CacheFixtures.time(9)) else {
            Issue.record("offline was answered")
            return
        }
    }

    @Test("3.4: other ranges are asked for with If-Range, and what comes is combined")
    func extend() throws {
        var exchange = try CacheFixtures.exchange(["Range": "bytes=20-29"])
        let stored = try CacheFixtures.stored(fresh, held: "10-19/100")
        guard case .forward(let sent, .partialContent) = exchange.lookedUp([stored], now: CacheFixtures.time(9)) else {
            Issue.record("not forwarded")
            return
        }
        #expect(sent.fields == ["Range": "bytes=20-29", "If-Range": "\"1\""])
        guard case .storePart(let combined, combiningWith: 0, let part, .whole) = received(exchange, part("20-29/100"), status: 206)
        else {
            Issue.record("not combined")
            return
        }
        #expect(combined.heldRanges == "10-29/100")
        #expect(try part.range == range(20, 29))
        #expect(combined.head.status == 200 && combined.head.fields.values("Content-Length") == ["100"])
        #expect(!combined.head.fields.contains("Content-Range"))
        guard
            case .storePart(let other, combiningWith: nil, _, .whole) = received(
                exchange, self.part("20-29/90", tag: "\"2\""), status: 206)
        else {
            Issue.record("a part of another representation was combined")
            return
        }
        #expect(other.heldRanges == "20-29/90")
        guard case .store(let whole, replacing: 0, .whole) = received(exchange, ["ETag": "\"2\""], status: 200) else {
            Issue.record("the new representation was not stored")
            return
        }
        #expect(whole.heldRanges == nil)
        guard case .pass(.requestSpecific, _, _) = received(exchange, ["Cache-Control": "max-age=9"], status: 416) else {
            Issue.record("416 was stored")
            return
        }
    }

    @Test("3.4: parts that make a whole are one")
    func joined() throws {
        var exchange = try CacheFixtures.exchange(["Range": "bytes=20-"])
        _ = exchange.lookedUp([try CacheFixtures.stored(fresh, held: "0-19/100")], now: CacheFixtures.time(9))
        guard case .storePart(let combined, combiningWith: 0, _, _) = received(exchange, part("20-99/100"), status: 206) else {
            Issue.record("not combined")
            return
        }
        #expect(combined.heldRanges == nil)
    }

    @Test("3.4: everything is asked for and the end is missing: it is asked for alone")
    func complete() throws {
        var exchange = try CacheFixtures.exchange()
        let stored = try CacheFixtures.stored(fresh, held: "0-19/100")
        guard case .forward(let sent, .partialContent) = exchange.lookedUp([stored], now: CacheFixtures.time(9)) else {
            Issue.record("not forwarded")
            return
        }
        #expect(sent.fields == ["Range": "bytes=20-", "If-Range": "\"1\""])
        guard case .completed(let whole, index: 0, let part, let head) = received(exchange, part("20-99/100"), status: 206) else {
            Issue.record("not completed")
            return
        }
        #expect(whole.heldRanges == nil && whole.head.status == 200)
        #expect(try part.range == range(20, 99))
        #expect(head.status == 200 && head.fields.values("Content-Length") == ["100"] && !head.fields.contains("Content-Range"))
        for (fields, status) in [
            (self.part("20-98/100"), 206), (self.part("21-99/100"), 206), (self.part("10-99/100"), 206),
            (self.part("20-99/100", tag: "\"2\""), 206),
            (["Content-Range": "bytes */10"], 416), (["ETag": "\"1\""], 304),
            (self.part("20-99/100") + ["Cache-Control": "no-store"], 206),
        ] as [(FieldSection, Int)] {
            guard case .forwardUnconditionally(let again) = received(exchange, fields, status: status) else {
                Issue.record("\(fields) was used")
                return
            }
            #expect(again == exchange.request)
        }
        guard case .store(_, replacing: 0, .whole) = received(exchange, ["ETag": "\"2\""], status: 200) else {
            Issue.record("the new representation was not stored")
            return
        }
    }

    @Test("3.4: with other gaps, a weak validator or conditions everything is asked for as if nothing were stored")
    func notCompleted() throws {
        let weak: FieldSection = ["Cache-Control": "max-age=60", "ETag": "W/\"1\"", "Content-Length": "100"]
        for (fields, held, request) in [
            (fresh, "1-19/100", [:]), (fresh, "0-9,20-29/100", [:]), (weak, "0-19/100", [:]),
            (fresh, "0-19/100", ["If-None-Match": "\"9\""]), (fresh, "broken", [:]),
            (fresh, "0-19/100", ["Range": "bytes=20-29", "If-Range": "\"9\""]),
        ] as [(FieldSection, String, FieldSection)] {
            var exchange = try CacheFixtures.exchange(request)
            let plan = exchange.lookedUp([try CacheFixtures.stored(fields, held: held)], now: CacheFixtures.time(9))
            guard case .forward(let sent, .partialContent) = plan else {
                Issue.record("\(held) was used")
                continue
            }
            #expect(sent == exchange.request)
        }
    }

    @Test("4.3.1: a stale whole response is validated as a whole")
    func staleWhole() throws {
        var exchange = try CacheFixtures.exchange(["Range": "bytes=0-9"])
        let stored = try CacheFixtures.stored(stale)
        let plan = exchange.lookedUp([stored], now: CacheFixtures.time(50))
        #expect(plan.forwarded?.fields == ["If-None-Match": "\"1\""])
        guard case .freshen(_, let serving, nil) = received(exchange, ["ETag": "\"1\""], status: 304) else {
            Issue.record("not freshened")
            return
        }
        #expect(serving.head(from: stored).status == 206)
        let new: FieldSection = ["ETag": "\"2\"", "Content-Length": "50", "Cache-Control": "max-age=60"]
        guard case .store(_, replacing: 0, .range(let range, let head)) = received(exchange, new, status: 200) else {
            Issue.record("not answered by the range")
            return
        }
        #expect(try range == self.range(0, 9))
        #expect(head.fields.first("Content-Range") == "bytes 0-9/50")
        guard case .store(_, replacing: 0, .whole) = received(exchange, ["ETag": "\"2\""], status: 200) else {
            Issue.record("a range of unknown length was cut out")
            return
        }
    }

    @Test("4.3.1: a stale part is validated for the range that was asked for")
    func stalePart() throws {
        var exchange = try CacheFixtures.exchange(["Range": "bytes=10-11", "If-Range": "\"1\""])
        let stored = try CacheFixtures.stored(stale, held: "10-19/100")
        let plan = exchange.lookedUp([stored], now: CacheFixtures.time(50))
        #expect(plan.forwarded?.fields == ["Range": "bytes=10-11", "If-Range": "\"1\"", "If-None-Match": "\"1\""])
        guard case .freshen(let freshened, let serving, nil) = received(exchange, ["ETag": "\"1\""], status: 304) else {
            Issue.record("not freshened")
            return
        }
        #expect(freshened.count == 1 && serving.head(from: stored).fields.first("Content-Range") == "bytes 10-11/100")
    }

    @Test("3.3: a part of what is held as a whole is not stored")
    func heldWhole() throws {
        var exchange = try CacheFixtures.exchange(["Range": "bytes=0-9"], options: ReuseOptions(mode: .reload))
        _ = exchange.lookedUp([try CacheFixtures.stored(fresh)], now: CacheFixtures.time(9))
        guard case .pass(.partialContent, .whole, _) = received(exchange, part("0-9/100"), status: 206) else {
            Issue.record("it was stored")
            return
        }
    }

    @Test("3.3: on a miss a range goes on as it is, and its answer is kept")
    func miss() throws {
        var exchange = try CacheFixtures.exchange(["Range": "bytes=0-9", "If-Range": "\"0\""])
        #expect(exchange.lookedUp([], now: CacheFixtures.start).forwarded == exchange.request)
        guard case .storePart(let stored, combiningWith: nil, _, .whole) = received(exchange, part("0-9/100"), status: 206) else {
            Issue.record("not stored")
            return
        }
        #expect(stored.heldRanges == "0-9/100" && stored.head.status == 200 && stored.head.fields.contains("Date"))
        guard case .storePart(let all, nil, _, _) = received(exchange, part("0-9/10"), status: 206) else { return }
        #expect(all.heldRanges == nil)
    }
}

extension FieldSection {
    fileprivate static func + (left: FieldSection, right: FieldSection) -> FieldSection {
        FieldSection(left.lines + right.lines)
    }
}

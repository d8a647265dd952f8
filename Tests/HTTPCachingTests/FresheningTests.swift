import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Freshening, RFC 9111 sections 3.2 and 4.3.4")
struct FresheningTests {
    private func freshen(_ stored: StoredResponse, _ fields: FieldSection, at seconds: Int64 = 1000) throws -> FreshenedResponse {
        try Freshening.apply(
            notModified: ResponseHead(status: 304, fields: fields), to: stored, request: CacheFixtures.request(),
            requestTime: CacheFixtures.time(seconds), responseTime: CacheFixtures.time(seconds))
    }

    @Test(
        "4.3.4: which 304 speaks of the stored response",
        arguments: [
            (["ETag": "\"1\""], ["ETag": "\"1\""], true), (["ETag": "\"1\""], ["ETag": "\"2\""], false),
            (["ETag": "W/\"1\""], ["ETag": "W/\"1\""], true), (["ETag": "W/\"1\""], ["ETag": "W/\"2\""], false),
            // The stored content was compressed on the fly, the 304 names the file behind it.
            (["ETag": "W/\"1\""], ["ETag": "\"1\""], true), (["ETag": "\"1\""], ["ETag": "W/\"1\""], true),
            (["ETag": "abc"], ["ETag": "abc"], true), (["ETag": "abc"], ["ETag": "\"abc\""], false),
            (["Last-Modified": CacheFixtures.date(-9)], ["ETag": "\"1\""], false),
            (["Last-Modified": CacheFixtures.date(-9)], ["Last-Modified": CacheFixtures.date(-9)], true),
            (["Last-Modified": "Sunday, 06-Nov-94 08:49:37 GMT"], ["Last-Modified": CacheFixtures.date(0)], true),
            (["Last-Modified": CacheFixtures.date(-9)], ["Last-Modified": CacheFixtures.date(-8)], false),
            (["ETag": "\"1\""], ["Last-Modified": CacheFixtures.date(-8)], true), (["ETag": "\"1\""], [:], true),
            (["ETag": "\"1\"", "Last-Modified": "x"], ["ETag": "\"1\"", "Last-Modified": "y"], true),
        ] as [(FieldSection, FieldSection, Bool)])
    func selects(stored: FieldSection, notModified: FieldSection, expected: Bool) throws {
        let head = ResponseHead(status: 304, fields: notModified)
        #expect(Freshening.selects(notModified: head, stored: try CacheFixtures.stored(stored)) == expected)
    }

    @Test("3.2: the 304's fields replace all lines of their names where the first stood, new ones come last")
    func merge() throws {
        let stored = try CacheFixtures.stored(["Link": "a", "X": "1", "link": "b", "Content-Type": "text/html"])
        let result = try freshen(stored, ["LINK": "c", "New": "n", "link": "d", "Date": CacheFixtures.date(1000)])
        #expect(
            result.head.fields.lines == [
                FieldLine("LINK", "c"), FieldLine("link", "d"), FieldLine("X", "1"), FieldLine("Content-Type", "text/html"),
                FieldLine("Date", CacheFixtures.date(1000)), FieldLine("New", "n"),
            ])
        #expect(result.head.status == 200)
        #expect(result.headChanged)
    }

    @Test("3.2: what describes the stored bytes stays, and nothing of the connection comes in")
    func exceptions() throws {
        let stored = try CacheFixtures.stored(["Content-Length": "9", "Content-Encoding": "gzip", "ETag": "W/\"1\""])
        let result = try freshen(
            stored,
            [
                "Content-Length": "0", "Content-Encoding": "identity", "Content-Range": "bytes 0-0/1",
                "Transfer-Encoding": "chunked",
                "Connection": "X-Hop", "X-Hop": "1", "ETag": "\"1\"", "Date": CacheFixtures.date(1000),
            ])
        #expect(result.head.fields.lines.dropLast() == stored.head.fields.lines.dropLast())
        #expect(!result.headChanged)
    }

    @Test("The age starts anew: Date and Age are the 304's, a missing Date is the time of receipt")
    func age() throws {
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "Age": "50"])
        let bare = try freshen(stored, [:])
        #expect(bare.freshness.initialAge == 0)
        #expect(bare.freshness[.private].lifetime == 60)
        #expect(bare.freshness.responseTime == CacheFixtures.time(1000))
        #expect(bare.head.fields.first("Age") == nil)
        #expect(bare.head.fields.first("Date") == CacheFixtures.date(1000))
        #expect(!bare.headChanged)
        let aged = try freshen(stored, ["Age": "20", "Date": CacheFixtures.date(980)])
        #expect(aged.freshness.initialAge == 20)
        #expect(aged.head.fields.values("Age") == ["20"])
        #expect(!aged.headChanged)
    }

    @Test("A changed lifetime or validator is a changed head; the same one is not")
    func changes() throws {
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "Expires": CacheFixtures.date(60)])
        #expect(try !freshen(stored, ["cache-control": "max-age=60"]).headChanged)
        let longer = try freshen(stored, ["Cache-Control": "max-age=90, no-cache"])
        #expect(longer.headChanged)
        #expect(longer.freshness[.private].lifetime == 90)
        #expect(longer.freshness[.private].demands == .noCache)
    }

    @Test("An Expires that has moved on is told by itself, in so far as its time says all of it")
    func movedExpires() throws {
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60", "Expires": CacheFixtures.date(60)])
        let moved = try freshen(stored, ["Expires": CacheFixtures.date(1060)])
        #expect(moved.movedExpires == CacheFixtures.time(1060))
        #expect(!moved.headChanged)
        #expect(moved.head.fields.first("Expires") == CacheFixtures.date(1060))
        let same = try freshen(stored, ["Expires": CacheFixtures.date(60)])
        #expect(same.movedExpires == nil && !same.headChanged)
        for fields in [
            ["Expires": "0"], ["Expires": CacheFixtures.date(1060) + " "], ["Expires": CacheFixtures.date(1060).lowercased()],
            ["Expires": CacheFixtures.date(1060), "X": "1"], ["Expires": CacheFixtures.date(1060), "expires": "0"],
        ] as [FieldSection] {
            let changed = try freshen(stored, fields)
            #expect(changed.headChanged && changed.movedExpires == nil, "\(fields)")
        }
        let without = try CacheFixtures.stored(["Cache-Control": "max-age=60"])
        #expect(try freshen(without, ["Expires": CacheFixtures.date(1060)]).headChanged)
    }

    @Test("4.1: a 304 that brings another Vary makes another variant of the response")
    func vary() throws {
        let stored = try CacheFixtures.stored(["Vary": "X", "ETag": "\"1\""], for: ["X": "1"])
        var exchange = try CacheFixtures.exchange(["X": "1", "Accept-Language": "de"], options: ReuseOptions(mode: .refresh))
        _ = exchange.lookedUp([stored], now: CacheFixtures.time(9))
        for (vary, expected) in [
            ("X, Accept-Language", ["accept-language": "de", "x": "1"]), ("Accept-Language", ["accept-language": "de"]),
            ("Y", [:]), ("X", ["x": "1"]),
        ] as [(String, FieldSection)] {
            let plan = exchange.received(
                ResponseHead(status: 304, fields: ["Vary": vary]), requestTime: CacheFixtures.time(9),
                responseTime: CacheFixtures.time(9))
            guard case .freshen(let freshened, _, nil) = plan, let response = freshened.first?.response else {
                Issue.record("\(vary): \(plan)")
                continue
            }
            #expect(response.varyFields == expected)
            #expect(response.headChanged == (vary != "X"))
            let new = StoredResponse(head: response.head, freshness: response.freshness, varyFields: response.varyFields)
            #expect(VaryMatching.matches(stored: new, request: exchange.request))
            let other = try CacheFixtures.request(["X": "2", "Y": "2", "Accept-Language": "fr"])
            #expect(!VaryMatching.matches(stored: new, request: other))
        }
    }

    @Test("5.2.2.5: a 304 with no-store ends the storing")
    func noStore() throws {
        let stored = try CacheFixtures.stored(["Cache-Control": "max-age=60"])
        #expect(try freshen(stored, [:]).isStorable)
        #expect(try !freshen(stored, ["Cache-Control": "no-store"]).isStorable)
        #expect(try freshen(stored, ["Cache-Control": "no-store, must-understand"]).isStorable)
    }
}

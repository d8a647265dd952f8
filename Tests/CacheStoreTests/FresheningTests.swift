import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct FresheningTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func numbersAloneLeaveTheWideRowAsItIs() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/", fields: ["Date": "old", "X": "1"]), makeBody("x"))
        let entry = try #require(try await store.find("http://a.example/"))
        let later = noon.advanced(bySeconds: 100)
        try await store.freshen(entry, head: nil, freshness: makeFreshness(later, lifetime: 5), date: later).value
        let freshened = try #require(try await store.find("http://a.example/"))
        #expect(freshened.response.freshness == makeFreshness(later, lifetime: 5))
        #expect(freshened.response.head.fields == ["Date": HTTPDate.format(later), "X": "1"])
        #expect(try directory.integer("SELECT count(*) FROM entry WHERE fields LIKE 'Date: old%'") == 1)
        // A later 304 without a Date leaves the last one.
        try await store.freshen(entry, head: nil, freshness: makeFreshness(later), date: nil).value
        #expect(try await store.find("http://a.example/")?.response.head.fields.first("Date") == HTTPDate.format(later))
        await store.close()
    }

    @Test func anExpiresIsShownInThePlaceOfTheStoredOneUntilAHeadBringsItsOwn() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/", fields: ["Expires": "old", "X": "1"]), makeBody("x"))
        let entry = try #require(try await store.find("http://a.example/"))
        let later = noon.advanced(bySeconds: 100)
        try await store.freshen(entry, freshness: makeFreshness(), expires: later).value
        #expect(try await store.find("http://a.example/")?.response.head.fields == ["Expires": HTTPDate.format(later), "X": "1"])
        #expect(try directory.integer("SELECT count(*) FROM entry WHERE fields LIKE '%Expires: old%'") == 1)
        try await store.freshen(entry, freshness: makeFreshness()).value
        #expect(try await store.find("http://a.example/")?.response.head.fields.first("Expires") == HTTPDate.format(later))
        var head = entry.response.head
        head.fields.set("Expires", "new")
        try await store.freshen(entry, head: head, freshness: makeFreshness()).value
        #expect(try await store.find("http://a.example/")?.response.head.fields.first("Expires") == "new")
        try await store.freshen(entry, freshness: makeFreshness(), expires: later).value
        try await store.store(makeEntry("http://a.example/", fields: ["Expires": "other"]), makeBody("y"))
        #expect(try await store.find("http://a.example/")?.response.head.fields.first("Expires") == "other")
        await store.close()
    }

    @Test func aNewHeadTakesThePlaceOfTheOld() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        let entry = try #require(try await store.find("http://a.example/"))
        let head = ResponseHead(status: 200, reason: "OK", fields: ["Content-Type": "text/plain", "ETag": "\"1\"", "X": "new"])
        try await store.freshen(entry, head: head, freshness: makeFreshness(lifetime: 9), date: nil).value
        let freshened = try #require(try await store.find("http://a.example/"))
        #expect(freshened.response.head == head)
        #expect(freshened.response.freshness[.private].lifetime == 9)
        #expect(freshened.id == entry.id)
        #expect(try directory.integer("SELECT count(*) FROM entry WHERE content_type = 'text/plain'") == 1)
        await store.close()
    }

    @Test func anotherVaryIsWrittenWithItsHead() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let url = "http://a.example/"
        try await store.store(makeEntry(url, vary: ["x": "1"]), makeBody("x"))
        let entry = try #require(try await store.find(url))
        for (head, vary, expected) in [
            (nil, ["y": "1"], ["x": "1"]), (entry.response.head, nil, ["x": "1"]), (entry.response.head, ["y": "1"], ["y": "1"]),
            (entry.response.head, [:], [:]),
        ] as [(ResponseHead?, FieldSection?, FieldSection)] {
            try await store.freshen(entry, head: head, freshness: makeFreshness(), varyFields: vary).value
            #expect(try await store.find(url)?.response.varyFields == expected)
        }
        await store.close()
    }

    @Test func variantsThatBecameTheSameMakeWayForTheNextOne() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let url = "http://a.example/"
        for language in ["de", "en", "fr"] { try await store.store(makeEntry(url, vary: ["l": language]), makeBody(language)) }
        for entry in try await store.lookup([makeKey(url)])[0].dropLast() {
            try await store.freshen(
                entry, head: entry.response.head, freshness: makeFreshness(), varyFields: ["x": "1"]
            ).value
        }
        try await store.store(makeEntry(url, vary: ["x": "1"]), makeBody("new"))
        #expect(try await store.lookup([makeKey(url)])[0].map(\.response.varyFields) == [["x": "1"], ["l": "fr"]])
        #expect(try directory.integer("SELECT count(*) FROM body") == 2)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aLate304ForAReplacedResponseDoesNothing() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("old"))
        let old = try #require(try await store.find("http://a.example/"))
        try await store.store(makeEntry("http://a.example/", fields: ["ETag": "\"2\""]), makeBody("new"))
        try await store.freshen(old, head: old.response.head, freshness: makeFreshness(lifetime: 1), date: noon).value
        let new = try #require(try await store.find("http://a.example/"))
        #expect(new.response.head.fields == ["ETag": "\"2\""])
        #expect(new.response.freshness[.private].lifetime == 3600)
        await store.close()
    }

    @Test func replacingForgetsTheDateOfThe304() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        let entry = try #require(try await store.find("http://a.example/"))
        try await store.freshen(entry, freshness: makeFreshness(), date: noon).value
        try await store.store(makeEntry("http://a.example/", fields: ["Date": "own"]), makeBody("x"))
        #expect(try await store.find("http://a.example/")?.response.head.fields == ["Date": "own"])
        await store.close()
    }

    @Test func usesAndActivityAreWrittenAtFlush() async throws {
        var options = CacheStore.Options()
        options.now = { UnixTime(seconds: 86_400 * 20_000 + 5) }
        let store = try CacheStore.open(directory: directory.cache, options: options)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        let entry = try #require(try await store.find("http://a.example/"))
        let later = UnixTime(seconds: 86_400 * 20_001)
        store.touch([entry], at: later)
        store.touch([entry], at: later.advanced(bySeconds: -5))
        store.record(ActivityDelta(outcome: "hit", savedBytes: 10))
        store.record(ActivityDelta(outcome: "hit", savedBytes: 5))
        store.record(ActivityDelta(outcome: "miss", networkBytes: 7))
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 0)
        try await store.flush()
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 2)
        #expect(try directory.integer("SELECT last_use_ms FROM freshness") == later.milliseconds)
        let statistics = try await store.statistics()
        #expect(
            statistics.activity == [
                .init(day: 20_000, delta: ActivityDelta(outcome: "hit", requests: 2, savedBytes: 15)),
                .init(day: 20_000, delta: ActivityDelta(outcome: "miss", requests: 1, networkBytes: 7)),
            ])
        store.record(ActivityDelta(outcome: "hit"))
        await store.close()
        #expect(try directory.integer("SELECT sum(requests) FROM activity") == 4)
    }
}

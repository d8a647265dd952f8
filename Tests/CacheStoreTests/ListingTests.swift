import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct ListingTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func fill() async throws -> CacheStore {
        var options = CacheStore.Options()
        options.now = { noon }
        let store = try CacheStore.open(directory: directory.cache, options: options)
        let html: FieldSection = ["Content-Type": "text/html"]
        try await store.store(makeEntry("http://a.example/docs/1", fields: html), makeBody("1"))
        try await store.store(
            makeEntry("http://a.example/docs/2", status: 404, fields: html, freshness: makeFreshness(lifetime: 0)), makeBody("22"))
        try await store.store(makeEntry("http://b.example/x", fields: ["Content-Type": "image/png"]), makeBody("333"))
        try await store.store(
            makeEntry("http://b.example/docs/1_%5B1%5D", fields: [:], freshness: makeFreshness(demands: .noCache)), makeBody("4444")
        )
        return store
    }

    private func urls(_ store: CacheStore, _ change: (inout EntryQuery) -> Void) async throws -> [String] {
        var query = EntryQuery(now: noon.advanced(bySeconds: 10))
        change(&query)
        let pages = store.entries(query)
        var urls: [String] = []
        while let page = try await pages.next() { urls += page.map { String($0.url.dropFirst("http://".count)) } }
        if query.limit == nil { #expect(try await store.count(query) == urls.count) }
        return urls
    }

    @Test func filters() async throws {
        let store = try await fill()
        #expect(try await urls(store) { _ in }.count == 4)
        #expect(try await urls(store) { $0.host = "B.example" } == ["b.example/docs/1_%5B1%5D", "b.example/x"])
        #expect(try await urls(store) { $0.status = 400...499 } == ["a.example/docs/2"])
        #expect(try await urls(store) { $0.typePrefix = "image/" } == ["b.example/x"])
        #expect(try await urls(store) { $0.largerThan = 3 } == ["b.example/docs/1_%5B1%5D"])
        #expect(try await urls(store) { $0.since = noon.advanced(bySeconds: 1) }.isEmpty)
        #expect(try await urls(store) { $0.isFresh = true } == ["a.example/docs/1", "b.example/x"])
        #expect(try await urls(store) { $0.isFresh = false } == ["a.example/docs/2", "b.example/docs/1_%5B1%5D"])
        await store.close()
    }

    @Test func patterns() async throws {
        let store = try await fill()
        #expect(EntryQuery.Pattern("A.example") == .host("a.example"))
        #expect(EntryQuery.Pattern("http://a.example/docs/*") == .prefix("http://a.example/docs/"))
        #expect(EntryQuery.Pattern("*/docs/*") == .glob("*/docs/*"))
        #expect(EntryQuery.Pattern("http://a.example/") == .url("http://a.example/"))
        #expect(EntryQuery.Pattern("HTTP://A.example") == .url("http://a.example/"))
        #expect(EntryQuery.Pattern("http://a.example/ü?q=1#f") == .url("http://a.example/%C3%BC?q=1"))
        #expect(EntryQuery.Pattern("HTTP://A.example/docs/*") == .prefix("http://a.example/docs/"))
        #expect(EntryQuery.Pattern("Localhost:8080") == .authority("localhost:8080"))
        #expect(EntryQuery.Pattern("[::1]") == .host("[::1]"))
        #expect(EntryQuery.Pattern("*/pages/1?.html") == .glob("*/pages/1?.html"))
        #expect(try await urls(store) { $0.pattern = .init("b.example") }.count == 2)
        #expect(try await urls(store) { $0.pattern = .init("http://b.example/docs/1_%*") } == ["b.example/docs/1_%5B1%5D"])
        #expect(try await urls(store) { $0.pattern = .init("*/docs/?") } == ["a.example/docs/1", "a.example/docs/2"])
        #expect(try await urls(store) { $0.pattern = .init("http://a.example/docs/[12]*?") }.isEmpty)
        #expect(try await urls(store) { $0.pattern = .init("http://b.example/x") } == ["b.example/x"])
        await store.close()
    }

    @Test func orders() async throws {
        let store = try await fill()
        #expect(try await urls(store) { $0.order = .size }.first == "a.example/docs/1")
        #expect(
            try await urls(store) {
                $0.order = .size
                $0.isDescending = true
                $0.limit = 2
            } == ["b.example/docs/1_%5B1%5D", "b.example/x"])
        #expect(try await urls(store) { $0.order = .status }.last == "a.example/docs/2")
        #expect(try await urls(store) { $0.order = .url }.first == "a.example/docs/1")
        #expect(try await urls(store) { $0.limit = 0 }.isEmpty)
        await store.close()
    }

    @Test func aLongListComesInPagesAndHoldsNobodyBack() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 0..<1200 { _ = try await store.put(makeEntry("http://a.example/\(number)"), content: makeBody("\(number)")) }
        try await store.flush()
        var query = EntryQuery(now: noon)
        query.order = .time
        let pages = store.entries(query)
        let first = try #require(try await pages.next())
        #expect(first.count == 500)
        #expect(first[0].isFresh && first[0].age == 0 && first[0].host == "a.example" && first[0].contentType == "text/html")
        try await store.remove(first.prefix(1).map(\.id)).value
        let removed = try #require(try await store.find("http://a.example/700"))
        try await store.remove([removed.id]).value
        var rest = 0
        while let page = try await pages.next() { rest += page.count }
        #expect(rest == 699)
        await store.close()
    }

    @Test func statisticsCountWhatIsThere() async throws {
        let store = try await fill()
        try await store.store(makeEntry("http://c.example/"), makeBody("4444"))
        let totals = try await store.statistics()
        #expect(totals.entries == 5 && totals.bodies == 4 && totals.hosts == 3)
        #expect(totals.wireBytes == 10 && totals.storedBytes == 10 && totals.sharedBytes == 4)
        #expect(totals.decodedBodies == 0 && totals.databaseFileBytes > 0)
        #expect(totals.groups.isEmpty)
        let hosts = try await store.statistics(by: .host).groups
        #expect(hosts.map(\.name) == ["a.example", "b.example", "c.example"])
        #expect(hosts.map(\.entries) == [2, 2, 1])
        #expect(hosts.map(\.freshEntries) == [1, 1, 1])
        #expect(try await store.statistics(by: .status).groups.map(\.name) == ["200", "404"])
        #expect(try await store.statistics(by: .type).groups.map(\.name) == ["text/html", "", "image/png"])
        #expect(try await store.statistics(by: .day).groups.map(\.name) == ["\(noon.seconds / 86_400)"])
        await store.close()
    }
}

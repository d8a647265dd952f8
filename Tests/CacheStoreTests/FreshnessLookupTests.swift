import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// What decides the reuse of responses, looked up without the responses.
@Suite struct FreshnessLookupTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func url(_ number: Int) -> String { "http://a.example/\(number)" }

    private func numbers(_ store: CacheStore, _ urls: String..., kind: CacheKind = .private) async throws -> [StoredFreshness?] {
        try await store.lookupFreshness(urls.map { try makeKey($0) }, for: kind)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 150])
    func eachKeyGetsItsOwnInItsPlace(count: Int) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        // Every third is there.
        for number in stride(from: 0, to: 150, by: 3) {
            try await store.store(
                makeEntry(url(number), freshness: makeFreshness(lifetime: Int64(number))), makeBody("content \(number)"))
        }
        let asked = (0..<150).map { $0 * 7 % 150 }.prefix(count)
        let found = try await store.lookupFreshness(asked.map { try makeKey(url($0)) }, for: .private)
        #expect(found.map { $0?.freshness.privateTerms.lifetime } == asked.map { $0 % 3 == 0 ? Int64($0) : nil })
        #expect(found.map { $0?.wireBytes } == asked.map { $0 % 3 == 0 ? Int64("content \($0)".utf8.count) : nil })
        await store.close()
    }

    @Test func theyAreThoseOfTheEntry() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let freshness = Freshness(
            responseTime: noon, initialAge: 7,
            privateTerms: FreshnessTerms(
                lifetime: 9, source: .expires, demands: .noCache, staleWhileRevalidate: 3, staleIfError: 4),
            sharedTerms: FreshnessTerms(lifetime: 10, source: .sharedMaxAge, demands: [.mustRevalidate, .authorized]))
        try await store.store(makeEntry(url(1), freshness: freshness), makeBody("x"))
        let entry = try #require(try await store.find(url(1)))
        for kind in CacheKind.allCases {
            let found = try #require(try await numbers(store, url(1), kind: kind)[0])
            #expect(found.id == entry.id && found.lastUse == entry.lastUse && found.secondaryKey == nil)
            #expect(found.freshness.responseTime == noon && found.freshness.initialAge == 7)
            #expect(found.freshness[kind] == freshness[kind])
        }
        await store.close()
    }

    @Test func whatTakesMoreThanNumbersIsNotFound() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry(url(1), status: 404), makeBody("none"))
        try await store.store(makeEntry(url(2), status: 301), makeBody(""))
        var part = try makeEntry(url(3))
        part.response.heldRanges = "0-0/2"
        try await store.store(part, makeBody("x"))
        for language in ["de", "fr"] { try await store.store(makeEntry(url(4), vary: ["l": language]), makeBody(language)) }
        try await store.store(makeEntry(url(5), status: 204), makeBody(""))
        #expect(
            try await numbers(store, url(0), url(1), url(2), url(3), url(4), url(5)).map { $0 != nil }
                == [false, false, false, false, false, true])
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func anEntryOfBeforeIsNotFoundUntilItIsStoredAnew() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry(url(1)), makeBody("x"))
        try directory.execute("UPDATE freshness SET key_check = NULL, wire_bytes = NULL")
        #expect(try await numbers(store, url(1))[0] == nil)
        #expect(try await store.verify().isClean)
        try await store.store(makeEntry(url(1)), makeBody("xy"))
        #expect(try await numbers(store, url(1))[0]?.wireBytes == 2)
        await store.close()
    }

    @Test func keysWithTheSameHashAreNotMistaken() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry(url(1)), makeBody("x"))
        try directory.execute("UPDATE entry SET key_hash = \(KeyDigest(try makeKey(url(2))).prefix)")
        // What the row notes might be a secondary key's digest: asked for once, it is not.
        for _ in 0..<2 { #expect(try await numbers(store, url(1), url(2)).allSatisfy { $0 == nil }) }
        await store.close()
    }

    // MARK: Vary

    private func varying(_ number: Int, language: String) throws -> NewEntry {
        try makeEntry(url(number), fields: ["ETag": "\"1\"", "Vary": "Accept-Language"], vary: ["accept-language": language])
    }

    @Test func aSecondaryKeySelectsAsTheEntryDoes() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 1...3 { try await store.store(varying(number, language: number == 3 ? "fr" : "de"), makeBody("x")) }
        for number in [4, 5] { try await store.store(makeEntry(url(number), fields: ["Vary": "*"]), makeBody("x")) }
        let found = try await numbers(store, url(1), url(2), url(3), url(4))
        func languages(_ stored: StoredFreshness?) throws -> [String] {
            try ["de", "fr"].filter { language in
                stored?.secondaryKey?.selects(
                    RequestHead(method: .get, url: try #require(WebURL(url(1))), fields: ["Accept-Language": language])) == true
            }
        }
        #expect(try found.map(languages) == [["de"], ["de"], ["fr"], []])
        // One for all that have it.
        #expect(found[0]?.secondaryKey != nil && found[0]?.secondaryKey === found[1]?.secondaryKey)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aNewHeadBringsItsOwn() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry(url(1)), makeBody("x"))
        let entry = try #require(try await store.find(url(1)))
        func freshen(_ status: Int, _ fields: FieldSection, vary: FieldSection?) async throws -> StoredFreshness? {
            try await store.freshen(
                entry, head: ResponseHead(status: status, reason: "", fields: fields), freshness: makeFreshness(lifetime: 5),
                varyFields: vary
            ).value
            #expect(try await store.verify().isClean)
            return try await numbers(store, url(1))[0]
        }
        let varying = try await freshen(200, ["Vary": "A"], vary: ["a": "1"])
        #expect(varying?.secondaryKey?.vary == "A" && varying?.secondaryKey?.fields == ["a": "1"])
        #expect(try await freshen(404, [:], vary: [:]) == nil)
        let plain = try await freshen(200, [:], vary: [:])
        #expect(plain != nil && plain?.secondaryKey == nil && plain?.wireBytes == 1)
        // Numbers alone leave it.
        try await store.freshen(entry, freshness: makeFreshness(lifetime: 6)).value
        #expect(try await numbers(store, url(1))[0]?.freshness.privateTerms.lifetime == 6)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    // MARK: Damage and uses

    @Test func wrongNumbersAreForgotten() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 1...3 { try await store.store(makeEntry(url(number)), makeBody("x")) }
        try directory.execute("UPDATE freshness SET wire_bytes = 99 WHERE entry_id = 2")
        let found = try await store.verify()
        #expect(found.problems.map(\.kind) == [.wrongNumbers] && found.problems.allSatisfy { !$0.concernsEntries })
        let report = try await store.repair(found)
        #expect(report.repairedProblems == 1 && report.removedEntries.isEmpty)
        #expect(try await store.verify().isClean)
        #expect(try await numbers(store, url(1), url(2), url(3)).map { $0 != nil } == [true, false, true])
        #expect(try await store.find(url(2)) != nil)
        await store.close()
    }

    @Test func usesAreCountedAsThoseOfEntries() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry(url(1)), makeBody("x"))
        let found = try #require(try await numbers(store, url(1))[0])
        let later = noon.advanced(bySeconds: 100_000_000)
        store.touch([found, found], at: later)
        try await store.flush()
        #expect(try directory.integer("SELECT use_count FROM entry_use WHERE entry_id = \(found.id.row)") == 2)
        #expect(try await store.find(url(1))?.lastUse == later)
        await store.close()
    }
}

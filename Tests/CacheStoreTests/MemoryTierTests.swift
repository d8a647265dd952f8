import HTTPCaching
import HTTPSemantics
import Synchronization
import TestSupport
import Testing

@testable import CacheStore

@Suite struct MemoryTierTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ bytes: Int = 1 << 20) throws -> CacheStore {
        var options = CacheStore.Options()
        options.memoryTierBytes = bytes
        return try CacheStore.open(directory: directory.cache, options: options)
    }

    @Test func withoutAMemoryTierNothingIsRemembered() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("a"))
        #expect(try await store.recall("http://a.example/") == nil)
        #expect(try store.remembered(makeKey("http://a.example/")) == nil)
        await store.close()
    }

    @Test func whatALookUpFoundIsRememberedWithItsContent() async throws {
        let store = try open()
        try await store.store(makeEntry("http://a.example/"), makeBody("a"))
        try await store.store(makeEntry("http://a.example/", vary: ["Accept-Language": "de"]), makeBody("de"))
        #expect(try store.remembered(makeKey("http://a.example/")) == nil)
        try await store.recall("http://a.example/", content: ["a"])
        let found = try #require(try store.remembered(makeKey("http://a.example/")))
        #expect(found.entries.map(\.response.varyFields) == [[:], ["Accept-Language": "de"]])
        #expect(found.content(of: found.entries[0].id)?.bytes == Array("a".utf8))
        #expect(found.content(of: found.entries[1].id) == nil)
        let made = Derived()
        found.content(of: found.entries[0].id)?.derived.withLock { $0 = made }
        // Read later, the second one's content comes to what is there.
        try await store.recall("http://a.example/", content: ["", "de"])
        let again = try #require(try store.remembered(makeKey("http://a.example/")))
        #expect(again.content(of: again.entries[0].id)?.derived.withLock { $0 === made } == true)
        #expect(again.content(of: again.entries[1].id)?.bytes == Array("de".utf8))
        #expect(try store.remembered(makeKey("http://a.example/other")) == nil)
        await store.close()
        #expect(try store.remembered(makeKey("http://a.example/")) == nil)
    }

    @Test func whatIsTooLongOrOfAnotherLengthIsLeftOut() async throws {
        let store = try open(800_000)
        for (number, length) in [100_000, 100_001].enumerated() {
            let bytes = makeBytes(length, seed: 1)
            let url = "http://a.example/\(number)"
            try await store.store(
                makeEntry(url), CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(length)))
            let version = store.dataVersion()
            let entry = try #require(try await store.find(url))
            let kept = store.remember(entry.key, [entry], content: [(entry.id, bytes)], asOf: version)
            #expect((kept?.content(of: entry.id) != nil) == (length == 100_000))
            #expect(store.remembered(entry.key)?.entries.count == 1)
            let short = store.remember(entry.key, [entry], content: [(EntryID(row: 0, body: 0), bytes)], asOf: version)
            #expect((short?.content(of: entry.id) != nil) == (length == 100_000))
        }
        try await store.store(makeEntry("http://a.example/b"), makeBody("b"))
        try await store.recall("http://a.example/b", content: ["longer"])
        let found = try #require(try store.remembered(makeKey("http://a.example/b")))
        #expect(found.content(of: found.entries[0].id) == nil)
        await store.close()
    }

    @Test func whatWasAskedForLongestAgoGoes() async throws {
        let store = try open(200_000)
        let bytes = makeBytes(20_000, seed: 1)
        for number in 0..<20 {
            try await store.store(
                makeEntry("http://a.example/\(number)"),
                CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: 20_000))
        }
        for number in 0..<20 {
            let version = store.dataVersion()
            let entry = try #require(try await store.find("http://a.example/\(number)"))
            store.remember(entry.key, [entry], content: [(entry.id, bytes)], asOf: version)
            #expect(try store.remembered(makeKey("http://a.example/0")) != nil)
        }
        let left = try (0..<20).filter { try store.remembered(makeKey("http://a.example/\($0)")) != nil }
        #expect(left.first == 0 && left.last == 19 && (5...9).contains(left.count))
        await store.close()
    }

    @Test func anOwnCommitOutdatesWhatItTouchesAndNothingElse() async throws {
        let store = try open()
        let urls = (0..<5).map { "http://a.example/\($0)" }
        for url in urls { try await store.store(makeEntry(url), makeBody(url)) }
        for url in urls { try await store.recall(url, content: [url]) }
        func known() throws -> [Bool] { try urls.map { try store.remembered(makeKey($0)) != nil } }
        #expect(try known() == [true, true, true, true, true])

        try await store.store(makeEntry(urls[1]), makeBody("new"))
        try await store.freshen(#require(try await store.find(urls[2])), freshness: makeFreshness(lifetime: 9)).value
        try await store.remove([#require(try await store.find(urls[3])).id]).value
        let staging = try await store.stageBody()
        try await staging.append(makeBytes(600_000, seed: 1))
        try await store.flush()
        store.touch([try #require(try await store.find(urls[0]))], at: noon)
        store.record(ActivityDelta(outcome: "hit"))
        try await store.flush()
        #expect(try known() == [true, false, false, false, true])

        for url in urls { try await store.recall(url) }
        #expect(try known() == [true, true, true, false, true])
        // The content outlives a change of the freshness, but nothing made of the response does.
        let freshened = try #require(try store.remembered(makeKey(urls[2])))
        #expect(freshened.entries[0].response.freshness.privateTerms.lifetime == 9)
        #expect(freshened.content(of: freshened.entries[0].id)?.bytes == Array(urls[2].utf8))
        #expect(try store.remembered(makeKey(urls[1])).map { $0.content(of: $0.entries[0].id) == nil } == true)
        await store.close()
    }

    @Test func aDerivedThingGoesWithAnyChangeOfTheResponse() async throws {
        let store = try open()
        let url = "http://a.example/"
        try await store.store(makeEntry(url), makeBody("a"))
        let first = try #require(try await store.recall(url, content: ["a"]))
        let content = try #require(first.content(of: first.entries[0].id))
        content.derived.withLock { $0 = Derived() }
        try await store.recall(url)
        let same = try #require(try store.remembered(makeKey(url)))
        #expect(same.content(of: same.entries[0].id) === content)
        try await store.freshen(first.entries[0], freshness: makeFreshness(lifetime: 9)).value
        try await store.recall(url)
        let changed = try #require(try store.remembered(makeKey(url)))
        let other = try #require(changed.content(of: changed.entries[0].id))
        #expect(other.bytes == content.bytes && other.derived.withLock { $0 == nil })
        await store.close()
    }

    @Test func aCommitOfAnotherOutdatesEverythingUntilItIsLookedUpAgain() async throws {
        let store = try open()
        let other = try CacheStore.open(directory: directory.cache)
        let urls = ["http://a.example/1", "http://a.example/2"]
        for url in urls { try await store.store(makeEntry(url), makeBody(url)) }
        for url in urls { try await store.recall(url, content: [url]) }
        #expect(try store.remembered(makeKey(urls[0])) != nil)
        try await other.store(makeEntry(urls[0]), makeBody("other"))
        for url in urls { #expect(try store.remembered(makeKey(url)) == nil) }
        for url in urls { try await store.recall(url) }
        let first = try #require(try store.remembered(makeKey(urls[0])))
        #expect(first.entries[0].body.wireBytes == 5)
        #expect(first.content(of: first.entries[0].id) == nil)
        let second = try #require(try store.remembered(makeKey(urls[1])))
        #expect(second.content(of: second.entries[0].id)?.bytes == Array(urls[1].utf8))
        // The command line of SQLite is another as well, and a removal a change.
        try directory.execute("UPDATE freshness SET lifetime_s = 1")
        #expect(try store.remembered(makeKey(urls[1])) == nil)
        await other.close()
        await store.close()
    }

    @Test func aFindingOfBeforeACommitIsNotTakenForOneOfAfter() async throws {
        let store = try open()
        let url = "http://a.example/"
        try await store.store(makeEntry(url), makeBody("a"))
        let version = store.dataVersion()
        let old = try #require(try await store.find(url))
        try await store.store(makeEntry(url), makeBody("new"))
        store.remember(old.key, [old], asOf: version)
        #expect(store.remembered(old.key) == nil)
        try await store.recall(url)
        #expect(store.remembered(old.key)?.entries[0].body.wireBytes == 3)
        // Nor does it take the place of a newer one.
        store.remember(old.key, [old], asOf: version)
        #expect(store.remembered(old.key)?.entries[0].body.wireBytes == 3)
        // The same with a change by row, and with a commit of another.
        for change in 0..<2 {
            let version = store.dataVersion()
            let found = try #require(try await store.find(url))
            if change == 0 {
                try await store.freshen(found, freshness: makeFreshness(lifetime: 9)).value
            } else {
                try directory.execute("UPDATE freshness SET lifetime_s = 10")
            }
            store.remember(found.key, [found], asOf: version)
            #expect(store.remembered(found.key) == nil)
        }
        await store.close()
    }

    @Test func anEmptyFindingIsNotKept() async throws {
        let store = try open()
        let key = try makeKey("http://a.example/")
        store.remember(key, [], asOf: store.dataVersion())
        #expect(store.remembered(key) == nil)
        await store.close()
    }
}

/// What a caller keeps beside content.
private final class Derived: Sendable {}

extension CacheStore {
    /// Looks up and remembers, as a caller does.
    @discardableResult
    func recall(_ url: String, content: [String] = []) async throws -> RememberedResponses? {
        let version = dataVersion()
        let key = try makeKey(url)
        let entries = try await lookup([key])[0]
        return remember(key, entries, content: zip(entries, content).map { ($0.id, Array($1.utf8)) }, asOf: version)
    }
}

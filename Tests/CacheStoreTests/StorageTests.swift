import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct StorageTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func storedResponseComesBackAfterARestart() async throws {
        let fields: FieldSection = ["content-TYPE": "Text/HTML; charset=x", "Set-X": "a: b", "X": "", "Set-X": "ä"]
        let freshness = Freshness(
            responseTime: noon, initialAge: 7, lifetime: 60, source: .heuristic, demands: [.mustRevalidate, .immutable])
        var store = try CacheStore.open(directory: directory.cache)
        let entry = NewEntry(
            key: try makeKey("http://a.example/x?y=1"),
            response: StoredResponse(
                head: ResponseHead(version: .http1_0, status: 203, reason: "Fine", fields: fields), freshness: freshness,
                varyFields: ["Accept-Language": "de"]),
            requestTime: noon.advanced(byMilliseconds: -5))
        var body = makeBody("hello")
        body.decodedBytes = 11
        try await store.store(entry, body)
        await store.close()

        store = try CacheStore.openExisting(directory: directory.cache)
        let found = try #require(try await store.find("http://a.example/x?y=1"))
        #expect(found.response == entry.response)
        #expect(found.key == entry.key)
        #expect(found.requestTime == noon.advanced(byMilliseconds: -5))
        #expect(found.body.wireBytes == 5)
        #expect(found.body.decodedBytes == 11)
        #expect(found.body.digest == body.digest)
        #expect(found.body.coding == .asReceived)
        #expect(try await store.content(found.body) == Array("hello".utf8))
        await store.close()
    }

    @Test func lookupAnswersEachKeyInOrder() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/1"), makeBody("1"))
        try await store.store(makeEntry("http://a.example/2"), makeBody("2"))
        let keys = try ["http://a.example/2", "http://a.example/none", "http://a.example/1"].map(makeKey)
        let found = try await store.lookup(keys)
        #expect(found.map(\.count) == [1, 0, 1])
        #expect(found[0].first?.key == keys[0])
        let head = CacheKey(method: .head, url: keys[0].url)
        #expect(try await store.lookup([head])[0].isEmpty)
        #expect(try await store.lookup([]).isEmpty)
        await store.close()
    }

    @Test func equalBodiesAreStoredOnce() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 0..<8 { try await store.store(makeEntry("http://a.example/\(number)"), makeBody("same")) }
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        #expect(try directory.integer("SELECT reference_count FROM body") == 8)
        let entries = try await store.lookup((0..<8).map { try makeKey("http://a.example/\($0)") }).flatMap { $0 }
        try await store.remove(entries.dropLast().map(\.id)).value
        #expect(try directory.integer("SELECT reference_count FROM body") == 1)
        let last = try #require(entries.last)
        #expect(try await store.content(last.body) == Array("same".utf8))
        try await store.remove([last.id]).value
        #expect(try directory.integer("SELECT count(*) FROM body") == 0)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 0)
        #expect(try directory.integer("SELECT count(*) FROM freshness") == 0)
        #expect(await storeError { _ = try await store.content(last.body) }?.code == .bodyGone)
        await store.close()
    }

    @Test func replacingAnEntryDropsItsOldBody() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("old"))
        let old = try #require(try await store.find("http://a.example/"))
        try await store.store(makeEntry("http://a.example/", status: 404), makeBody("new"))
        let new = try #require(try await store.find("http://a.example/"))
        #expect(new.id.row == old.id.row)
        #expect(new.response.head.status == 404)
        #expect(try await store.content(new.body) == Array("new".utf8))
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        #expect(await storeError { _ = try await store.content(old.body) }?.code == .bodyGone)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func ofWritesToOneKeyInOneGroupTheLastHolds() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        var handles: [CommitHandle] = []
        for number in 0..<300 {
            handles.append(try await store.put(makeEntry("http://a.example/"), content: makeBody("\(number)")))
        }
        for handle in handles { try await handle.value }
        let entry = try #require(try await store.find("http://a.example/"))
        #expect(try await store.content(entry.body) == Array("299".utf8))
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func variantsStandBesideEachOtherUpToSixtyFour() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 0..<70 {
            try await store.store(makeEntry("http://a.example/", vary: ["Accept-Language": "l\(number)"]), makeBody("\(number)"))
        }
        let found = try await store.lookup([makeKey("http://a.example/")])[0]
        #expect(found.count == 64)
        #expect(found.first?.response.varyFields == ["Accept-Language": "l6"])
        try await store.store(makeEntry("http://a.example/", vary: ["Accept-Language": "l40"]), makeBody("again"))
        #expect(try await store.lookup([makeKey("http://a.example/")])[0].count == 64)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aResponseWithoutContentHasTheEmptyBody() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/1", status: 301), .empty)
        try await store.store(makeEntry("http://a.example/2", status: 301), .empty)
        let entry = try #require(try await store.find("http://a.example/2"))
        #expect(entry.body.chunkCount == 0)
        #expect(try await store.content(entry.body).isEmpty)
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        await store.close()
    }

    @Test func aRemovalThatComesLateSparesTheReplacement() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("old"))
        let old = try #require(try await store.find("http://a.example/"))
        try await store.store(makeEntry("http://a.example/"), makeBody("new"))
        try await store.remove([old.id]).value
        #expect(try await store.find("http://a.example/") != nil)
        await store.close()
    }

    @Test func aRowThatAnotherBodyHasTakenIsNotReadAsTheOld() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("old"))
        let old = try #require(try await store.find("http://a.example/"))
        try await store.remove([old.id]).value
        try await store.store(makeEntry("http://a.example/"), makeBody("new"))
        // As in a database that was made anew: the number is another body's.
        let new = try #require(try await store.find("http://a.example/"))
        let mistaken = StoredBody(
            id: new.body.id, digest: old.body.digest, coding: .asReceived, wireBytes: 3, storedBytes: 3, decodedBytes: nil,
            chunkCount: 1)
        #expect(await storeError { _ = try await store.content(mistaken) }?.code == .bodyGone)
        await store.close()
    }

    @Test func numbersOfRemovedRowsDoNotReturn() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/old"), makeBody("old"))
        let old = try #require(try await store.find("http://a.example/old"))
        try await store.remove([old.id]).value
        try await store.store(makeEntry("http://b.example/new"), makeBody("new"))
        // What comes late for the old one reaches nobody.
        store.touch([old], at: noon)
        try await store.flush()
        try await store.freshen(old, head: old.response.head, freshness: makeFreshness(lifetime: 1), date: noon).value
        try await store.remove([old.id]).value
        let new = try #require(try await store.find("http://b.example/new"))
        #expect(new.id.row != old.id.row && new.id.body != old.id.body)
        #expect(new.response.freshness[.private].lifetime == 3600)
        #expect(try directory.integer("SELECT total(use_count) FROM entry_use") == 0)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func handlesCallBackInTheOrderOfTheCommits() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let (order, continuation) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<100 {
            try await store.put(makeEntry("http://a.example/\(number)"), content: makeBody("\(number)")).whenDone { _ in
                continuation.yield(number)
            }
        }
        try await store.flush()
        continuation.finish()
        var seen: [Int] = []
        for await number in order { seen.append(number) }
        #expect(seen == Array(0..<100))
        await store.close()
    }

    @Test func aClosedStoreRefuses() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry("http://a.example/"), makeBody("x"))
        await store.close()
        #expect(await storeError { try await store.store(makeEntry("http://a.example/"), makeBody("y")) }?.code == .closed)
        #expect(await storeError { _ = try await store.find("http://a.example/") }?.code == .closed)
        await store.close()
    }

    @Test func aDigestOfAnotherLengthIsRefused() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let body = CompleteBody(chunks: [[1]], digest: [1, 2, 3], wireBytes: 1)
        #expect(
            await storeError { _ = try await store.put(makeEntry("http://a.example/"), content: body) }?.code == .invalidArgument)
        await store.close()
    }

    @Test func theQueueIsBoundedAndNothingIsLost() async throws {
        var options = CacheStore.Options()
        options.maximumQueuedBytes = 10_000
        let store = try CacheStore.open(directory: directory.cache, options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for producer in 0..<16 {
                group.addTask {
                    for number in 0..<40 {
                        let bytes = makeBytes(6000, seed: UInt64(producer * 1000 + number + 1))
                        _ = try await store.put(
                            makeEntry("http://a.example/\(producer)/\(number)"),
                            content: CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: 6000))
                    }
                }
            }
            try await group.waitForAll()
        }
        try await store.flush()
        #expect(try directory.integer("SELECT count(*) FROM entry") == 640)
        #expect(try await store.verify().isClean)
        await store.close()
    }
}

import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// A full answer to a validation takes the place of what was asked about (RFC 9111 section 4.3.3).
@Suite struct ReplacingTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func variants(_ store: CacheStore) async throws -> [StoredEntry] {
        try await store.lookup([makeKey("http://a.example/")])[0]
    }

    private func open(_ languages: [String]) async throws -> (CacheStore, [StoredEntry]) {
        let store = try CacheStore.open(directory: directory.cache)
        for language in languages {
            try await store.store(makeEntry("http://a.example/", vary: ["Accept-Language": language]), makeBody(language))
        }
        return (store, try await variants(store))
    }

    @Test(arguments: [false, true])
    func anotherVariantIsReplacedInOneStep(staged: Bool) async throws {
        let (store, old) = try await open(["de", "en"])
        let entry = try makeEntry("http://a.example/", vary: ["Accept-Encoding": "gzip"])
        let bytes = makeBytes(600_000, seed: 1)
        if staged {
            let staging = try await store.stageBody()
            try await staging.append(bytes)
            try await staging.publish(
                entry, digest: BodyDigest.of(bytes), wireBytes: 600_000, coding: .asReceived, replacing: old[0].id
            ).value
        } else {
            let content = CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: 600_000)
            try await store.put(entry, content: content, replacing: old[0].id).value
        }
        let found = try await variants(store)
        #expect(found.count == 2)
        #expect(Set(found.map(\.response.varyFields)) == [["Accept-Encoding": "gzip"], ["Accept-Language": "en"]])
        #expect(await storeError { _ = try await store.content(old[0].body) }?.code == .bodyGone)
        #expect(try directory.integer("SELECT count(*) FROM body") == 2)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func theSameVariantAndTheOneAskedAboutBecomeOne() async throws {
        let (store, old) = try await open(["de", "en"])
        try await store.put(
            makeEntry("http://a.example/", vary: ["Accept-Language": "en"]), content: makeBody("new"), replacing: old[0].id
        ).value
        let found = try await variants(store)
        #expect(found.map(\.response.varyFields) == [["Accept-Language": "en"]])
        #expect(try await store.content(found[0].body) == Array("new".utf8))
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func theSameBodyStaysWithTheReplacement() async throws {
        let (store, old) = try await open(["de"])
        try await store.put(makeEntry("http://a.example/"), content: makeBody("de"), replacing: old[0].id).value
        let found = try await variants(store)
        #expect(found.map(\.response.varyFields) == [[:]])
        #expect(try await store.content(found[0].body) == Array("de".utf8))
        #expect(try directory.integer("SELECT sum(reference_count) FROM body") == 1)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func whatWasReplacedMeanwhileOrHasAnotherKeyIsLeftAlone() async throws {
        let (store, old) = try await open(["de"])
        try await store.store(makeEntry("http://a.example/", vary: ["Accept-Language": "de"]), makeBody("newer"))
        try await store.put(
            makeEntry("http://a.example/", vary: ["Accept-Language": "en"]), content: makeBody("en"), replacing: old[0].id
        ).value
        #expect(try await variants(store).count == 2)
        let newer = try await variants(store)[0]
        try await store.put(makeEntry("http://b.example/"), content: makeBody("b"), replacing: newer.id).value
        #expect(try await variants(store).count == 2)
        #expect(try await store.find("http://b.example/") != nil)
        #expect(try await store.verify().isClean)
        await store.close()
    }
}

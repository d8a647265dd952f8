import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Looking up many keys at once gives what looking them up one by one does.
@Suite struct LookupTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func url(_ number: Int) -> String { "http://a.example/\(number)" }

    @Test(arguments: [1, 3, 4, 63, 64, 65, 150])
    func eachKeyGetsItsOwnInItsPlace(count: Int) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        // Every third is there.
        for number in stride(from: 0, to: 150, by: 3) { try await store.store(makeEntry(url(number)), makeBody("\(number)")) }
        let numbers = (0..<150).map { $0 * 7 % 150 }.prefix(count)
        let found = try await store.lookup(numbers.map { try makeKey(url($0)) })
        #expect(found.map { $0.map(\.url.serialized) } == numbers.map { $0 % 3 == 0 ? [url($0)] : [] })
        await store.close()
    }

    @Test func aKeyThatIsAskedForTwiceIsAnsweredTwiceWithAllItsVariants() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for language in ["de", "fr", "en"] {
            var entry = try makeEntry(url(1))
            entry.response.varyFields = ["Accept-Language": language]
            try await store.store(entry, makeBody(language))
        }
        try await store.store(makeEntry(url(2)), makeBody("2"))
        let found = try await store.lookup([2, 1, 5, 1, 2].map { try makeKey(url($0)) })
        #expect(found.map(\.count) == [1, 3, 0, 3, 1])
        #expect(found[1].map { $0.response.varyFields.first("Accept-Language") } == ["de", "fr", "en"])
        #expect(found[3].map(\.id) == found[1].map(\.id))
        await store.close()
    }

    @Test func whatHasTheHashOfAnotherIsNotTakenForIt() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 1...4 { try await store.store(makeEntry(url(number)), makeBody("\(number)")) }
        let hash = KeyDigest(try makeKey(url(1))).prefix
        try directory.execute("UPDATE entry SET key_hash = \(hash)")
        let head = CacheKey(method: .head, url: try makeKey(url(1)).url)
        let marks = try (1...4).map { store.changeMark(of: try makeKey(url($0))) }
        #expect(try await store.lookup((1...4).map { try makeKey(url($0)) }, marks: marks).map(\.count) == [1, 0, 0, 0])
        try directory.execute("UPDATE entry SET key_hash = \(KeyDigest(head).prefix)")
        let heads = try await store.lookup([head, head, head, head], marks: Array(repeating: store.changeMark(of: head), count: 4))
        #expect(heads.map(\.count) == [0, 0, 0, 0])
        await store.close()
    }
}

import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// What a job knows of the URLs that it was given.
@Suite struct FrontierRootTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func roots(_ store: FrontierStore) async throws -> [String: Int64] {
        try await store.roots(into: [:]) { $0[$1] = $2 }
    }

    @Test func theyAreKnownWhateverHasBecomeOfThem() async throws {
        let store = try directory.openJob()
        let urls = (0..<4).map { number in
            var url = makeURL(number)
            url.flags = Int64(number)
            return url
        }
        try await store.addAll(urls)
        let taken = try await store.take(3)
        #expect(taken.map(\.flags) == [0, 1, 2])
        try await store.finish([taken[0]], FinishedAnswer(status: 200, outcome: 10, time: noon), links: [makeURL(5, depth: 1)])
        try await store.postpone([taken[1]], until: noon).value
        let expected = [urls[0].url: 10, urls[1].url: 1, urls[2].url: 2, urls[3].url: 3] as [String: Int64]
        #expect(try await roots(store) == expected)

        try await store.refuse([FrontierStore.Refusal(taken[2])], reason: "robots", now: noon).value
        #expect(try await roots(store) == expected, "what is refused keeps its flags")
        await store.close()
    }

    @Test func thoseOfFormerRoundsAreNot() async throws {
        let store = try directory.openJob()
        try await store.addAll([makeURL(1), makeURL(2)])
        try await store.finish(try await store.take(2))
        #expect(try await store.beginRound(after: 1))
        try await store.addAll([makeURL(2)])
        #expect(try await roots(store) == [makeURL(2).url: 0])
        await store.close()
    }
}

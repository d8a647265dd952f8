import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// A refresh fetches again what it finds, and compares.
@Suite struct FrontierRoundTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test(
        arguments: [
            (nil, nil, nil, 1, PageClass.broken), (nil, nil, 200, 1, .new), (nil, nil, 404, nil, .broken),
            (nil, nil, 301, nil, .moved),
            (200, 1, 200, 1, .unchanged), (200, 1, 200, 2, .changed), (200, 1, 203, 1, .changed), (200, 1, 404, 1, .gone),
            (200, 1, 410, nil, .gone), (200, 1, 500, 1, .broken), (200, 1, nil, nil, .broken), (404, 1, 404, 1, .broken),
            (404, 1, 200, 1, .changed), (200, 1, 308, nil, .moved), (200, 1, 302, nil, .changed), (nil, nil, 302, nil, .new),
        ] as [(Int?, UInt64?, Int?, UInt64?, PageClass)])
    func theClassOfAPage(_ before: Int?, _ oldDigest: UInt64?, _ status: Int?, _ digest: UInt64?, _ expected: PageClass) {
        let previous = before.map { PreviousAnswer(status: $0, digest: oldDigest) }
        #expect(PageClass(makeAnswer(status, digest: digest), previous: previous) == expected)
    }

    @Test func theNextRoundComparesWithTheOneBefore() async throws {
        let store = try directory.openJob()
        try await store.addAll((0..<5).map { makeURL($0) })
        #expect(try await !store.beginNextRound())
        let first = try await store.take(10)
        #expect(try await !store.beginNextRound())
        try await store.finish(first)
        #expect(try await store.beginNextRound())
        var counts = try await store.counts()
        #expect(counts.round == 2 && counts.known == 0 && counts.isDrained && counts.finished.values.allSatisfy { $0 == 0 })
        #expect(!store.isKnown(first[0].fingerprint))
        try directory.checkJob()

        // Page 4 is not found again, page 9 is new.
        try await store.addAll([0, 1, 2, 3, 9].map { makeURL($0) })
        let second = try await store.take(10)
        #expect(second.map(\.path) == ["/0", "/1", "/2", "/3", "/9"])
        try await store.complete([
            Completion(second[0], makeAnswer()), Completion(second[1], makeAnswer(digest: 2)),
            Completion(second[2], makeAnswer(404, digest: nil)), Completion(second[3], makeAnswer(nil, digest: nil)),
            Completion(second[4], makeAnswer(), links: [makeURL(0)]),
        ]).value
        counts = try await store.counts()
        for pageClass in [PageClass.unchanged, .changed, .gone, .broken, .new] { #expect(counts.finished[pageClass] == 1) }
        #expect(try await store.allPages(.missing).map(\.url) == ["http://a.example/4"])
        let notable = try await store.allPages(.classes([.gone, .broken, .changed]))
        #expect(notable.map(\.url) == ["http://a.example/1", "http://a.example/2", "http://a.example/3"])
        #expect(notable.map(\.pageClass) == [.changed, .gone, .broken])
        #expect(notable.map(\.previousStatus) == [200, 200, 200] && notable.map(\.round) == [2, 2, 2])
        #expect(try await store.allPages(.classes([.new, .unchanged])).map(\.url) == ["http://a.example/0", "http://a.example/9"])
        #expect(try directory.jobInteger("SELECT count(*) FROM page") == 6)
        try directory.checkJob()

        // A page of the second round is known in the third, and one that was missing is compared with when it was last there.
        #expect(try await store.beginNextRound())
        try await store.addAll([makeURL(9), makeURL(4)])
        try await store.finish(try await store.take(10))
        #expect(try await store.counts().finished[.unchanged] == 2)
        try directory.checkJob()
        await store.close()
    }

    @Test func anotherProcessSeesTheRoundBegin() async throws {
        let (store, other) = (try directory.openJob(), try directory.openJob())
        try await store.addAll([makeURL(1)])
        try await store.finish(try await store.take(1))
        // So that both have it in memory.
        try await other.addAll([makeURL(1)])
        #expect(other.isKnown(makeURL(1).fingerprint))
        #expect(try await store.beginNextRound())
        try await other.addAll([makeURL(1)])
        #expect(try await other.take(1).count == 1)
        try directory.checkJob()
        for store in [store, other] { await store.close() }
    }

    @Test func aLongReportComesInParts() async throws {
        let store = try directory.openJob()
        try await store.addAll((0..<1203).map { makeURL($0) })
        try await store.finish(try await store.take(2000), makeAnswer(500))
        let report = store.pages(.classes([.broken]))
        var parts: [Int] = []
        while let part = try await report.next() { parts.append(part.count) }
        #expect(parts == [500, 500, 203])
        #expect(Set(try await store.allPages(.all).map(\.url)).count == 1203)
        await store.close()
    }
}

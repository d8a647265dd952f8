import TestSupport
import Testing

@testable import CacheStore

/// A round begins in many short transactions, beside other processes, and after attempts that were broken off.
@Suite struct FrontierRoundBeginningTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A job that has finished pages 0 to `count`.
    private func drainedJob(_ count: Int) async throws -> FrontierStore {
        let store = try directory.openJob()
        try await store.addAll((0..<count).map { makeURL($0) })
        try await store.finish(try await store.take(count))
        return store
    }

    private func progress() throws -> FrontierProgress {
        let connection = try SQLiteConnection(path: directory.jobPath, mode: .readOnly)
        return try FrontierProgress(connection.prepare(FrontierProgress.select), path: directory.jobPath)
    }

    @Test(arguments: [(1, 1000, 300), (1, 1000, 500), (1, 1000, 1000), (301, 700, 1), (1000, 1000, 7)])
    func pagesAreListedInOrderAndInParts(_ first: Int64, _ last: Int64, _ partSize: Int) async throws {
        let store = try await drainedJob(1000)
        let listing = PageListing(database: store.database, pages: first...last, partSize: partSize)
        var parts: [[KnownPage]] = []
        while let part = try await listing.next() { parts.append(part) }
        #expect(try await listing.next() == nil, "the end is the end")
        let all = parts.flatMap { $0 }
        #expect(all.map(\.page).sorted() == Array(first...last))
        #expect(all.map(\.fingerprint) == all.map(\.fingerprint).sorted())
        #expect(parts.dropLast().allSatisfy { $0.count == partSize })
        let connection = try SQLiteConnection(path: directory.jobPath, mode: .readOnly)
        for entry in all.prefix(20) {
            #expect(
                try connection.integer("SELECT page_id FROM page WHERE fingerprint = \(entry.fingerprint)") == entry.page)
        }
        await store.close()
    }

    /// Else the log would grow by all that is written until the last part.
    @Test func aListingHoldsTheLogBackForNoLongerThanItsSorting() async throws {
        let store = try await drainedJob(1000)
        let listing = PageListing(database: store.database, pages: 1...1000, partSize: 10)
        _ = try #require(try await listing.next())
        try await store.addAll([makeURL(2000)])
        let connection = try SQLiteConnection(path: directory.jobPath, mode: .readWrite)
        #expect(try connection.checkpoint(.restart))
        #expect(try await listing.next()?.count == 10)
        await store.close()
    }

    @Test func anAttemptThatWasBrokenOffIsRepeated() async throws {
        let store = try await drainedJob(100)
        let listing = PageListing(database: store.database, pages: 1...100, partSize: 40)
        let part = try #require(try await listing.next())
        try await store.thread.submit(.list(part), name: "test").value
        await store.close()
        #expect(try directory.jobInteger("SELECT count(*) FROM page_known") == 40)
        #expect(try progress().listedPage == 0)

        // The job goes on in its round first: what is known is not fetched again, and what is new is.
        let again = try directory.openJob()
        try await again.addAll((0..<110).map { makeURL($0) })
        let more = try await again.take(200)
        #expect(more.map(\.path) == (100..<110).map { "/\($0)" })
        try await again.finish(more)
        #expect(try await again.counts().finished[.new] == 110)
        #expect(try await again.beginNextRound())
        #expect(try directory.jobInteger("SELECT count(*) FROM page_known") == 110)
        try directory.checkJob()
        try await again.addAll((0..<111).map { makeURL($0) })
        try await again.finish(try await again.take(200))
        let counts = try await again.counts()
        #expect(counts.round == 2 && counts.finished[.unchanged] == 110 && counts.finished[.new] == 1)
        try directory.checkJob()
        await again.close()
    }

    @Test func pagesThatAreFinishedMeanwhileAreListedToo() async throws {
        let store = try await drainedJob(10)
        let reply = FrontierReply(RoundBeginning.refused)
        try await store.thread.submit(.beginRound(after: 1, listedPage: 9, reply), name: "test").value
        #expect(reply.value == .unlisted)
        #expect(try progress().round == 1)
        await store.close()
    }

    @Test func ofTwoProcessesOneBeginsTheRound() async throws {
        let store = try await drainedJob(1000)
        let other = try directory.openJob()
        async let first = store.beginRound(after: 1)
        async let second = other.beginRound(after: 1)
        let begun = try await [first, second]
        #expect(begun.count { $0 } == 1)
        #expect(try await store.counts().round == 2)
        #expect(try await !store.beginRound(after: 1))
        #expect(try await !store.beginRound(after: 3))
        try directory.checkJob()
        for store in [store, other] { await store.close() }
    }

    @Test func othersWriteBetweenTheTransactions() async throws {
        let store = try await drainedJob(1000)
        let other = try directory.openJob()
        let listing = PageListing(database: store.database, pages: 1...1000, partSize: 100)
        var found = 0
        while let part = try await listing.next() {
            let handle = try await store.thread.submit(.list(part), name: "test")
            // URLs are found in the round that is to end: it goes on.
            try await other.addAll([makeURL(1000 + found)])
            found += 1
            try await handle.value
        }
        #expect(found == 10)
        #expect(try await !store.beginRound(after: 1))
        try await other.finish(try await other.take(10))
        #expect(try await store.beginRound(after: 1))
        #expect(try await store.counts().round == 2)
        try directory.checkJob()
        for store in [store, other] { await store.close() }
    }
}

import CachingClient
import HTTPCaching
import HTTPSemantics
import Testing

@testable import CrawlEngine

/// The account of a crawl is the same however its events come together.
@Suite struct CrawlSummaryTests {
    private func finished(_ outcome: CacheOutcome, status: Int = 200, bytes: Int64 = 10, attempts: Int = 0) throws -> CrawlEvent {
        let url = try #require(WebURL("http://a.example/"))
        let answer = CrawlAnswer(
            url: url, head: StoredHead(ResponseHead(status: status)), age: nil, bodyBytes: bytes, storedBytes: bytes)
        return .finished(
            CrawlResult(
                url: url.serialized, outcome: outcome, reason: "", answer: answer, elapsedMilliseconds: 0, attempts: attempts,
                networkBytes: outcome == .miss ? bytes : 0))
    }

    @Test(arguments: [1, 2, 3, 7, 100]) func eventsAreCountedInGroupsOfAnyLength(_ length: Int) throws {
        let invalid = CrawlEvent.invalidSeed(InvalidSeed(source: "-", line: 1, text: "x", reason: "no absolute URL"))
        let rest = CrawlEvent.hostRests(host: "a.example", until: UnixTime(milliseconds: 0))
        let events = [
            try finished(.hit), try finished(.hit), invalid, try finished(.hit), try finished(.miss, attempts: 1), rest,
            try finished(.hit), try finished(.stale, attempts: 1), try finished(.revalidated, attempts: 1),
            try finished(.miss, status: 404, attempts: 1),
        ]
        var summary = CrawlSummary()
        summary.count([])
        summary.count(UntoldHits())
        #expect(summary.outcomes.isEmpty && summary.total == 0)
        for start in stride(from: 0, to: events.count, by: length) {
            summary.count(Array(events[start..<min(events.count, start + length)]))
        }
        #expect(summary.outcomes == [.hit: 4, .miss: 2, .stale: 1, .revalidated: 1])
        #expect(summary.total == 8 && summary.invalidSeeds == 1 && summary.httpFailures == 1)
        #expect(summary.savedRequests == 4 && summary.savedBytes == 60 && summary.networkBytes == 20)
        var untold = UntoldHits()
        for _ in 0..<3 { untold.add(.hit, savedBytes: 100) }
        untold.add(.stale, savedBytes: 1000)
        summary.count(untold)
        #expect(summary.outcomes == [.hit: 7, .miss: 2, .stale: 2, .revalidated: 1] && summary.total == 12)
        #expect(summary.savedRequests == 8 && summary.savedBytes == 1360 && summary.networkBytes == 20)
    }
}

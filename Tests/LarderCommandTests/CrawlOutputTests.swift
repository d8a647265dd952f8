import CachingClient
import HTTPCaching
import HTTPSemantics
import Testing

@testable import CrawlEngine
@testable import LarderCommand

@Suite struct CrawlOutputTests {
    private func makeResult(_ outcome: CacheOutcome = .hit, status: Int? = 200, error: FetchError? = nil) throws -> CrawlResult {
        let url = try #require(WebURL("http://a/b"))
        let answer = status.map { status in
            CrawlAnswer(
                url: url,
                head: StoredHead(
                    ResponseHead(
                        status: status,
                        fields: [
                            "Content-Type": "text/html", "ETag": "\"x\"", "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT",
                        ])), age: 5, bodyBytes: 10, storedBytes: 8)
        }
        return CrawlResult(
            url: "http://a/", outcome: outcome, reason: "fresh", answer: answer, elapsedMilliseconds: 3, error: error)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `one object for each URL, with the names of the manual`() throws {
        let line = text(CrawlJSON.line(try makeResult(), now: UnixTime(seconds: 1_800_000_000)))
        #expect(
            line == """
                {"url":"http://a/","final_url":"http://a/b","status":200,"cache":"hit","reason":"fresh","age":5,"body_bytes":10,\
                "stored_bytes":8,"content_type":"text/html","etag":"\\"x\\"","last_modified":784111777,"elapsed_ms":3,"attempts":0,\
                "depth":0,"error":null}

                """)
    }

    @Test func `a failure has its code and its sentence`() throws {
        let error = FetchError(code: .tooManyRedirects, message: "too\u{1B} many", failureClass: .protocol)
        let failed = try makeResult(.error, status: nil, error: error)
        #expect(
            text(CrawlJSON.line(failed, now: UnixTime(seconds: 0))).contains(
                #""error":{"code":"too_many_redirects","message":"too\u001b many"}}"#))
        #expect(CrawlText.failure(failed) == "http://a/: too\\x1B many [too_many_redirects]")
    }

    @Test func `only failures have a sentence`() throws {
        #expect(CrawlText.failure(try makeResult()) == nil)
        #expect(CrawlText.failure(try makeResult(status: 404))?.contains("404") == true)
        #expect(CrawlText.failure(try makeResult(.offlineMiss, status: nil))?.contains("not in the cache") == true)
    }

    @Test func `a line that is no URL is named with its place`() {
        let seed = InvalidSeed(source: "urls.txt", line: 3, text: "ht\u{1B}p", reason: "it has no scheme")
        #expect(CrawlText.sentence(seed) == "urls.txt:3: 'ht\\x1Bp' is no http or https URL: it has no scheme. It was passed over.")
        #expect(CrawlText.sentence(InvalidSeed(source: "-", line: 1, text: "x", reason: "r")).hasPrefix("standard input:1: "))
        let line = text(CrawlJSON.line(seed))
        #expect(line.contains(#""cache":"error""#) && line.contains(#""code":"invalid_url""#) && line.contains(#""line":3"#))
    }

    @Test func `the summary is the last object`() {
        var summary = CrawlSummary()
        summary.total = 3
        summary.outcomes = [.hit: 2, .error: 1]
        summary.errors = ["timeout": 1]
        summary.elapsedMilliseconds = 1500
        #expect(
            text(CrawlJSON.line(summary, exit: .fileIO)) == """
                {"type":"summary","urls":3,"outcomes":{"hit":2,"revalidated":0,"miss":0,"stale":0,"uncacheable":0,"offline-miss":0,\
                "skipped":0,"error":1},"invalid_seeds":0,"http_failures":0,"errors":{"timeout":1},"network_bytes":0,"saved_bytes":0,\
                "saved_requests":0,"elapsed_ms":1500,"urls_per_second":2,"longest_commit_ms":0,"interrupted":false,"exit_code":3}

                """)
        let lines = CrawlText.summary(summary, style: TextStyle(isEnabled: false))
        #expect(lines.contains { $0.contains("hit") && $0.hasSuffix("66%") })
        #expect(!lines.contains { $0.contains("revalidated") })
    }
}

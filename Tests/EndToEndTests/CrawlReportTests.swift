import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// The names of `larder crawl --json`, on which users' scripts rely.
@Suite struct CrawlReportTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private static let resultNames: Set<String> = [
        "url", "final_url", "status", "cache", "reason", "age", "body_bytes", "stored_bytes", "content_type", "etag",
        "last_modified", "elapsed_ms", "attempts", "depth", "error",
    ]

    @Test func eachResultHasEveryNameWithItsType() async throws {
        let body = String(repeating: "compressible ", count: 500)
        try await withOrigin { origin in
            origin.script(
                "/page",
                .text(
                    body,
                    fields: [
                        "ETag": "\"v1\"", "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT", "Cache-Control": "max-age=600",
                    ]))
            origin.script("/moved", .redirect(to: "/page"))
            let url = origin.url("/moved")
            let first = try await larder.crawl([url])[url]
            #expect(first.names.isSuperset(of: Self.resultNames))
            #expect(first["url"].string == url)
            #expect(first["final_url"].string == origin.url("/page"))
            #expect(first["status"] == 200)
            #expect(first["cache"] == "miss")
            #expect(first["reason"].string?.isEmpty == false)
            #expect(first["age"] == .null)
            #expect(first["body_bytes"].integer == Int64(body.utf8.count))
            let stored = try #require(first["stored_bytes"].integer)
            #expect(stored > 0 && stored < Int64(body.utf8.count) / 4)
            #expect(first["content_type"] == "text/html; charset=utf-8")
            #expect(first["etag"] == "\"v1\"")
            #expect(first["last_modified"] == 784_111_777)
            #expect((first["elapsed_ms"].integer ?? -1) >= 0)
            #expect(first["attempts"] == 2)
            #expect(first["depth"] == 0)
            #expect(first["error"] == .null)

            let second = try await larder.crawl([origin.url("/page")])[origin.url("/page")]
            #expect(second.names.isSuperset(of: Self.resultNames))
            #expect(second["cache"] == "hit")
            #expect((second["age"].integer ?? -1) >= 0)
            #expect(second["attempts"] == 0)
        }
    }

    @Test func aFailedResultHasTheSameNamesAndAnError() async throws {
        let url = refusingURL
        let report = try await larder.crawl([url], "--retry", "0")
        #expect(report[url].names.isSuperset(of: Self.resultNames))
        #expect(report[url]["cache"] == "error")
        #expect(report[url]["status"] == .null)
        #expect(report[url]["attempts"] == 1)
        #expect(report[url]["error"]["code"].string?.isEmpty == false)
        #expect(report[url]["error"]["message"].string?.isEmpty == false)
    }

    @Test func theSummaryIsTheLastObject() async throws {
        let site = GeneratedSite(pageCount: 40)
        try await withOrigin(site: site) { origin in
            let report = try await larder.crawl(origin.pages(site, 40) + [origin.url("/nowhere"), "no url"])
            let summary = report.summary
            #expect(summary["type"] == "summary")
            #expect(summary["urls"] == 41)
            #expect(summary["outcomes"]["miss"].integer == 41)
            #expect(
                summary["outcomes"].names == [
                    "hit", "revalidated", "miss", "stale", "uncacheable", "offline-miss", "skipped", "error",
                ])
            #expect(summary["invalid_seeds"] == 1)
            #expect(summary["http_failures"] == 1)
            #expect((summary["network_bytes"].integer ?? 0) > 0)
            #expect(summary["saved_bytes"] == 0)
            #expect(summary["saved_requests"] == 0)
            #expect((summary["elapsed_ms"].integer ?? 0) > 0)
            #expect((summary["urls_per_second"].number ?? 0) > 0)
            #expect(summary["interrupted"] == false)
            #expect(summary["exit_code"].integer == Int64(report.status))
            // Everything else on stdout is one object a URL or line.
            #expect(report.results.count == 42)
        }
    }

    @Test func savedBytesAreWhatTheCacheAnswered() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text(String(repeating: "a", count: 1000), fields: ["Cache-Control": "max-age=600"]))
            origin.script("/b") { request in
                request.fields.contains("If-None-Match")
                    ? ScriptedResponse(status: 304, fields: ["ETag": "\"b\""])
                    : .text(String(repeating: "b", count: 500), fields: ["ETag": "\"b\"", "Cache-Control": "no-cache"])
            }
            let urls = [origin.url("/a"), origin.url("/b")]
            let first = try await larder.crawl(urls)
            #expect(first.summary["network_bytes"] == 1500)
            let second = try await larder.crawl(urls)
            #expect(second.summary["network_bytes"] == 0)
            #expect(second.summary["saved_bytes"] == 1500)
            #expect(second.summary["saved_requests"] == 1)
        }
    }

    @Test func withoutJSONTheSummaryIsForPeople() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a"))
            let result = try await larder.run("crawl", origin.url("/a"))
            #expect(result.status == 0)
            #expect(result.text.contains("URLs"))
            #expect(result.text.contains("miss"))
            #expect(!result.text.contains("{"))
            #expect(result.errors.isEmpty)
            let quiet = try await larder.run("crawl", "-q", origin.url("/a"))
            #expect(quiet.text.isEmpty && quiet.errors.isEmpty)
        }
    }

    /// A hit is told with `-v`, a stored failure always, and both are counted.
    @Test func whatTheCacheAnswersIsToldToWhoWantsIt() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=600"]))
            origin.script("/gone", .text("gone", status: 404, fields: ["Cache-Control": "max-age=600"]))
            let urls = [origin.url("/a"), origin.url("/gone")]
            _ = try await larder.run(["crawl"] + urls)
            origin.clearLog()
            let plain = try await larder.run(["crawl"] + urls)
            #expect(plain.status == 8 && plain.errors.contains(urls[1]) && !plain.errors.contains(urls[0]))
            let verbose = try await larder.run(["crawl", "-v"] + urls)
            #expect(verbose.status == 8 && verbose.errors.contains("hit 200 \(urls[0]) (fresh)"))
            #expect(verbose.errors.contains(urls[1]))
            for result in [plain, verbose] {
                #expect(result.text.split(whereSeparator: \.isWhitespace).prefix(5) == ["URLs", "2", "hit", "2", "100%"])
            }
            #expect(origin.requestCount == 0)
        }
    }
}

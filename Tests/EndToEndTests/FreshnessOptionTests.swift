import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// The options that say what may be answered from the cache.
@Suite struct FreshnessOptionTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func crawl(_ url: String, _ options: String...) async throws -> JSONValue {
        try CrawlReport(try await larder.run(["crawl", "--json", url] + options))[url]
    }

    @Test func maxAgeTakesYoungEntriesAsFresh() async throws {
        try await withOrigin { origin in
            origin.script("/a", good)
            let url = origin.url("/a")
            _ = try await crawl(url)
            #expect(try await crawl(url, "--max-age", "1h")["cache"] == "hit")
            #expect(origin.requestCount == 1)
            origin.script("/b", .text("b", fields: ["Cache-Control": "max-age=600", "ETag": "\"b\""]))
            _ = try await crawl(origin.url("/b"))
            // Older than nothing at all: asked for, whatever the server said.
            _ = try await crawl(origin.url("/b"), "--max-age", "0")
            #expect(origin.count(target: "/b") == 2)
            #expect(origin.requests.last?.fields.first("If-None-Match") == "\"b\"")
        }
    }

    @Test func maxStaleAcceptsWhatHasBeenStaleForAWhile() async throws {
        try await withOrigin { origin in
            // 100 seconds old on arrival, and fresh for 60.
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=60", "Age": "100", "ETag": "\"1\""]))
            let url = origin.url("/a")
            _ = try await crawl(url)
            let accepted = try await crawl(url, "--max-stale", "10m")
            #expect(accepted["cache"] == "stale")
            #expect((accepted["age"].integer ?? 0) >= 100)
            #expect(origin.requestCount == 1)
            _ = try await crawl(url, "--max-stale", "10s")
            #expect(origin.requestCount == 2)
        }
    }

    @Test func refreshValidatesWhatIsFresh() async throws {
        try await withOrigin { origin in
            origin.script("/a") { request in
                request.fields.first("If-None-Match") == "\"1\""
                    ? ScriptedResponse(status: 304, fields: ["ETag": "\"1\""])
                    : .text("a", fields: ["ETag": "\"1\"", "Cache-Control": "max-age=600"])
            }
            let url = origin.url("/a")
            _ = try await crawl(url)
            #expect(try await crawl(url, "--refresh")["cache"] == "revalidated")
            #expect(origin.countsByStatus == [200: 1, 304: 1])
        }
    }

    @Test func reloadFetchesUnconditionally() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("first", fields: ["ETag": "\"1\"", "Cache-Control": "max-age=600"]), .text("second"))
            let url = origin.url("/a")
            _ = try await crawl(url)
            #expect(try await crawl(url, "--reload")["cache"] == "miss")
            #expect(origin.requests.last?.fields.contains("If-None-Match") == false)
            #expect(try await larder.cat(url) == Array("second".utf8))
            #expect(try await larder.stats()["bodies"] == 1)
        }
    }

    @Test func offlineAnswersStaleAndMisses() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=0"]))
            let urls = [origin.url("/a"), origin.url("/b")]
            _ = try await larder.crawl([urls[0]])
            let report = try await larder.crawl(urls, "--offline")
            #expect(report.status == 20)
            #expect(["stale", "hit"].contains(report[urls[0]]["cache"].string))
            #expect(report[urls[1]]["cache"] == "offline-miss")
            #expect(report[urls[1]]["status"] == .null)
            #expect(report.summary["outcomes"]["offline-miss"] == 1)
            #expect(report.errors.contains("\(urls[1]): not in the cache"))
            #expect(origin.requestCount == 1)
        }
    }

    @Test func noStoreIsFetchedEachTimeAndNeverKept() async throws {
        let site = GeneratedSite(pageCount: 4)
        try await withOrigin(site: site) { origin async throws in
            let url = origin.url("/live/0.html")
            for _ in 0..<2 { #expect(try await crawl(url)["cache"] == "uncacheable") }
            #expect(origin.requestCount == 2)
            #expect(try await larder.run("cat", url).status == 20)
            #expect(try await larder.stats()["entries"] == 0)
        }
    }

    @Test func aValidatorIsSentAsTheServerGaveIt() async throws {
        try await withOrigin { origin in
            let date = "Sun, 06 Nov 1994 08:49:37 GMT"
            origin.script("/a", .text("a", fields: ["Last-Modified": date, "Cache-Control": "no-cache"]))
            origin.script("/b", .text("b", fields: ["ETag": "W/\"x y\"", "Cache-Control": "no-cache"]))
            for url in [origin.url("/a"), origin.url("/b")] {
                _ = try await crawl(url)
                _ = try await crawl(url)
            }
            let last = origin.requests.filter { $0.target == "/a" }.last
            #expect(last?.fields.first("If-Modified-Since") == date)
            #expect(last?.fields.contains("If-None-Match") == false)
            #expect(origin.requests.last?.fields.first("If-None-Match") == "W/\"x y\"")
        }
    }

    @Test func modesExcludeEachOther() async throws {
        let result = try await larder.run("crawl", "--refresh", "--offline", "http://127.0.0.1:9/")
        #expect(result.status == 2)
        #expect(result.errors.contains("exclude each other"))
    }
}

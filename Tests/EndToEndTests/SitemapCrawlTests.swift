import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `--sitemaps`: which sitemaps a crawl reads, and what it makes of those that are not there.
@Suite struct SitemapCrawlTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func page(_ content: String = "") -> ScriptedResponse {
        .text("<!DOCTYPE html><title>Page</title>" + content, fields: ["Content-Type": "text/html"])
    }

    private func sitemap(_ urls: String...) -> ScriptedResponse {
        let entries = urls.map { "<url><loc>\($0)</loc></url>" }.joined()
        return .text(
            "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\(entries)</urlset>",
            fields: ["Content-Type": "application/xml"])
    }

    private func robots(_ text: String) -> ScriptedResponse { .text(text, fields: ["Content-Type": "text/plain"]) }

    @Test func withoutRobotsTheUsualPlaceIsLookedAt() async throws {
        try await withOrigin { origin in
            origin.script("/", page())
            origin.script("/sitemap.xml", sitemap(origin.url("/found")))
            origin.script("/found", page())
            let report = try CrawlReport(
                try await larder.run("crawl", "--json", "-r", "--sitemaps", "--no-robots", origin.url("/")))
            #expect(report.status == 0 && report.results.count == 3)
            #expect(origin.count(target: "/found") == 1 && origin.count(target: "/robots.txt") == 0)
        }
    }

    @Test func onlyTheSitesOfTheGivenURLsHaveTheirsRead() async throws {
        try await withOrigin { other in
            other.script("/robots.txt", robots("Sitemap: \(other.url("/map.xml"))\n"))
            other.script("/page", page())
            try await withOrigin { origin in
                origin.script("/", page("<a href=\"\(other.url("/page"))\">x</a>"))
                let result = try await larder.run("crawl", "-q", "-r", "--span-hosts", "--sitemaps", origin.url("/"))
                #expect(result.status == 0)
                #expect(Set(other.requests.map(\.target)) == ["/robots.txt", "/page"])
                #expect(origin.count(target: "/sitemap.xml") == 1)
            }
        }
    }

    @Test func aSitemapOnAHostThatIsNotVisitedIsNotRead() async throws {
        try await withOrigin { other in
            try await withOrigin { origin in
                origin.script("/robots.txt", robots("Sitemap: \(other.url("/map.xml"))\n"))
                origin.script("/", page())
                let result = try await larder.run("crawl", "-q", "-r", "--sitemaps", origin.url("/"))
                #expect(result.status == 0 && other.requestCount == 0)
            }
        }
    }

    @Test func aGuessThatIsNotThereIsNoFailure() async throws {
        try await withOrigin { origin in
            origin.script("/", page())
            let command = ["crawl", "--json", "-r", "--job", "j", "--sitemaps", origin.url("/")]
            let report = try CrawlReport(try await larder.run(command))
            #expect(report.status == 0 && !report.errors.contains("404"))
            #expect(report.results.map { $0["url"].string } == [origin.url("/")])
            #expect(report.summary["urls"] == 1)
            #expect(origin.count(target: "/sitemap.xml") == 1)
            #expect(try await larder.run("log", "j", "--only", "broken", "--json").text.isEmpty)
            let job = try JSONValue.lines(try await larder.run("jobs", "--json")).first
            #expect(job?["state"] == "done")

            origin.script("/robots.txt", robots("Sitemap: \(origin.url("/map.xml"))\n"))
            let named = try await larder.with(cache: larder.directory.file("other")).run(command)
            #expect(named.status == 8 && named.text.contains("/map.xml"), "one that is named ought to be there")
        }
    }

    @Test func whereASitemapIsSentToIsNotVisitedForThat() async throws {
        try await withOrigin { other in
            other.script("/page", page())
            try await withOrigin { origin in
                origin.script("/", page("<a href=\"\(other.url("/page"))\">x</a>"))
                origin.script("/sitemap.xml", ScriptedResponse(status: 301, fields: ["Location": other.url("/sitemap.xml")]))
                // The second time the redirect is known from the first.
                for _ in 0..<2 {
                    let result = try await larder.run("crawl", "-q", "-r", "--job", "j", "--refresh", "--sitemaps", origin.url("/"))
                    #expect(result.status == 0)
                }
                #expect(other.requestCount == 0)
            }
        }
    }

    @Test(arguments: [[], ["--no-robots"]])
    func whereAGivenURLIsSentToTheSitemapsAreRead(options: [String]) async throws {
        try await withOrigin { other in
            other.script("/home", page())
            other.script("/sitemap.xml", sitemap(other.url("/found")))
            other.script("/robots.txt", robots("Sitemap: \(other.url("/map.xml"))\n"))
            other.script("/map.xml", sitemap(other.url("/named")))
            for name in ["/found", "/named"] { other.script(name, page()) }
            try await withOrigin { origin in
                origin.script("/", ScriptedResponse(status: 301, fields: ["Location": other.url("/home")]))
                let result = try await larder.run(["crawl", "-q", "-r", "--sitemaps", origin.url("/")] + options)
                #expect(result.status == 0)
                #expect(other.count(target: "/found") == 1)
                #expect(other.count(target: "/named") == (options.isEmpty ? 1 : 0))
            }
        }
    }
}

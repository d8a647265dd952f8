import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Following links: what is fetched, what is not, and that nothing is fetched twice.
@Suite struct RecursionTests {
    private func page(_ links: String..., head: String = "") -> ScriptedResponse {
        .text(
            "<!DOCTYPE html><title>Page</title>\(head)" + links.map { "<a href=\"\($0)\">link</a>" }.joined(),
            fields: ["Content-Type": "text/html", "Cache-Control": "no-cache", "ETag": "\"1\""])
    }

    /// The targets that the origin was asked for, robots.txt left out, in the order of their first requests.
    private func targets(_ origin: TestOrigin) -> [String] {
        origin.requests.map(\.target).filter { $0 != "/robots.txt" }
    }

    @Test func everyPageOfAWebIsFetchedOnce() async throws {
        let larder = try Larder()
        try await withOrigin(web: LinkedSite(pageCount: 1000)) { origin in
            let report = try CrawlReport(try await larder.run("crawl", "--json", "-r", "-l", "0", origin.url("/web/0.html")))
            #expect(report.status == 0)
            #expect(report.results.count == 1000 && report.outcomes == ["miss": 1000])
            let asked = targets(origin)
            #expect(asked.count == 1000 && Set(asked).count == 1000)
            #expect(origin.count(target: "/robots.txt") == 1)
            #expect(report.results.contains { $0["depth"] == 0 } && report.results.contains { ($0["depth"].integer ?? 0) > 2 })
        }
    }

    @Test func theLevelBoundsTheDepth() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/a", page("b"))
            origin.script("/b", page("c"))
            origin.script("/c", page("d"))
            let report = try CrawlReport(try await larder.run("crawl", "--json", "-r", "-l", "2", origin.url("/a")))
            #expect(report.results.map { $0["depth"].integer } == [0, 1, 2])
            #expect(targets(origin) == ["/a", "/b", "/c"])
        }
    }

    @Test func noParentStaysBelowTheDirectory() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/docs/a", page("/docs/deep/b", "/other", "../up", "c"))
            for target in ["/docs/deep/b", "/docs/c", "/other", "/up"] { origin.script(target, page()) }
            _ = try await larder.run("crawl", "-q", "-r", "--no-parent", origin.url("/docs/a"))
            #expect(Set(targets(origin)) == ["/docs/a", "/docs/deep/b", "/docs/c"])
        }
    }

    @Test func otherHostsAreLeftAloneUnlessTheyAreNamed() async throws {
        let larder = try Larder()
        try await withOrigin { other in
            other.script("/x", page())
            try await withOrigin { origin in
                origin.script("/a", page(other.url("/x")))
                _ = try await larder.run("crawl", "-q", "-r", origin.url("/a"))
                #expect(other.requestCount == 0)
                _ = try await larder.run("crawl", "-q", "-r", "--span-hosts", origin.url("/a"))
                #expect(other.count(target: "/x") == 1)
            }
        }
    }

    @Test func aSeedThatRedirectsTakesTheCrawlAlong() async throws {
        let larder = try Larder()
        try await withOrigin { other in
            other.script("/home", page("next"))
            other.script("/next", page())
            try await withOrigin { origin in
                origin.script("/", ScriptedResponse(status: 301, fields: ["Location": other.url("/home")]))
                let report = try CrawlReport(try await larder.run("crawl", "--json", "-r", origin.url("/")))
                #expect(report.results.map { $0["status"].integer } == [301, 200, 200])
                #expect(targets(other) == ["/home", "/next"])
            }
        }
    }

    @Test func aTargetOfManyRedirectsIsFetchedOnce() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/", page("r1", "r2", "target"))
            for name in ["/r1", "/r2"] { origin.script(name, ScriptedResponse(status: 302, fields: ["Location": "/target"])) }
            origin.script("/target", page())
            _ = try await larder.run("crawl", "-q", "-r", origin.url("/"))
            #expect(targets(origin).filter { $0 == "/target" }.count == 1)
        }
    }

    @Test func whatAsksNotToBeFollowedIsNot() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script(
                "/",
                .text(
                    "<a rel=nofollow href=secret>x</a><a href=shy>y</a>", fields: ["Content-Type": "text/html"]))
            origin.script("/shy", page("hidden", head: "<meta name=robots content=nofollow>"))
            _ = try await larder.run("crawl", "-q", "-r", origin.url("/"))
            #expect(targets(origin) == ["/", "/shy"])
        }
    }

    /// Paths are UTF-8, queries in the encoding of the page (URL standard section 4.4).
    @Test func linksOfPagesInLegacyEncodings() async throws {
        let pages: [(charset: String, link: [UInt8], target: String)] = [
            ("Shift_JIS", [0x95, 0x5C, 0x8E, 0xA6, 0x3F, 0x95, 0x5C, 0x8E, 0xA6], "/%E8%A1%A8%E7%A4%BA?%95\\%8E%A6"),
            ("EUC-JP", [0xC6, 0xFC, 0xCB, 0xDC, 0x3F, 0xC6, 0xFC], "/%E6%97%A5%E6%9C%AC?%C6%FC"),
            ("ISO-2022-JP", [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x1B, 0x28, 0x42, 0x3F, 0x31], "/%E6%97%A5?1"),
            ("GBK", [0xD6, 0xD0, 0x3F, 0xCE, 0xC4], "/%E4%B8%AD?%CE%C4"),
            ("Big5", [0xB3, 0x5C, 0x3F, 0xA5, 0x5C], "/%E8%A8%B1?%A5\\"),
            ("EUC-KR", [0xC7, 0xD1, 0x3F, 0x8C, 0x63], "/%ED%95%9C?%8Cc"),
        ]
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/", page("Shift_JIS", "EUC-JP", "ISO-2022-JP", "GBK", "Big5", "EUC-KR"))
            for page in pages {
                origin.script(
                    "/" + page.charset,
                    ScriptedResponse(
                        fields: ["Content-Type": "text/html"],
                        body: .bytes(
                            Array("<meta charset=\(page.charset)><a href=\"".utf8) + page.link + Array("\">x</a>".utf8))))
                origin.script(page.target, self.page())
            }
            let report = try CrawlReport(try await larder.run("crawl", "--json", "-r", origin.url("/")))
            #expect(report.status == 0)
            #expect(Set(targets(origin)) == Set(["/"] + pages.map { "/" + $0.charset } + pages.map(\.target)))
            #expect(Set(report.results.compactMap { $0["url"].string }).isSuperset(of: pages.map { origin.url($0.target) }))
        }
    }

    @Test func requisitesComeAlongBeyondTheLevel() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script(
                "/",
                .text(
                    "<link rel=stylesheet href=/s.css><img src=/i.png><a href=/more>x</a>", fields: ["Content-Type": "text/html"]))
            origin.script("/s.css", .text("body { background: url(/b.png) }", fields: ["Content-Type": "text/css"]))
            for name in ["/i.png", "/b.png"] { origin.script(name, .text("x", fields: ["Content-Type": "image/png"])) }
            _ = try await larder.run("crawl", "-q", "-r", "-l", "1", "-p", "--reject-regex", "more", origin.url("/"))
            #expect(Set(targets(origin)) == ["/", "/s.css", "/i.png", "/b.png"])
        }
    }

    // MARK: - robots.txt

    @Test func robotsIsObeyedAndTheSummarySaysSo() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/robots.txt", .text("User-agent: larder\nDisallow: /private\n", fields: ["Content-Type": "text/plain"]))
            origin.script("/", page("private/1", "public"))
            origin.script("/public", page())
            let result = try await larder.run("crawl", "--json", "-r", origin.url("/"))
            #expect(result.status == 0)
            #expect(targets(origin) == ["/", "/public"])
            #expect(result.text.contains("\"robots\""))
        }
    }

    @Test func explainShowsTheLineOfRobotsThatDecided() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script(
                "/robots.txt",
                .text("User-agent: *\nCrawl-delay: 0.01\nDisallow: /private\n", fields: ["Content-Type": "text/plain"]))
            origin.script("/", page("private/1"))
            _ = try await larder.run("crawl", "-q", "-r", origin.url("/"))
            let text = try await larder.run("explain", origin.url("/private/1")).text
            #expect(text.contains("not allowed") && text.contains("line 3 for *: Disallow: /private"))
            let lines = try JSONValue.lines(try await larder.run("explain", "--json", origin.url("/private/1")))
            #expect(lines.first?["robots"]["allowed"] == false)
            #expect(lines.first?["robots"]["line"] == 3)
            #expect(lines.first?["robots"]["crawl_delay_ms"] == 10)
            #expect(targets(origin) == ["/"])
        }
    }

    @Test func aSeedThatRobotsForbidsIsRefused() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/robots.txt", .text("User-agent: *\nDisallow: /\n", fields: ["Content-Type": "text/plain"]))
            let result = try await larder.run("crawl", "-r", origin.url("/a"))
            #expect(result.status == 22)
            #expect(result.errors.contains("line 2"))
            #expect(targets(origin).isEmpty)
            origin.script("/a", page())
            #expect(try await larder.run("crawl", "-q", "-r", "--no-robots", origin.url("/a")).status == 0)
        }
    }

    @Test func aServerThatFailsToSayIsLeftAlone() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/robots.txt", ScriptedResponse(status: 503))
            let result = try await larder.run("crawl", "-r", "--retry", "0", origin.url("/a"))
            #expect(result.status == 23 && targets(origin).isEmpty)
            #expect(result.errors.contains("503"))
        }
    }

    // MARK: - Sitemaps and traps

    @Test func sitemapsAreRead() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/robots.txt", .text("Sitemap: \(origin.url("/map.xml"))\n", fields: ["Content-Type": "text/plain"]))
            origin.script(
                "/map.xml",
                .text(
                    "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>\(origin.url("/found"))</loc></url></urlset>",
                    fields: ["Content-Type": "application/xml"]))
            origin.script("/", page())
            origin.script("/found", page())
            _ = try await larder.run("crawl", "-q", "-r", "--sitemaps", origin.url("/"))
            #expect(origin.count(target: "/found") == 1)
        }
    }

    @Test func trapsEndByTheirBudgetsAndTheReportNamesThem() async throws {
        let larder = try Larder()
        try await withOrigin(traps: true) { origin in
            let result = try await larder.run("crawl", "--json", "-r", "-l", "0", "--trap-budget", "60", origin.url("/trap/"))
            #expect(result.status == 0)
            for number in 0..<TrapSite.articles { #expect(origin.count(target: "/trap/articles/\(number).html") == 1) }
            #expect(origin.requestCount < 1500, "\(origin.requestCount)")
            for pattern in ["/trap/calendar/#/#", "/trap/shop/#"] { #expect(result.text.contains(pattern), "\(pattern)") }
        }
    }
}

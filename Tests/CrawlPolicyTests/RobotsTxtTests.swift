import CrawlPolicy
import HTTPSemantics
import Testing

@Suite("Reading robots.txt, RFC 9309 sections 2.1 to 2.5")
struct RobotsTxtTests {
    @Test("2.1: lines end with LF, CR or CRLF", arguments: ["\n", "\r", "\r\n"])
    func lineEnds(end: String) {
        let file = ["User-agent: *", "", "Disallow: /x", "Allow: /x/y"].joined(separator: end)
        #expect(decidingLine(file, "/x") == 3)
        #expect(decidingLine(file, "/x/y") == 4)
    }

    @Test("2.1: white space around names and values does not count")
    func whiteSpace() {
        #expect(!allows("  \tuser-agent\t :\t*  \n\tDisallow\t:   /x\t \n", "/x"))
        #expect(!allows("User-agent:*\nDisallow:/x", "/x"))
        #expect(allows("User-agent:*\nDisallow:/x y", "/x"))
    }

    @Test("2.3: the file lies at /robots.txt of the same scheme, host and port")
    func location() throws {
        func location(_ text: String) throws -> String? { try RobotsTxt.location(for: #require(WebURL(text)))?.serialized }
        #expect(try location("https://u:p@example.com:8443/a/b?c#d") == "https://example.com:8443/robots.txt")
        #expect(try location("http://example.com") == "http://example.com/robots.txt")
        #expect(try location("ftp://example.com/x") == nil)
        #expect(try location("data:x") == nil)
    }

    @Test("2.3: a byte order mark is skipped, and nothing else before the first line")
    func byteOrderMark() {
        #expect(!allows("\u{FEFF}User-agent: *\nDisallow: /x", "/x"))
        #expect(allows("\u{FEFF}\u{FEFF}User-agent: *\nDisallow: /x", "/x"))
    }

    @Test("2.3.1.5: what can be parsed is used, whatever stands around it")
    func brokenLines() {
        let file =
            "<!DOCTYPE html>\nno colon here at all\n:\n: x\nUser-agent\nUser-agent: *\n\0\u{1}\u{2}: /\nDisallow: /x\n\u{FFFD}"
        #expect(decidingLine(file, "/x") == 8)
        var bytes: [UInt8] = [0xFF, 0x00, 0x80, 0x0A]
        bytes += Array("User-agent: *\nDisallow: /\u{0}x\nDisallow: /".utf8) + [0xE9, 0x0A, 0xC3]
        let group = RobotsGroup(of: RobotsTxt(bytes))
        #expect(!group.verdict(for: "/%00x").isAllowed)
        #expect(!group.verdict(for: "/%E9").isAllowed)
        #expect(group.verdict(for: "/x").isAllowed)
    }

    @Test(
        "Local: frequent misspellings count as what they mean",
        arguments: [
            "User-agent: *\nDissallow: /x", "User-agent: *\nDissalow: /x", "User-agent: *\nDisalow: /x",
            "User-agent: *\nDiasllow: /x",
            "User-agent: *\nDisallaw: /x", "Useragent: *\nDisallow: /x", "User agent: *\nDisallow: /x",
            "User-agent *\nDisallow /x", "user-agent\t*\ndisallow\t/x",
        ])
    func misspellings(file: String) {
        #expect(!allows(file, "/x"))
        #expect(allows(file, "/y"))
    }

    @Test("Local: other names are not taken for known ones")
    func otherNames() {
        for name in ["Disallowed", "Disallow-x", "Deny", "xDisallow", "Noindex", "Dis allow"] {
            #expect(allows("User-agent: *\n\(name): /x", "/x"), "\(name)")
        }
        #expect(allows("User-agent: *\nDisallow /x /y", "/x"))
    }

    @Test("2.5: at least 500 KiB are read, and a line cut by the limit is not")
    func limit() {
        #expect(RobotsTxt.maximumBytes >= 500 * 1024)
        let head = "User-agent: *\n"
        let last = "Disallow: /last\n"
        let filler = String(repeating: "#", count: RobotsTxt.maximumBytes - head.utf8.count - last.utf8.count - 1) + "\n"
        #expect(!allows(head + filler + last, "/last"))
        #expect(!RobotsTxt(Array((head + filler + last).utf8)).isCut)
        #expect(RobotsTxt(Array((head + filler + last + "#").utf8)).isCut)
        #expect(!allows(head + filler + last + "Disallow: /beyond", "/last"))
        #expect(allows(head + filler + last + "Disallow: /beyond", "/beyond"))
        // "Disallow: /last" must not become "Disallow: /las".
        #expect(allows(head + "##" + filler + last, "/last"))
        #expect(allows(head + "##" + filler + last, "/las"))
    }

    @Test("2.2.4: Sitemap lines belong to no group")
    func sitemaps() {
        let file = """
            Sitemap: https://example.com/a.xml
            User-agent: other
            sitemap:https://example.org/b.xml # words
            Disallow: /
            SITE-MAP: http://example.com/c.xml
            Sitemap: /relative.xml
            Sitemap: ftp://example.com/d.xml
            Sitemap:
            """
        let read = RobotsTxt(Array(file.utf8))
        #expect(
            read.sitemaps.map(\.serialized) == [
                "https://example.com/a.xml", "https://example.org/b.xml", "http://example.com/c.xml",
            ])
        #expect(read.passedOverSitemaps == 3)
        #expect(allows(file, "/"))
    }

    @Test("Local: sitemaps are bounded in number")
    func manySitemaps() {
        let file = String(repeating: "Sitemap: http://a/\n", count: RobotsTxt.maximumSitemaps + 7)
        let read = RobotsTxt(Array(file.utf8))
        #expect(read.sitemaps.count == RobotsTxt.maximumSitemaps)
        #expect(read.passedOverSitemaps == 7)
    }

    private func delay(_ file: String, _ agent: String = "examplebot") -> Int64? {
        RobotsGroup(of: RobotsTxt(Array(file.utf8)), for: RobotsAgent(agent)).delayMilliseconds
    }

    @Test(
        "Local: Crawl-delay in seconds, with a fraction, bounded",
        arguments: [
            ("10", 10_000), ("0", 0), ("0.5", 500), (".25", 250), ("1.", 1000), ("1.0001", 1001), ("1.0009", 1001),
            ("86400", 86_400_000), ("86400.5", 86_400_000), ("99999999999999999999999999999", 86_400_000), ("-1", nil), ("", nil),
            (".", nil), ("1,5", nil),
            ("1s", nil), ("1e3", nil), ("nan", nil), ("1.2.3", nil),
        ])
    func delays(text: String, milliseconds: Int64?) {
        #expect(delay("User-agent: *\nCrawl-delay: \(text)\nDisallow:") == milliseconds)
    }

    @Test("Local: a delay is for the user agents before it, the longest where there are several")
    func delaysOfGroups() {
        let file = """
            Crawl-delay: 99
            User-agent: a
            User-agent: b
            Crawl-delay: 1
            Crawl-delay: 3
            Crawl-delay: 2
            User-agent: c
            Disallow: /x
            Crawl-delay: 5
            User-agent: a
            Crawl-delay: 4
            Disallow: /y
            """
        #expect(delay(file, "a") == 4000)
        #expect(delay(file, "b") == 3000)
        #expect(delay(file, "c") == 5000)
        #expect(delay(file, "d") == nil)
        // It ends no group: the rule is for all three.
        for agent in ["a", "b", "c"] { #expect(!allows(file, "/x", RobotsAgent(agent))) }
        #expect(!allows(file, "/y", RobotsAgent("a")) && allows(file, "/y", RobotsAgent("b")))
    }
}

import CrawlPolicy
import HTTPSemantics
import Testing

@Suite("User-agent lines, RFC 9309 section 2.2.1")
struct RobotsGroupTests {
    @Test("2.2.1: a product token is matched without regard to case")
    func anyCase() {
        for name in ["ExampleBot", "EXAMPLEBOT", "examplebot"] {
            #expect(!allows("USER-AGENT: \(name)\nDISALLOW: /x", "/x/y"))
        }
        #expect(!allows("user-agent: larder\ndisallow: /", "/", RobotsAgent("LaRdEr")))
    }

    @Test("2.2.1: all groups of the same token are combined into one")
    func combined() {
        let file = """
            user-agent: ExampleBot
            disallow: /foo
            disallow: /bar

            user-agent: OtherBot
            disallow: /other

            user-agent: ExampleBot
            disallow: /baz
            """
        for path in ["/foo", "/bar", "/baz"] { #expect(!allows(file, path)) }
        #expect(allows(file, "/other"))
        #expect(!allows(file, "/other", RobotsAgent("otherbot")))
    }

    @Test("2.2.1: several user-agent lines share a group")
    func shared() {
        let file = "User-agent: a\nUser-agent: examplebot\n\n# words\nUser-agent: c\nDisallow: /x\nUser-agent: d\nDisallow: /y"
        for agent in ["a", "examplebot", "c"] {
            #expect(!allows(file, "/x", RobotsAgent(agent)))
            #expect(allows(file, "/y", RobotsAgent(agent)))
        }
        #expect(allows(file, "/x", RobotsAgent("d")))
        #expect(!allows(file, "/y", RobotsAgent("d")))
    }

    @Test("2.2.1: the group of * counts only where no other does")
    func fallback() {
        let file = "User-agent: *\nDisallow: /x\nUser-agent: examplebot\nDisallow: /y"
        #expect(allows(file, "/x"))
        #expect(!allows(file, "/y"))
        #expect(!allows(file, "/x", RobotsAgent("other")))
        #expect(allows(file, "/y", RobotsAgent("other")))
    }

    @Test("2.2.1: several groups of * are combined too")
    func combinedFallback() {
        let file = "User-agent: *\nDisallow: /x\nUser-agent: other\nDisallow:\nUser-agent: *\nDisallow: /y"
        #expect(!allows(file, "/x") && !allows(file, "/y"))
    }

    @Test("2.2.1: a group without rules is a group: all is allowed")
    func emptyGroup() {
        let file = "User-agent: *\nDisallow: /\nUser-agent: examplebot"
        #expect(verdict(file, "/").basis == .noRule(group: "examplebot"))
        #expect(allows(file, "/"))
        #expect(allows("User-agent: *\nDisallow: /\nUser-agent: examplebot\nDisallow:", "/"))
    }

    @Test("2.2.1: without a group of the token or of * no rules apply")
    func noGroup() {
        #expect(verdict("User-agent: other\nDisallow: /", "/x").basis == .noGroup)
        #expect(verdict("", "/x").basis == .noGroup)
        #expect(allows("User-agent: other\nDisallow: /", "/x"))
    }

    @Test("2.1: rules before the first user-agent line belong to nobody")
    func orphans() {
        #expect(allows("Disallow: /x\nUser-agent: *\nDisallow: /y", "/x"))
        #expect(verdict("Disallow: /x", "/x").basis == .noGroup)
    }

    @Test("2.2.4: other records neither end a list of user agents nor a group")
    func otherRecords() {
        let file = """
            User-agent: examplebot
            Sitemap: https://example.com/sitemap.xml
            Unheard-of: 1
            <p>words</p>
            User-agent: other
            Disallow: /x
            Host: example.com
            Disallow: /y
            """
        for agent in ["examplebot", "other"] {
            #expect(!allows(file, "/x", RobotsAgent(agent)))
            #expect(!allows(file, "/y", RobotsAgent(agent)))
        }
    }

    @Test("Local: a version or words behind a token do not belong to it; more letters and digits do")
    func tokenEnds() {
        for line in ["examplebot/2.1", "ExampleBot (http://example.com/)", "examplebot, other", "examplebot*"] {
            #expect(!allows("User-agent: \(line)\nDisallow: /", "/x"), "\(line)")
        }
        for line in ["examplebot2", "examplebot-news", "example", "my examplebot", "Mozilla/5.0 (examplebot)"] {
            #expect(allows("User-agent: \(line)\nDisallow: /", "/x"), "\(line)")
        }
        #expect(!allows("User-agent: * (all of you)\nDisallow: /", "/x"))
        #expect(allows("User-agent: *bot\nDisallow: /", "/x"))
    }

    @Test("Local: an agent of several tokens obeys the first that is named")
    func severalTokens() {
        let agent = RobotsAgent("example-images", "example")
        let file = "User-agent: example\nDisallow: /a\nUser-agent: *\nDisallow: /c"
        #expect(!allows(file, "/a", agent))
        #expect(allows(file + "\nUser-agent: example-images\nDisallow: /b", "/a", agent))
        #expect(!allows("User-agent: *\nDisallow: /c", "/c", agent))
        #expect(!allows("User-agent: *\nDisallow: /c", "/c", RobotsAgent("", "*")))
    }

    @Test(
        "2.2.1: the product token is part of the User-Agent field",
        arguments: [
            ("MyBot/1.0 (+https://a.example/)", "mybot"), ("mybot", "MyBot/2"), ("My-Bot_2 x", "my-bot_2"),
            ("Mozilla/5.0 (compatible; MyBot/1.0; +http://a.example/)", "MyBot"),
            ("Mozilla/5.0 (compatible; MyBot/1.0)", "Mozilla"), ("Mozilla/5.0 (X11; Linux) MyBot/1", "mozilla"),
        ])
    func ofUserAgent(field: String, token: String) throws {
        let agent = try #require(RobotsAgent(userAgent: field))
        #expect(!allows("User-agent: \(token)\nDisallow: /\n\nUser-agent: *\nDisallow:", "/x", agent))
        #expect(allows("User-agent: larder\nDisallow: /", "/x", agent))
    }

    @Test("Local: of a browser and what is compatible with it, the latter is the crawler")
    func compatible() throws {
        let agent = try #require(RobotsAgent(userAgent: "Mozilla/5.0 (compatible; MyBot/1.0)"))
        #expect(allows("User-agent: mozilla\nDisallow: /\n\nUser-agent: mybot\nDisallow:", "/x", agent))
    }

    @Test("Local: a field that begins with no product names no crawler", arguments: ["", "*", "(x)", "/1.0", " "])
    func ofNoUserAgent(field: String) {
        #expect(RobotsAgent(userAgent: field) == nil)
    }

    @Test("Larder's own token is larder")
    func ownToken() {
        let group = RobotsGroup(of: RobotsTxt(Array("User-agent: Larder/1.0\nDisallow: /x".utf8)))
        #expect(group.token == "larder")
        #expect(!group.verdict(for: "/x").isAllowed)
    }
}

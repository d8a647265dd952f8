import CrawlPolicy
import HTTPSemantics
import Testing

@Suite("Allow and disallow lines, RFC 9309 sections 2.2.2 and 2.2.3")
struct RobotsMatchingTests {
    private func file(_ rules: String) -> String { "User-agent: *\n" + rules }

    @Test("2.2.2: matching is case-sensitive and by prefix")
    func prefixes() {
        let file = file("Disallow: /Foo")
        #expect(!allows(file, "/Foo") && !allows(file, "/Foo/bar") && !allows(file, "/Foobar") && !allows(file, "/Foo?x"))
        #expect(allows(file, "/foo") && allows(file, "/FOO") && allows(file, "/a/Foo") && allows(file, "/Fo"))
    }

    @Test("2.2.2: the match of the most octets is used, in whatever order they stand")
    func longest() {
        for rules in ["Allow: /a/page/\nDisallow: /a/page/no.gif", "Disallow: /a/page/no.gif\nAllow: /a/page/"] {
            #expect(!allows(file(rules), "/a/page/no.gif"))
            #expect(allows(file(rules), "/a/page/yes.gif"))
        }
        #expect(allows(file("Disallow: /\nAllow: /x"), "/x"))
        #expect(!allows(file("Allow: /x\nDisallow: /*.html"), "/x.html"))
    }

    @Test("2.2.2: of equivalent rules, the one that allows is used")
    func ties() {
        for rules in ["Allow: /x\nDisallow: /x", "Disallow: /x\nAllow: /x"] { #expect(allows(file(rules), "/x")) }
        // Different patterns of the same length are as specific as each other.
        for rules in ["Disallow: /*cd\nAllow: /*ab", "Allow: /*ab\nDisallow: /*cd", "Disallow: /*d\nAllow: /ab"] {
            #expect(allows(file(rules), "/abcd"))
        }
    }

    @Test("2.2.2: no match is leave")
    func noMatch() {
        #expect(verdict(file("Disallow: /x"), "/y").basis == .noRule(group: "*"))
        #expect(allows(file("Disallow: /x"), "/y"))
    }

    @Test("2.2.2: /robots.txt is implicitly allowed")
    func robotsFile() {
        #expect(verdict(file("Disallow: /"), "/robots.txt").basis == .robotsFile)
        #expect(allows(file("Disallow: /robots.txt"), "/robots.txt?x"))
        #expect(!allows(file("Disallow: /"), "/robots.txt.old") && !allows(file("Disallow: /"), "/a/robots.txt"))
    }

    @Test("2.2.2: an empty pattern matches nothing")
    func empty() {
        for rules in ["Disallow:", "Disallow: ", "Disallow: # all", "Disallow: /x\nDisallow:", "Allow:\nDisallow: /x"] {
            #expect(allows(file(rules), "/"))
        }
        #expect(!allows(file("Disallow: /\nAllow:"), "/x"))
    }

    @Test(
        "2.2.2: octets beyond ASCII, and what a URL cannot hold, are the same encoded or not",
        arguments: [
            ("/foo/bar/ツ", "/foo/bar/%E3%83%84"), ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
            ("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84"), ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"), ("/a b", "/a%20b"),
            ("/a|b", "/a%7Cb"), ("/a%7cb", "/a|b"), ("/x[1]", "/x%5B1%5D"), ("/{x}", "/%7Bx%7D"), ("/a\"b", "/a%22b"),
        ])
    func beyondASCII(pattern: String, path: String) {
        #expect(!allows(file("Disallow: \(pattern)"), path))
    }

    @Test("2.2.2: encoded unreserved characters are the same as plain ones")
    func unreserved() {
        #expect(!allows(file("Disallow: /foo/bar/%62%61%7A"), "/foo/bar/baz"))
        #expect(!allows(file("Disallow: /foo/bar/baz"), "/foo/bar/%62%61%7A"))
        #expect(!allows(file("Disallow: /%7Euser"), "/~user"))
    }

    @Test("2.2.2: encoded reserved characters are others than plain ones")
    func reserved() {
        #expect(allows(file("Disallow: /a%2Fb"), "/a/b"))
        #expect(allows(file("Disallow: /a/b"), "/a%2Fb"))
        #expect(!allows(file("Disallow: /a%2fb"), "/a%2Fb"))
        #expect(allows(file("Disallow: /*%3Fx"), "/a?x"))
        #expect(!allows(file("Disallow: /https%3A%2F%2Ffoo.bar"), "/https%3A%2F%2Ffoo.bar"))
        #expect(!allows(file("Disallow: /foo/bar?baz=quz"), "/foo/bar?baz=quz&a"))
    }

    @Test("Local: an apostrophe in a query, which the URL standard encodes, matches")
    func apostrophe() throws {
        let url = try #require(WebURL("https://example.com/?q='a"))
        let group = RobotsGroup(of: RobotsTxt(Array(file("Disallow: /?q='a").utf8)))
        #expect(url.requestTarget == "/?q=%27a")
        #expect(!group.verdict(for: url).isAllowed)
    }

    @Test("Local: a percent sign without digits is that sign")
    func lonePercent() {
        #expect(!allows(file("Disallow: /100%"), "/100%25"))
        #expect(!allows(file("Disallow: /100%25"), "/100%"))
        #expect(!allows(file("Disallow: /%zz%4"), "/%zz%4"))
    }

    @Test("2.2.3: # begins a comment")
    func comments() {
        #expect(!allows(file("Disallow: /x # y"), "/x"))
        #expect(!allows(file("Disallow: /x#y"), "/xz"))
        #expect(allows(file("# Disallow: /x"), "/x"))
    }

    @Test("2.2.3: * is any number of octets")
    func wildcards() {
        let deny = { (pattern: String, path: String) in !allows(self.file("Disallow: \(pattern)"), path) }
        #expect(deny("/this/*/exactly", "/this/path/exactly") && deny("/this/*/exactly", "/this/a/b/exactly/c"))
        #expect(deny("/a*b", "/ab") && deny("/a*b", "/axxbyy") && !deny("/a*b", "/axx"))
        #expect(deny("*.gif", "/x.gif") && deny("/*.gif", "/.gif?x") && !deny("/*.gif", "/x.gi"))
        #expect(deny("/*a*b*c", "/xaxbxc") && !deny("/*a*b*c", "/xcxbxa"))
        #expect(deny("/a**b", "/ab") && deny("/*", "/") && deny("*", "/x") && deny("/x*", "/x"))
        // The part that fails after having matched halfway begins again inside of itself.
        #expect(deny("/*aab", "/aaab") && deny("/*abab!", "/ababab!") && !deny("/*aab", "/abab"))
        // One part may not use what another one has used.
        #expect(!deny("/*ab*ba", "/aba") && deny("/*ab*ba", "/abba") && !deny("/ab*b", "/ab"))
    }

    @Test("2.2.3: $ at the end is the end")
    func anchors() {
        let deny = { (pattern: String, path: String) in !allows(self.file("Disallow: \(pattern)"), path) }
        #expect(deny("/x$", "/x") && !deny("/x$", "/xy") && !deny("/x$", "/x?y") && !deny("/x$", "/x/"))
        #expect(deny("/*.php$", "/a.php") && !deny("/*.php$", "/a.php?x") && deny("/*.php$", "/a.php.php"))
        #expect(deny("/*ab$", "/abab") && !deny("/ab*b$", "/ab") && deny("/ab*b$", "/abb"))
        #expect(deny("/x*$", "/xyz") && deny("/*$", "/") && !deny("$", "/"))
        #expect(allows(file("Disallow: /\nAllow: /$"), "/") && !allows(file("Disallow: /\nAllow: /$"), "/x"))
    }

    @Test("2.2.3: $ elsewhere is itself")
    func innerDollar() {
        #expect(!allows(file("Disallow: /a$b"), "/a$bc"))
        #expect(allows(file("Disallow: /a$b"), "/a"))
        #expect(!allows(file("Disallow: /a$$"), "/a$") && allows(file("Disallow: /a$$"), "/a$b"))
    }

    @Test("2.2.3: the special characters are written encoded to be themselves")
    func encodedSpecials() {
        let star = file("Disallow: /path/file-with-a-%2A.html")
        #expect(!allows(star, "/path/file-with-a-*.html") && !allows(star, "/path/file-with-a-%2a.html"))
        #expect(allows(star, "/path/file-with-a-x.html"))
        let dollar = file("Disallow: /path/foo-%24")
        #expect(!allows(dollar, "/path/foo-$") && !allows(dollar, "/path/foo-%24/x") && allows(dollar, "/path/foo-"))
        #expect(!allows(file("Disallow: /a%23b"), "/a%23b"))
    }

    @Test("2.2.2: a pattern that begins with neither / nor * matches no path")
    func unrooted() {
        #expect(allows(file("Disallow: foo"), "/foo") && allows(file("Disallow: foo"), "/x/foo"))
    }

    @Test("5.1: the simple example")
    func simpleExample() {
        let file = """
            User-Agent: *
            Disallow: *.gif$
            Disallow: /example/
            Allow: /publications/

            User-Agent: foobot
            Disallow:/
            Allow:/example/page.html
            Allow:/example/allowed.gif

            User-Agent: barbot
            User-Agent: bazbot
            Disallow: /example/page.html

            User-Agent: quxbot

            """
        func reachable(_ agent: String) -> [String] {
            ["/a.gif", "/a.gif?x", "/example/page.html", "/example/allowed.gif", "/publications/a", "/x"]
                .filter { allows(file, $0, RobotsAgent(agent)) }
        }
        #expect(reachable("anybot") == ["/a.gif?x", "/publications/a", "/x"])
        #expect(reachable("foobot") == ["/example/page.html", "/example/allowed.gif"])
        for bot in ["barbot", "bazbot"] {
            #expect(reachable(bot) == ["/a.gif", "/a.gif?x", "/example/allowed.gif", "/publications/a", "/x"])
        }
        #expect(reachable("quxbot").count == 6)
    }

    @Test("5.2: the longest match")
    func longestMatchExample() {
        let file = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif"
        #expect(decidingLine(file, "/example/page/disallowed.gif", RobotsAgent("foobot")) == 3)
        #expect(decidingLine(file, "/example/page/disallow.gif", RobotsAgent("foobot")) == 2)
    }

    @Test("A verdict names the rule, its line and its group")
    func explanation() {
        let found = verdict("# first\r\nUser-agent: *\r\n  Disallow : /x   # why\r\n", "/xy")
        #expect(found.basis == .rule(RobotsRule(isAllow: false, line: 3, text: "Disallow : /x   # why", group: "*")))
        #expect(found.explanation == "line 3 for *: Disallow : /x   # why")
    }

    @Test("A URL is judged by its path and query")
    func urls() throws {
        let group = RobotsGroup(of: RobotsTxt(Array(file("Disallow: /p/\nDisallow: /*?s\nAllow: /p/$").utf8)))
        func allowed(_ text: String) throws -> Bool { try group.verdict(for: #require(WebURL(text))).isAllowed }
        #expect(try allowed("https://u:p@example.com:8080/p/") && allowed("http://example.com/p/#x") && allowed("http://p/"))
        #expect(try !allowed("http://example.com/p/a") && !allowed("http://example.com/?s") && !allowed("https://[::1]/q?s#f"))
        #expect(try allowed("http://example.com/#/p/x") && allowed("http://example.com/#/?s"))
    }
}

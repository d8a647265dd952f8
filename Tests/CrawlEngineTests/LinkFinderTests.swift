import CacheStore
import CachingClient
import CrawlPolicy
import HTTPSemantics
import LinkExtraction
import Testing

@testable import CrawlEngine

/// Which links of a page a job follows, and what it tells of the others.
@Suite struct LinkFinderTests {
    private static let key = FingerprintKey(low: 1, high: 2)

    private func finder(
        _ options: CrawlScope.Options = CrawlScope.Options(), canonical: URLCanonicalizer.Options = URLCanonicalizer.Options(),
        redirects: Int = 20, followsLinks: Bool = true, known: [String] = []
    ) throws -> LinkFinder {
        var scope = CrawlScope(options)
        scope.addSeed(try #require(WebURL("http://a.example/dir/")))
        let known = Set(known.compactMap { WebURL($0) }.map { URLFingerprint(of: $0, key: Self.key).rawValue })
        return LinkFinder(
            scope: scope, canonicalizer: URLCanonicalizer(canonical), key: Self.key, maximumRedirects: redirects,
            followsLinks: followsLinks, isKnown: known.contains)
    }

    private func link(_ text: String, _ relation: LinkRelation = .anchor, noFollow: Bool = false) throws -> Outlink {
        Outlink(url: try #require(WebURL(text)), relation: relation, isNoFollow: noFollow)
    }

    private func page(_ links: [Outlink], cut: Int = 0) -> PageContents {
        PageContents(links: links, cutLinks: cut, isText: true, sketch: [7])
    }

    private func scope(_ change: (inout CrawlScope.Options) -> Void) -> CrawlScope.Options {
        var options = CrawlScope.Options()
        change(&options)
        return options
    }

    /// Reason, subject, count of each cut.
    private func cuts(_ findings: PageFindings) -> Set<String> {
        Set(findings.cuts.map { "\($0.reason) \($0.subject) \($0.count)" })
    }

    // MARK: - Links

    @Test func linksGoIntoTheFrontierOneDeeper() throws {
        let links = try [link("http://a.example/x"), link("https://a.example:8443/y#part"), link("http://a.example/z", .refresh)]
        let findings = try finder(scope { $0.hosts = .any }).findings(of: jobItem(depth: 2), answer(200), page(links))
        #expect(findings.links.map(\.url) == ["http://a.example/x", "https://a.example:8443/y", "http://a.example/z"])
        #expect(findings.links.map(\.authority) == ["http://a.example", "https://a.example:8443", "http://a.example"])
        #expect(findings.links.allSatisfy { $0.depth == 3 && $0.flags == 0 && $0.priority == 3 })
        let url = try #require(WebURL("http://a.example/x"))
        #expect(findings.links[0].fingerprint == URLFingerprint(of: url, key: Self.key).rawValue)
        #expect(findings.cuts.isEmpty)
    }

    @Test func spellingsOfOneURLAreOneLink() throws {
        let links = try [
            link("http://a.example/%7Eme#1"), link("http://a.example/~me#2"), link("http://user@a.example/~me"),
            link("http://a.example/p?utm_source=x"), link("http://a.example/p"),
        ]
        var canonical = URLCanonicalizer.Options()
        canonical.removesTracking = true
        let findings = try finder(canonical: canonical).findings(of: jobItem(), answer(200), page(links))
        #expect(findings.links.map(\.url) == ["http://a.example/~me", "http://a.example/p"])
    }

    @Test func whatIsKnownIsLeftOutAndNoCut() throws {
        let links = try [link("http://a.example/known"), link("http://b.example/known"), link("http://a.example/new")]
        let findings = try finder(known: ["http://a.example/known", "http://b.example/known"])
            .findings(of: jobItem(), answer(200), page(links))
        #expect(findings.links.map(\.url) == ["http://a.example/new"])
        #expect(findings.cuts.isEmpty)
    }

    @Test func cutsAreCountedByReasonAndServer() throws {
        let links = try [
            link("http://b.example/1"), link("http://b.example/2"), link("http://b.example/2#again"), link("http://c.example/"),
            link("http://a.example/n", noFollow: true), link("http://a.example/" + String(repeating: "x", count: 3000)),
            link("http://a.example/" + String(repeating: "x/", count: 9)),
        ]
        let findings = try finder().findings(of: jobItem(), answer(200), page(links))
        #expect(findings.links.isEmpty)
        #expect(
            cuts(findings) == [
                "host b.example 2", "host c.example 1", "nofollow a.example 1", "length a.example 1", "path-repeats a.example 1",
            ])
        #expect(findings.cuts.first { $0.subject == "b.example" }?.exampleURL == "http://b.example/1")
    }

    @Test func theDepthHasAnEnd() throws {
        let finder = try finder(scope { $0.maximumDepth = 2 })
        let links = [try link("http://a.example/x")]
        #expect(try finder.findings(of: jobItem(depth: 1), answer(200), page(links)).links.map(\.depth) == [2])
        let beyond = try finder.findings(of: jobItem(depth: 2), answer(200), page(links))
        #expect(beyond.links.isEmpty && cuts(beyond) == ["depth a.example 1"])
    }

    @Test func requisitesGoFartherThanLinks() throws {
        let finder = try finder(
            scope {
                $0.maximumDepth = 1
                $0.takesRequisites = true
                $0.staysBelowSeeds = true
            })
        let links = try [
            link("http://a.example/style.css", .stylesheet, noFollow: true), link("http://a.example/up.html"),
            link("http://a.example/dir/down.html"),
        ]
        let near = try finder.findings(of: jobItem(), answer(200), page(links))
        #expect(near.links.map(\.url) == ["http://a.example/style.css", "http://a.example/dir/down.html"])
        #expect(near.links.map { LinkFlags($0.flags).isRequisite } == [true, false])
        #expect(cuts(near) == ["parent a.example 1"])
        let far = try finder.findings(of: jobItem(depth: 2), answer(200), page(links))
        #expect(far.links.map(\.url) == ["http://a.example/style.css"])
        #expect(try finder.findings(of: jobItem(depth: 3), answer(200), page(links)).links.isEmpty)
    }

    /// Of several links to one target the most generous counts, in whichever order they stand.
    @Test func aLinkTakesNothingAwayFromAnother() throws {
        let asked = try [link("http://a.example/x", noFollow: true), link("http://a.example/x")]
        for links in [asked, asked.reversed()] {
            let findings = try finder().findings(of: jobItem(), answer(200), page(links))
            #expect(findings.links.map(\.url) == ["http://a.example/x"] && findings.cuts.isEmpty)
        }
        let shown = try [link("http://a.example/i"), link("http://a.example/i", .image)]
        for links in [shown, shown.reversed()] {
            let finder = try finder(
                scope {
                    $0.maximumDepth = 1
                    $0.takesRequisites = true
                })
            #expect(try finder.findings(of: jobItem(depth: 1), answer(200), page(links)).links.count == 1)
        }
    }

    @Test func withoutRecursionOnlySitemapsLead() throws {
        let links = try [link("http://a.example/x", .sitemapPage), link("http://a.example/more.xml", .sitemap)]
        let finder = try finder(followsLinks: false)
        #expect(try finder.findings(of: jobItem(), answer(200), page(links)).links.isEmpty)
        let sitemap = try finder.findings(of: jobItem(flags: LinkFlags(isSitemap: true)), answer(200), page(links))
        #expect(sitemap.links.map(\.url) == ["http://a.example/x", "http://a.example/more.xml"])
        #expect(sitemap.links.map { LinkFlags($0.flags).isSitemap } == [false, true])
    }

    @Test func linksBeyondTheBoundAreACutOfTheirPage() throws {
        let findings = try finder().findings(of: jobItem(), answer(200), page([], cut: 12))
        #expect(cuts(findings) == ["links-of-a-page a.example 12"])
        #expect(findings.cuts[0].exampleURL == "http://a.example/dir/page.html")
    }

    @Test(arguments: [404, 429, 500, 304, 300])
    func whatIsNoPageHasNoLinks(status: Int) throws {
        let findings = try finder().findings(of: jobItem(), answer(status), page([link("http://a.example/x")], cut: 1))
        #expect(findings.links.isEmpty && findings.cuts.isEmpty)
    }

    // MARK: - Redirects

    @Test func theTargetOfARedirectIsALinkAtTheSameDepth() throws {
        let findings = try finder(followsLinks: false).findings(
            of: jobItem(depth: 3, flags: LinkFlags(redirects: 1, isRequisite: true)),
            answer(302, ["Location": "../other?x#part"]), nil)
        #expect(findings.redirectURL == "http://a.example/other?x")
        #expect(findings.links.map(\.url) == ["http://a.example/other?x"] && findings.links.map(\.depth) == [3])
        #expect(findings.links.map { LinkFlags($0.flags) } == [LinkFlags(redirects: 2, isRequisite: true)])
        #expect(findings.news == .redirect(isToKnownURL: false))
    }

    @Test func aRedirectIsAskedAboutLikeALink() throws {
        let location: FieldSection = ["Location": "http://b.example/"]
        let refused = try finder().findings(of: jobItem(depth: 1), answer(301, location), nil)
        #expect(refused.links.isEmpty && cuts(refused) == ["host b.example 1"])
        #expect(refused.redirectURL == "http://b.example/")
        // What the user has named is followed wherever it leads.
        let seed = try finder().findings(of: jobItem(flags: LinkFlags(isSeed: true)), answer(301, location), nil)
        #expect(seed.links.map(\.url) == ["http://b.example/"] && seed.cuts.isEmpty)
        #expect(LinkFlags(seed.links[0].flags) == LinkFlags(redirects: 1, isSeed: true))
        // At the last depth it goes on: the target is as near as the page.
        let last = try finder(scope { $0.maximumDepth = 1 }).findings(
            of: jobItem(depth: 1), answer(308, ["Location": "/x"]), nil)
        #expect(last.links.map(\.depth) == [1])
    }

    @Test func redirectsHaveAnEnd() throws {
        let finder = try finder(redirects: 2)
        func links(after redirects: Int) throws -> Int {
            try finder.findings(of: jobItem(flags: LinkFlags(redirects: redirects)), answer(302, ["Location": "/x"]), nil).links
                .count
        }
        #expect(try links(after: 1) == 1)
        #expect(try links(after: 2) == 0)
    }

    @Test func aRedirectToWhatIsKnownLeadsNowhere() throws {
        let findings = try finder(known: ["http://a.example/known"]).findings(
            of: jobItem(), answer(302, ["Location": "/known"]), nil)
        #expect(findings.links.isEmpty && findings.news == .redirect(isToKnownURL: true))
        #expect(findings.redirectURL == "http://a.example/known")
    }

    @Test(arguments: ["mailto:me@a.example", "http://[", "javascript:x()"])
    func aRedirectToNoPageIsNone(location: String) throws {
        let findings = try finder().findings(of: jobItem(), answer(302, ["Location": location]), nil)
        #expect(findings.links.isEmpty && findings.redirectURL == nil && findings.news == .failure)
    }

    @Test func aRedirectWithoutALocationIsAnAnswer() throws {
        #expect(try finder().findings(of: jobItem(), answer(302), nil).news == .failure)
    }

    // MARK: - News

    @Test func whatAnAnswerBringsForBudgets() throws {
        func news(_ status: Int, _ contents: PageContents?, digest: [UInt8]? = Array(1...32)) throws -> PageNews {
            try finder().findings(of: jobItem(), answer(status, digest: digest), contents).news
        }
        #expect(try news(200, page([])) == .text(sketch: [7], digest: 0x0102_0304_0506_0708))
        #expect(try news(206, PageContents()) == .body(digest: 0x0102_0304_0506_0708))
        #expect(try news(200, nil) == .body(digest: 0x0102_0304_0506_0708))
        #expect(try news(200, nil, digest: nil) == .failure)
        #expect(try news(404, nil) == .missing && news(410, nil) == .missing)
        #expect(try news(408, nil) == .failure && news(429, nil) == .failure && news(503, nil) == .failure)
    }

    @Test func noAnswerNoFindings() throws {
        var nothing = try answer(200)
        nothing.head = nil
        let findings = try finder().findings(of: jobItem(), nothing, page([link("http://a.example/x")]))
        #expect(findings.links.isEmpty && findings.news == .failure && findings.digest != nil)
    }

    // MARK: - Seeds

    @Test func seedsHaveNoDepthAndSitemapsAreNoSeeds() throws {
        let url = try #require(WebURL("http://a.example:81/s"))
        let seed = LinkFinder.seed(url, key: Self.key)
        #expect(seed.url == "http://a.example:81/s" && seed.authority == "http://a.example:81" && seed.depth == 0)
        #expect(LinkFlags(seed.flags) == LinkFlags(isSeed: true))
        #expect(LinkFlags(LinkFinder.sitemap(url, key: Self.key, isGuess: false).flags) == LinkFlags(isSitemap: true))
    }

    @Test func flagsAreKeptInOneNumber() {
        for flags in [
            LinkFlags(), LinkFlags(redirects: 3), LinkFlags(isRequisite: true), LinkFlags(isSeed: true), LinkFlags(isSitemap: true),
            LinkFlags(redirects: 0xFFFF, isRequisite: true, isSeed: true, isSitemap: true),
        ] {
            #expect(LinkFlags(flags.number) == flags)
        }
        #expect(LinkFlags(LinkFlags(redirects: 70_000).number) == LinkFlags(redirects: 0xFFFF))
    }
}

import HTTPSemantics
import TestSupport
import Testing

@testable import CrawlPolicy

/// The rules of a recursive crawl; named after wget's options where they come from there.
@Suite struct ScopeDecisionTests {
    private static func scope(
        _ seeds: [String] = ["http://example.com/docs/index.html"], _ change: (inout CrawlScope.Options) -> Void = { _ in }
    ) throws -> CrawlScope {
        var options = CrawlScope.Options()
        change(&options)
        var scope = CrawlScope(options)
        for seed in seeds { scope.addSeed(try #require(WebURL(seed))) }
        return scope
    }

    private static func decide(
        _ scope: CrawlScope, _ url: String, pageDepth: Int = 0, isRequisite: Bool = false, isNoFollow: Bool = false
    ) throws -> ScopeDecision {
        scope.decide(
            CrawlScope.Link(
                url: try #require(WebURL(url)), pageDepth: pageDepth, isRequisite: isRequisite, isNoFollow: isNoFollow))
    }

    // MARK: - Hosts

    @Test(arguments: ["http://example.com/", "https://example.com/x", "http://example.com:80/", "https://example.com:443/"])
    func theSeedsSiteIsOneWithAndWithoutTLS(url: String) throws {
        #expect(try Self.decide(Self.scope(), url) == .follow(depth: 1))
    }

    @Test(arguments: [
        ("http://www.example.com/", "www.example.com"), ("http://example.com:8080/", "example.com:8080"),
        ("http://example.com./", "example.com."), ("http://example.org/", "example.org"),
    ])
    func otherHostsAndPortsAreOtherSites(url: String, host: String) throws {
        #expect(try Self.decide(Self.scope(), url) == .refuse(.host(host)))
    }

    @Test func aRedirectOfASeedBringsItsSite() throws {
        var scope = try Self.scope(["http://example.com/"])
        scope.addRedirect(ofSeedTo: try #require(WebURL("https://www.example.com/en/")))
        #expect(try Self.decide(scope, "https://www.example.com/en/a") == .follow(depth: 1))
        #expect(try Self.decide(scope, "https://example.com/a") == .follow(depth: 1))
    }

    @Test func spanHosts() throws {
        #expect(try Self.decide(Self.scope { $0.hosts = .any }, "https://other.example:99/") == .follow(depth: 1))
    }

    @Test(arguments: [CrawlScope.HostRule.seedSites, .any, .registrableDomains])
    func domainsAreAllowedBySuffixOfLabels(hosts: CrawlScope.HostRule) throws {
        let scope = try Self.scope {
            $0.hosts = hosts
            $0.domains = ["example.org", "sub.example.net", "10.0.0.1"]
        }
        for url in [
            "http://example.org/", "https://a.b.example.org:8443/", "http://sub.example.net/", "http://example.org./",
            "http://10.0.0.1/", "http://example.com/",
        ] { #expect(try Self.decide(scope, url) == .follow(depth: 1), "\(url)") }
        for url in ["http://notexample.org/", "http://example.net/", "http://org/", "http://1.10.0.1/"] {
            guard case .refuse(.host) = try Self.decide(scope, url) else {
                Issue.record("\(url) is followed")
                continue
            }
        }
    }

    @Test(
        arguments: [
            ("Example.ORG", "example.org"), (".example.org", "example.org"), ("*.example.org", "example.org"),
            ("example.org.", "example.org"),
            ("bücher.example", "xn--bcher-kva.example"), ("10.0.0.1", "10.0.0.1"), ("", nil), (".", nil), ("a/b", nil),
            ("a:8080", nil),
            ("a:80", nil), ("a:", nil), ("u@a", nil), ("a b", nil), ("a?b", nil), ("a\\b", nil), ("http://a", nil),
        ] as [(String, String?)])
    func domainsAsUsersWriteThem(text: String, domain: String?) {
        #expect(CrawlScope.domain(text) == domain)
    }

    @Test func theRegistrableDomainOfASeed() throws {
        let scope = try Self.scope(["http://www.example.co.uk/", "http://10.0.0.1:8080/", "http://localhost/"]) {
            $0.hosts = .registrableDomains
        }
        for url in ["https://shop.example.co.uk:8443/", "http://example.co.uk/", "http://10.0.0.1:8080/x", "https://localhost/"] {
            #expect(try Self.decide(scope, url) == .follow(depth: 1), "\(url)")
        }
        for url in ["http://other.co.uk/", "http://10.0.0.1/", "http://10.0.0.2:8080/", "http://co.uk/"] {
            guard case .refuse(.host) = try Self.decide(scope, url) else {
                Issue.record("\(url) is followed")
                continue
            }
        }
    }

    // MARK: - Depth

    @Test func level() throws {
        let scope = try Self.scope { $0.maximumDepth = 2 }
        #expect(try Self.decide(scope, "http://example.com/a", pageDepth: 1) == .follow(depth: 2))
        #expect(try Self.decide(scope, "http://example.com/a", pageDepth: 2) == .refuse(.depth(3, limit: 2)))
    }

    @Test func noLevel() throws {
        let scope = try Self.scope { $0.maximumDepth = nil }
        #expect(try Self.decide(scope, "http://example.com/a", pageDepth: 1_000_000) == .follow(depth: 1_000_001))
        #expect(try Self.decide(scope, "http://example.com/a", pageDepth: .max) == .follow(depth: .max))
    }

    /// As wget takes them: a style sheet of the last page, and what that needs.
    @Test func pageRequisitesGoTwoDeeper() throws {
        let scope = try Self.scope {
            $0.maximumDepth = 1
            $0.takesRequisites = true
        }
        for pageDepth in 0...2 {
            #expect(
                try Self.decide(scope, "http://example.com/a.css", pageDepth: pageDepth, isRequisite: true)
                    == .follow(depth: pageDepth + 1))
        }
        #expect(
            try Self.decide(scope, "http://example.com/a.css", pageDepth: 3, isRequisite: true) == .refuse(.depth(4, limit: 1)))
        #expect(try Self.decide(scope, "http://example.com/a", pageDepth: 1) == .refuse(.depth(2, limit: 1)))
        let plain = try Self.scope { $0.maximumDepth = 1 }
        #expect(
            try Self.decide(plain, "http://example.com/a.css", pageDepth: 1, isRequisite: true) == .refuse(.depth(2, limit: 1)))
    }

    @Test func pageRequisitesObeyTheHostRule() throws {
        let scope = try Self.scope { $0.takesRequisites = true }
        #expect(try Self.decide(scope, "http://cdn.example/a.css", isRequisite: true) == .refuse(.host("cdn.example")))
    }

    // MARK: - Directories

    @Test(arguments: ["http://example.com/docs/", "http://example.com/docs/a/b", "https://example.com/docs/index.html"])
    func noParentStaysBelow(url: String) throws {
        #expect(try Self.decide(Self.scope { $0.staysBelowSeeds = true }, url) == .follow(depth: 1))
    }

    @Test(arguments: ["http://example.com/", "http://example.com/docs", "http://example.com/docs2/", "http://example.com/Docs/"])
    func noParentRefusesTheRest(url: String) throws {
        #expect(try Self.decide(Self.scope { $0.staysBelowSeeds = true }, url) == .refuse(.parent))
    }

    @Test func noParentTakesAnySeed() throws {
        let seeds = ["http://example.com/a/x", "http://example.com/b/c/", "http://example.com/b/c/d/e", "http://other.example/z/"]
        let scope = try Self.scope(seeds) {
            $0.staysBelowSeeds = true
            $0.hosts = .any
        }
        for url in ["http://example.com/a/1", "http://example.com/b/c/f", "http://other.example/z/1", "http://third.example/"] {
            #expect(try Self.decide(scope, url) == .follow(depth: 1), "\(url)")
        }
        for url in ["http://example.com/b/", "http://other.example/a/1", "http://example.com/"] {
            #expect(try Self.decide(scope, url) == .refuse(.parent), "\(url)")
        }
    }

    @Test func noParentOfASeedAtTheTopIsAll() throws {
        let scope = try Self.scope(["http://example.com/a/b", "http://example.com"]) { $0.staysBelowSeeds = true }
        #expect(try Self.decide(scope, "http://example.com/c/d") == .follow(depth: 1))
    }

    @Test func pageRequisitesMayLieOutside() throws {
        let scope = try Self.scope {
            $0.staysBelowSeeds = true
            $0.takesRequisites = true
        }
        #expect(try Self.decide(scope, "http://example.com/style.css", isRequisite: true) == .follow(depth: 1))
        #expect(try Self.decide(scope, "http://example.com/style.css") == .refuse(.parent))
    }

    // MARK: - The rest

    @Test func schemes() throws {
        #expect(try Self.decide(Self.scope { $0.hosts = .any }, "ftp://example.com/") == .refuse(.scheme("ftp")))
        #expect(try Self.decide(Self.scope { $0.hosts = .any }, "mailto:a@b") == .refuse(.scheme("mailto")))
    }

    @Test func length() throws {
        let start = "http://example.com/"
        let longest = start + String(repeating: "a", count: 2_083 - start.utf8.count)
        #expect(try Self.decide(Self.scope(), longest) == .follow(depth: 1))
        #expect(try Self.decide(Self.scope(), longest + "a") == .refuse(.length(2_084, limit: 2_083)))
    }

    @Test func noFollow() throws {
        let url = "http://example.com/a"
        #expect(try Self.decide(Self.scope(), url, isNoFollow: true) == .refuse(.noFollow))
        #expect(try Self.decide(Self.scope { $0.followsNoFollow = true }, url, isNoFollow: true) == .follow(depth: 1))
        let requisites = try Self.scope { $0.takesRequisites = true }
        #expect(try Self.decide(requisites, url, isRequisite: true, isNoFollow: true) == .follow(depth: 1))
        #expect(try Self.decide(requisites, url, isNoFollow: true) == .refuse(.noFollow))
    }

    @Test func acceptAndRejectSeeTheWholeURL() throws {
        let scope = try Self.scope {
            $0.accepts = { $0.contains("http://example.com/docs") }
            $0.rejects = { $0.hasSuffix("?print=1") }
        }
        #expect(try Self.decide(scope, "http://example.com/docs/a") == .follow(depth: 1))
        #expect(try Self.decide(scope, "http://example.com/a") == .refuse(.notAccepted))
        #expect(try Self.decide(scope, "http://example.com/docs/a?print=1") == .refuse(.rejected))
    }

    @Test func endlessPaths() throws {
        let url = "http://example.com/a/b/a/b/a/b/"
        #expect(try Self.decide(Self.scope(), url) == .refuse(.path(.repeatedSequence(length: 2))))
        #expect(try Self.decide(Self.scope { $0.pathTrap = nil }, url) == .follow(depth: 1))
    }

    @Test func withoutSeedsNothingIsFollowed() throws {
        #expect(try Self.decide(Self.scope([]), "http://example.com/") == .refuse(.host("example.com")))
    }

    // MARK: - Properties

    /// Whatever URL a page names: an answer, the same each time, and a deeper page follows no more than a nearer one.
    @Test(arguments: [UInt64(1), 2, 3]) func anyURLIsAnswered(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let base = Array("http://user@example.com:8080/docs/a/b/a/b/a/b/00/00/x.html?q=1&r#top".utf8)
        let scope = try Self.scope(["http://example.com:8080/docs/", "http://example.com/"]) {
            $0.staysBelowSeeds = true
            $0.takesRequisites = true
            $0.hosts = .registrableDomains
            $0.domains = ["example.org"]
        }
        var answers: [Bool: Int] = [:]
        for _ in 0..<3_000 {
            var bytes = base
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
                case 1: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                }
                if bytes.isEmpty { bytes = base }
            }
            guard let parsed = WebURL(String(decoding: bytes, as: UTF8.self)) else { continue }
            let url = URLCanonicalizer().canonical(parsed)
            let isRequisite = Bool.random(using: &generator)
            let link = CrawlScope.Link(url: url, pageDepth: 2, isRequisite: isRequisite)
            let decision = scope.decide(link)
            #expect(decision == scope.decide(link))
            let isFollowed = decision == .follow(depth: 3)
            answers[isFollowed, default: 0] += 1
            let deeper = scope.decide(CrawlScope.Link(url: url, pageDepth: 9, isRequisite: isRequisite))
            if case .follow = deeper { Issue.record("\(url) is followed beyond the depth") }
        }
        #expect(answers[true, default: 0] > 100 && answers[false, default: 0] > 100)
    }

    @Test func eachRefusalHasAReasonAndASentence() {
        let refusals: [(ScopeRefusal, String)] = [
            (.scheme("ftp"), "scheme"), (.length(3, limit: 2), "length"), (.noFollow, "nofollow"), (.depth(2, limit: 1), "depth"),
            (.host("h"), "host"), (.parent, "parent"), (.rejected, "reject"), (.notAccepted, "accept"),
            (.path(.tooManySegments(9, limit: 8)), "path-depth"), (.path(.repeatedSegment(times: 9, limit: 8)), "path-repeats"),
            (.path(.repeatedSequence(length: 2)), "path-repeats"),
        ]
        for (refusal, reason) in refusals {
            #expect(refusal.reason.rawValue == reason)
            #expect(!refusal.description.isEmpty && !refusal.description.hasSuffix("."))
        }
        #expect(Set(refusals.map(\.0.description)).count == refusals.count)
    }
}

import CrawlPolicy
import HTTPSemantics
import Testing

@Suite("Access to robots.txt and its caching, RFC 9309 sections 2.3.1 and 2.4")
struct RobotsRulesTests {
    private let now = UnixTime(seconds: 1_700_000_000)
    private let body = Array("User-agent: *\nDisallow: /x\nSitemap: https://example.com/s.xml".utf8)

    private func source() throws -> WebURL { try #require(WebURL("https://example.com/robots.txt")) }

    private func rules(
        _ fetch: RobotsFetch, after seconds: Int64 = 0, lifetime: Int64? = nil, previous: RobotsRules? = nil, since: UnixTime? = nil
    ) throws -> RobotsRules {
        try RobotsRules.after(
            fetch, body: body, from: source(), now: now.advanced(bySeconds: seconds), lifetimeSeconds: lifetime, previous: previous,
            unreachableSince: since)
    }

    private func allowed(_ rules: RobotsRules, _ path: String) throws -> Bool {
        try rules.verdict(for: #require(WebURL("https://example.com" + path))).isAllowed
    }

    @Test("2.3.1.1: a successful response is parsed and obeyed", arguments: [200, 203, 206, 299])
    func success(status: Int) throws {
        let known = try rules(.answered(status: status))
        #expect(known.access == .rules)
        #expect(try !allowed(known, "/x") && allowed(known, "/y"))
        #expect(known.sitemaps.map(\.serialized) == ["https://example.com/s.xml"])
    }

    @Test("2.3.1.2: more than five redirects mean that there is no file")
    func redirects() throws {
        #expect(RobotsAccess.maximumRedirects == 5)
        let known = try rules(.redirectedTooOften)
        #expect(known.access == .allowAll(.redirectedTooOften))
        #expect(try allowed(known, "/x"))
        #expect(try rules(.answered(status: 302)).access == .allowAll(.answered(status: 302)))
    }

    @Test("2.3.1.3: 400 to 499 allow all, and the body is not read", arguments: [400, 401, 403, 404, 408, 410, 418, 499])
    func unavailable(status: Int) throws {
        let known = try rules(.answered(status: status))
        #expect(known.access == .allowAll(.answered(status: status)))
        #expect(try allowed(known, "/x"))
        #expect(known.sitemaps.isEmpty)
    }

    @Test("2.3.1.4: server errors disallow all", arguments: [500, 502, 503, 599])
    func serverErrors(status: Int) throws {
        let known = try rules(.answered(status: status))
        #expect(known.access == .disallowAll(.answered(status: status)))
        #expect(try !allowed(known, "/y"))
        #expect(try allowed(known, "/robots.txt"))
    }

    @Test("2.3.1.4: network errors disallow all")
    func networkErrors() throws {
        let known = try rules(.failed(code: "timeout"))
        #expect(try !allowed(known, "/y"))
        let url = try #require(WebURL("https://example.com/y"))
        #expect(known.verdict(for: url).explanation == "robots.txt could not be fetched (timeout): nothing is allowed")
    }

    @Test("Local: 429 is no leave to fetch more, nor is a status that does not exist", arguments: [429, 100, 0, 600, 999])
    func tooManyRequests(status: Int) throws {
        #expect(try rules(.answered(status: status)).access == .disallowAll(.answered(status: status)))
    }

    @Test("2.3.1.4: after 30 days without an answer the file counts as absent")
    func abandoned() throws {
        let first = try rules(.answered(status: 503))
        let month: Int64 = 30 * 86_400
        let late = try rules(.failed(code: "connect"), after: month - 1, previous: first)
        #expect(late.access == .disallowAll(.failed(code: "connect")))
        #expect(late.unreachableSince == now)
        let later = try rules(.failed(code: "connect"), after: month, previous: late)
        #expect(later.access == .abandoned(.failed(code: "connect"), since: now))
        #expect(try allowed(later, "/x"))
        // The same where only the time was kept.
        #expect(try rules(.failed(code: "connect"), after: month, since: now).access == later.access)
    }

    @Test("2.3.1.4: an answer ends the time without one")
    func answerBetween() throws {
        let first = try rules(.answered(status: 503))
        let answered = try rules(.answered(status: 404), after: 100, previous: first)
        #expect(answered.unreachableSince == nil)
        let again = try rules(.answered(status: 503), after: 200, previous: answered)
        #expect(again.unreachableSince == now.advanced(bySeconds: 200))
        #expect(try !allowed(again, "/y"))
    }

    @Test("2.3.1.4: an older copy of the file is used on, for as long as the server cannot be reached")
    func olderCopy() throws {
        let first = try rules(.answered(status: 200))
        var kept = first
        for day in 1...60 {
            kept = try rules(.answered(status: 500), after: Int64(day) * 86_400, previous: kept)
            #expect(try !allowed(kept, "/x") && allowed(kept, "/y"))
        }
        #expect(kept.fetchedAt == now)
        #expect(kept.unreachableSince == now.advanced(bySeconds: 86_400))
        #expect(kept.lastFetch == .answered(status: 500))
        #expect(kept.sitemaps == first.sitemaps)
    }

    @Test("2.4: an answer is used for at most 24 hours, and at least a minute")
    func lifetimes() throws {
        func seconds(_ lifetime: Int64?) throws -> Int64 {
            try rules(.answered(status: 200), lifetime: lifetime).validUntil.milliseconds(since: now) / 1000
        }
        #expect(try seconds(nil) == 86_400)
        #expect(try seconds(.max) == 86_400)
        #expect(try seconds(3600) == 3600)
        #expect(try seconds(0) == 60)
        #expect(try seconds(-5) == 60)
        let known = try rules(.answered(status: 404), lifetime: 3600)
        #expect(known.isValid(at: now.advanced(byMilliseconds: 3_599_999)))
        #expect(!known.isValid(at: now.advanced(bySeconds: 3600)))
    }

    @Test("Local: a server that cannot be reached is asked again after a minute, then ever more rarely, up to an hour")
    func pauses() throws {
        func pause(_ rules: RobotsRules, _ elapsed: Int64) -> Int64 {
            rules.validUntil.milliseconds(since: now.advanced(bySeconds: elapsed)) / 1000
        }
        let first = try rules(.answered(status: 503), lifetime: 86_400)
        #expect(pause(first, 0) == 60)
        #expect(pause(try rules(.answered(status: 503), after: 600, previous: first), 600) == 600)
        #expect(pause(try rules(.answered(status: 503), after: 50_000, previous: first), 50_000) == 3600)
        let asked = now.advanced(bySeconds: 7200)
        #expect(pause(try rules(.answered(status: 503, retryAfter: asked)), 0) == 7200)
        #expect(pause(try rules(.answered(status: 429, retryAfter: now)), 0) == 60)
        #expect(pause(try rules(.answered(status: 503, retryAfter: UnixTime(milliseconds: .max))), 0) == 86_400)
    }
}

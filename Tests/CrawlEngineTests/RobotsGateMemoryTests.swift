import CrawlPolicy
import HTTPSemantics
import Testing

@testable import CrawlEngine

/// What is remembered of robots.txt files is bounded in memory, not in number alone.
@Suite struct RobotsGateMemoryTests {
    private let now = UnixTime(seconds: 1_000_000)

    private func url(_ site: Int) throws -> WebURL {
        try #require(WebURL("http://site\(site).example/page"))
    }

    /// A file of so many rules.
    private func rules(_ count: Int, at time: UnixTime) throws -> RobotsRules {
        let text = "User-agent: *\n" + (0..<count).map { "Disallow: /\($0)\n" }.joined()
        return RobotsRules.after(
            .answered(status: 200), body: Array(text.utf8), from: try url(0), now: time, lifetimeSeconds: nil)
    }

    /// Asks for a site that is not known, and learns it.
    private func learn(_ gate: inout RobotsGate<Int>, _ site: Int, rules: RobotsRules, at time: UnixTime) throws {
        guard case .waits(fetch: _?) = gate.rule(on: site, url: try url(site), now: time) else {
            Issue.record("site \(site) is known")
            return
        }
        #expect(gate.learned(rules, of: try url(site).origin) == [site])
    }

    private func isKnown(_ gate: RobotsGate<Int>, _ site: Int) throws -> Bool {
        gate.known(of: try url(site).origin) != nil
    }

    @Test func theMemoryOfAllRulesIsBounded() throws {
        let long = try rules(2_000, at: now)
        let maximum = 3 * long.memoryBytes
        var gate = RobotsGate<Int>(maximumBytes: maximum)
        for site in 0..<50 {
            try learn(&gate, site, rules: long, at: now)
            #expect(gate.bytes <= maximum && gate.bytes >= long.memoryBytes)
            // Those who waited for it get their answer.
            guard case .allowed = gate.rule(on: site, url: try url(site), now: now) else {
                Issue.record("site \(site) was forgotten at once")
                return
            }
        }
        #expect(try isKnown(gate, 49) && !isKnown(gate, 0))
    }

    @Test func theLongestAreForgottenFirst() throws {
        let short = try rules(2, at: now)
        let long = try rules(2_000, at: now)
        var gate = RobotsGate<Int>(maximumBytes: 4 * long.memoryBytes)
        for site in 0..<100 { try learn(&gate, site, rules: short, at: now) }
        for site in 100..<120 { try learn(&gate, site, rules: long, at: now) }
        for site in 0..<100 { #expect(try isKnown(gate, site)) }
        #expect(try (100..<120).filter { try isKnown(gate, $0) }.count <= 4)
    }

    @Test func whatIsForgottenIsFetchedAgain() throws {
        let long = try rules(2_000, at: now)
        var gate = RobotsGate<Int>(maximumBytes: long.memoryBytes)
        try learn(&gate, 0, rules: long, at: now)
        try learn(&gate, 1, rules: long, at: now)
        #expect(try !isKnown(gate, 0) && isKnown(gate, 1))
        try learn(&gate, 0, rules: long, at: now)
    }

    @Test func whatIsWaitedForIsKept() throws {
        let long = try rules(2_000, at: now)
        let later = now.advanced(bySeconds: 2 * 86_400)
        var gate = RobotsGate<Int>(maximumBytes: 2 * long.memoryBytes)
        try learn(&gate, 0, rules: long, at: now)
        // It is outdated, and fetched again; the old rules count should that fail.
        guard case .waits(fetch: _?) = gate.rule(on: 7, url: try url(0), now: later) else {
            Issue.record("outdated rules were used")
            return
        }
        let fresh = try rules(2_000, at: later)
        for site in 1..<9 { try learn(&gate, site, rules: fresh, at: later) }
        #expect(try isKnown(gate, 0) && gate.waitingCount == 1)
        #expect(gate.learned(fresh, of: try url(0).origin) == [7])
        #expect(gate.waitingCount == 0)
    }

    @Test func rulesBeyondTheBoundAreUsedAllTheSame() throws {
        var gate = RobotsGate<Int>(maximumBytes: 1)
        for site in 0..<3 {
            try learn(&gate, site, rules: try rules(10, at: now), at: now)
            #expect(try isKnown(gate, site))
        }
        #expect(try !isKnown(gate, 1))
    }

    @Test func rulesThatTakeThePlaceOfOthersCountOnce() throws {
        let long = try rules(2_000, at: now)
        var gate = RobotsGate<Int>(maximumBytes: .max)
        try learn(&gate, 0, rules: long, at: now)
        for _ in 0..<5 { #expect(gate.learned(long, of: try url(0).origin).isEmpty) }
        #expect(gate.bytes == long.memoryBytes)
    }

    @Test func whatIsForgottenForTheNumberOfSitesCountsNoMore() throws {
        let long = try rules(100, at: now)
        var gate = RobotsGate<Int>(maximumSites: 3)
        for site in 0..<20 {
            try learn(&gate, site, rules: long, at: now)
            #expect((1...3).contains(gate.bytes / long.memoryBytes))
        }
    }

    @Test func sitemapsCountToo() throws {
        let line = "Sitemap: http://site.example/" + String(repeating: "x", count: 1_000) + "\n"
        let rules = RobotsRules.after(
            .answered(status: 200), body: Array(String(repeating: line, count: 100).utf8), from: try url(0), now: now,
            lifetimeSeconds: nil)
        #expect((100_000..<200_000).contains(rules.memoryBytes))
    }
}

import CrawlPolicy
import HTTPSemantics
import Testing

@testable import CrawlEngine

/// What becomes of items whose site's robots.txt is known, or not yet.
@Suite struct RobotsGateTests {
    private func url(_ text: String) throws -> WebURL { try #require(WebURL(text)) }

    private func rules(_ text: String, of site: String = "http://a.example", seconds: Int64 = 3600, now: UnixTime = noon()) throws
        -> RobotsRules
    {
        RobotsRules.after(
            .answered(status: 200), body: Array(text.utf8), from: try url(site + "/robots.txt"), now: now, lifetimeSeconds: seconds)
    }

    /// The ruling in a word.
    private func rule(
        _ gate: inout RobotsGate<Int>, _ item: Int, _ text: String, now: UnixTime = noon()
    ) throws -> String {
        switch gate.rule(on: item, url: try url(text), now: now) {
        case .allowed(let delay): "allowed \(delay)"
        case .refused(let verdict): "refused \(verdict.explanation)"
        case .unreachable(let verdict, _, _): "unreachable \(verdict.explanation)"
        case .waits(let fetch): "waits \(fetch?.serialized ?? "-")"
        }
    }

    @Test func oneOfASiteBeginsTheFetchAndAllWait() throws {
        var gate = RobotsGate<Int>()
        #expect(try rule(&gate, 1, "http://a.example/x?y") == "waits http://a.example/robots.txt")
        #expect(try rule(&gate, 2, "http://a.example/z") == "waits -")
        #expect(try rule(&gate, 3, "http://a.example/robots.txt") == "waits -")
        #expect(gate.waitingCount == 3)
        let waiting = gate.learned(try rules("User-agent: *\nDisallow: /z\nCrawl-delay: 2"), of: try url("http://a.example").origin)
        #expect(waiting == [1, 2, 3])
        #expect(gate.waitingCount == 0)
        #expect(try rule(&gate, 1, "http://a.example/x?y") == "allowed 2000")
        #expect(try rule(&gate, 2, "http://a.example/z") == "refused line 2 for *: Disallow: /z")
        #expect(try rule(&gate, 3, "http://a.example/robots.txt") == "allowed 2000")
        #expect(gate.waitingCount == 0)
    }

    /// Scheme, host and port each make a site of its own (RFC 9309 section 2.3).
    @Test func eachOriginHasAFileOfItsOwn() throws {
        var gate = RobotsGate<Int>()
        #expect(try rule(&gate, 1, "http://a.example/") == "waits http://a.example/robots.txt")
        #expect(try rule(&gate, 2, "https://a.example/") == "waits https://a.example/robots.txt")
        #expect(try rule(&gate, 3, "http://a.example:8080/") == "waits http://a.example:8080/robots.txt")
        #expect(try rule(&gate, 4, "http://b.example/") == "waits http://b.example/robots.txt")
        #expect(try rule(&gate, 5, "http://a.example:80/") == "waits -")
        #expect(gate.learned(try rules(""), of: try url("http://a.example").origin) == [1, 5])
        #expect(gate.waitingCount == 3)
        #expect(try rule(&gate, 1, "http://a.example/") == "allowed 0")
        #expect(try rule(&gate, 6, "https://a.example/") == "waits -")
    }

    @Test func whatIsTooOldIsFetchedAgainOnce() throws {
        var gate = RobotsGate<Int>()
        let origin = try url("http://a.example").origin
        _ = gate.learned(try rules("User-agent: *\nDisallow: /", seconds: 100), of: origin)
        #expect(try rule(&gate, 1, "http://a.example/", now: noon(99_999)).hasPrefix("refused"))
        #expect(try rule(&gate, 1, "http://a.example/", now: noon(100_000)) == "waits http://a.example/robots.txt")
        #expect(try rule(&gate, 2, "http://a.example/", now: noon(100_001)) == "waits -")
        // What was known is there to be used on where the file cannot be reached.
        #expect(gate.known(of: origin)?.isValid(at: noon()) == true)
        #expect(gate.learned(try rules("", now: noon(200_000)), of: origin) == [1, 2])
        #expect(try rule(&gate, 1, "http://a.example/", now: noon(200_001)) == "allowed 0")
    }

    @Test func sitesThatNobodyWaitsForAreForgotten() throws {
        var gate = RobotsGate<Int>(maximumSites: 3)
        for site in ["a", "b"] {
            _ = gate.learned(try rules("", of: "http://\(site).example"), of: try url("http://\(site).example").origin)
        }
        #expect(try rule(&gate, 1, "http://c.example/") == "waits http://c.example/robots.txt")
        #expect(try rule(&gate, 2, "http://a.example/") == "allowed 0")
        // The fourth: what is known goes, what is waited for stays.
        #expect(try rule(&gate, 3, "http://d.example/") == "waits http://d.example/robots.txt")
        #expect(try rule(&gate, 4, "http://c.example/") == "waits -")
        #expect(try rule(&gate, 5, "http://a.example/") == "waits http://a.example/robots.txt")
        #expect(gate.learned(try rules(""), of: try url("http://c.example").origin) == [1, 4])
        #expect(gate.waitingCount == 2)
    }

    @Test func allOfThemMayWait() throws {
        var gate = RobotsGate<Int>(maximumSites: 2)
        for number in 0..<10 {
            #expect(try rule(&gate, number, "http://\(number).example/") == "waits http://\(number).example/robots.txt")
        }
        for number in 0..<10 { #expect(gate.learned(try rules(""), of: try url("http://\(number).example").origin) == [number]) }
        #expect(gate.waitingCount == 0)
    }
}

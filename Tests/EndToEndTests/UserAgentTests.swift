import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// As whom a crawl introduces itself, and whose rules it keeps.
@Suite struct UserAgentTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func withSite(robots: String, _ body: (TestOrigin) async throws -> Void) async throws {
        try await withOrigin { origin in
            origin.script("/robots.txt", .text(robots, fields: ["Content-Type": "text/plain"]))
            origin.script("/a", .text("a", fields: ["Content-Type": "text/html"]))
            try await body(origin)
        }
    }

    @Test(arguments: [
        ["--user-agent", "MyBot/1.0 (+https://example.com/)"], ["-H", "User-Agent: mybot"],
        ["--user-agent", "Mozilla/5.0 (compatible; MyBot/1.0)"],
    ])
    func aCrawlerThatIsForbiddenByItsNameStaysAway(options: [String]) async throws {
        try await withSite(robots: "User-agent: mybot\nDisallow: /\n\nUser-agent: larder\nDisallow:\n") { origin in
            #expect(try await larder.run(["crawl", "-q", "-r", origin.url("/a")] + options).status == 22)
            #expect(origin.count(target: "/a") == 0)
            // Its explanation is of the same crawler.
            let explained = try JSONValue.lines(try await larder.run(["explain", "--json", origin.url("/a")] + options))
            #expect(explained.first?["robots"]["allowed"] == false)
            #expect(explained.first?["robots"]["group"] == "mybot")
            let own = try JSONValue.lines(try await larder.run("explain", "--json", origin.url("/a")))
            #expect(own.first?["robots"]["allowed"] == true)
            #expect(try await larder.run("crawl", "-q", "-r", origin.url("/a")).status == 0)
        }
    }

    @Test(arguments: [["--user-agent", "(nobody)"], ["-H", "User-Agent:"], []])
    func whoeverHasNoNameIsLarder(options: [String]) async throws {
        try await withSite(robots: "User-agent: larder\nDisallow: /\n") { origin in
            let result = try await larder.run(["crawl", "-q", "-r", origin.url("/a")] + options)
            #expect(result.status == 22 && origin.count(target: "/a") == 0)
        }
    }

    @Test func theSiteIsToldWhomToAsk() async throws {
        try await withSite(robots: "User-agent: larder\nDisallow: /private\n") { origin in
            #expect(try await larder.run("crawl", "-q", "-r", "--contact", "me@example.org", origin.url("/a")).status == 0)
            #expect(origin.requests.count == 2)
            for request in origin.requests {
                let agent = request.fields.first("User-Agent") ?? ""
                #expect(agent.hasPrefix("larder/") && agent.hasSuffix(" (+mailto:me@example.org)"), "\(request.target)")
            }
            // As other options, it can stand in the file.
            var configured = larder
            configured.environment["XDG_CONFIG_HOME"] = larder.directory.file("config")
            try larder.directory.write("contact = \"https://example.org/bot\"\n", to: "config/larder/config.toml")
            #expect(try await configured.run("get", "--reload", origin.url("/a")).status == 0)
            #expect(origin.requests.last?.fields.first("User-Agent")?.hasSuffix(" (+https://example.org/bot)") == true)
        }
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// What a job makes of redirects that lead nowhere, of what is not in the cache offline, and of commands that change their minds.
@Suite struct JobOutcomeTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func page(_ links: String..., fields: FieldSection = ["Cache-Control": "max-age=3600"]) -> ScriptedResponse {
        var fields = fields
        fields.append("Content-Type", "text/html")
        return .text(links.map { "<a href=\"\($0)\">link</a>" }.joined(), fields: fields)
    }

    private func redirect(to target: String) -> ScriptedResponse {
        ScriptedResponse(status: 302, fields: ["Location": target, "Cache-Control": "no-store"])
    }

    private func log(_ options: String...) async throws -> [JSONValue] {
        try JSONValue.lines(try await larder.run(["log", "j", "--json"] + options))
    }

    @Test func redirectsThatEndNowhereAreTold() async throws {
        try await withOrigin { origin in
            origin.script("/", page("/one", "/self", "/mail", "/far/0", "/there"))
            for (source, target) in [("/one", "/two"), ("/two", "/three"), ("/three", "/one"), ("/self", "/self"), ("/there", "/")]
            {
                origin.script(source, redirect(to: target))
            }
            origin.script("/mail", redirect(to: "mailto:a@b.example"))
            for number in 0..<5 { origin.script("/far/\(number)", redirect(to: "/far/\(number + 1)")) }
            let report = try CrawlReport(
                try await larder.run("crawl", "--json", "-r", "--job", "j", "--max-redirect", "3", "-j", "1", origin.url("/")))
            #expect(report.status == 7)
            let codes = report.results.compactMap { $0["error"]["code"].string }.sorted()
            #expect(codes == ["invalid_redirect", "redirect_loop", "redirect_loop", "too_many_redirects"])
            #expect(report[origin.url("/self")]["error"]["code"] == "redirect_loop")
            #expect(report[origin.url("/there")]["error"] == .null)
            for target in ["/one", "/two", "/three", "/self", "/"] { #expect(origin.count(target: target) == 1) }
            let broken = try await log("--only", "broken")
            #expect(Set(broken.compactMap { $0["error"].string }) == Set(codes) && broken.count == 4)
        }
    }

    /// What was not asked for is neither there nor gone.
    @Test func whatIsNotInTheCacheOfflineIsStillToDo() async throws {
        try await withOrigin { origin in
            origin.script("/", page("/a", "/b"))
            origin.script("/a", page())
            origin.script("/b", page())
            let command = ["crawl", "--json", "-r", "--job", "j", origin.url("/")]
            for target in ["/", "/a"] { #expect(try await larder.run("crawl", "-q", origin.url(target)).status == 0) }
            origin.clearLog()
            let offline = try CrawlReport(try await larder.run(command + ["--offline"]))
            #expect(offline.status == 20 && offline.outcomes == ["hit": 2, "offline-miss": 1] && origin.requestCount == 0)
            #expect(offline.errors.contains("without --offline"))
            #expect(try await log("--only", "broken").isEmpty)
            let online = try CrawlReport(try await larder.run(command))
            #expect(online.status == 0 && online.outcomes == ["miss": 1] && origin.count(target: "/b") == 1)
        }
    }

    @Test func resumeGoesOnWithTheOptionsOfTheLastCommand() async throws {
        try await withOrigin(web: LinkedSite(pageCount: 40)) { origin in
            let command = ["crawl", "--json", "-r", "-l", "0", "--job", "j", origin.url("/web/0.html")]
            #expect(try await larder.run(command).status == 0)
            // The pages are fresh; without --refresh the second half would not be asked for.
            let second = try await larder.run(command + ["--refresh", "--max-pages", "10"])
            #expect(second.status == 0 && second.errors.contains("still to do beyond --max-pages"))
            origin.clearLog()
            let third = try CrawlReport(try await larder.run("resume", "j", "--json"))
            #expect(third.outcomes == ["revalidated": 10] && origin.requests.count { $0.target != "/robots.txt" } == 10)
        }
    }

    /// The seeds of the command before belong to the job as well, wherever the last one begins.
    @Test func resumeKnowsTheSeedsOfEveryCommand() async throws {
        try await withOrigin { other in
            other.script("/", page("/x"))
            other.script("/x", page())
            try await withOrigin { origin in
                origin.script("/", page("/a"))
                origin.script("/a", page("/b"))
                origin.script("/b", page())
                let options = ["crawl", "-q", "-r", "--job", "j", "--max-pages", "1", "-H", "Cookie: a=b"]
                _ = try await larder.run(options + [origin.url("/")])
                for _ in 0..<2 { _ = try await larder.run(options + [other.url("/")]) }
                for _ in 0..<5 { _ = try await larder.run("resume", "j", "-q", "-H", "Cookie: a=b") }
                for target in ["/a", "/b"] { #expect(origin.count(target: target) == 1) }
                #expect(other.count(target: "/x") == 1)
                // What was given to the second command is not for the site of the first.
                let withCookie = origin.requests.filter { $0.fields.contains("Cookie") }.map(\.target)
                #expect(withCookie.allSatisfy { ["/", "/robots.txt"].contains($0) }, "\(withCookie)")
                #expect(other.requests.contains { $0.target == "/x" && $0.fields.contains("Cookie") })
            }
        }
    }

    @Test func aPauseThatAHostHasNamedIsToldAgain() async throws {
        try await withOrigin { origin in
            origin.script("/robots.txt", .tooManyRequests(retryAfter: 7200))
            let command = ["crawl", "-r", "--job", "j", origin.url("/")]
            var told: [Date] = []
            for _ in 0..<2 {
                let result = try await larder.run(command)
                #expect(result.status == 23)
                let match = try #require(try Regex("left alone until ([-0-9]+) ([0-9:]+Z)").firstMatch(in: result.errors))
                let text = "\(match.output[1].substring ?? "")T\(match.output[2].substring ?? "")"
                told.append(try Date(text, strategy: .iso8601))
            }
            #expect(abs(told[0].timeIntervalSince(told[1])) <= 2 && origin.requestCount == 1)
            #expect(told[0].timeIntervalSinceNow > 7000)
        }
    }

    @Test func whatNothingLeadsToAnyMoreIsMissingInEveryLog() async throws {
        try await withOrigin { origin in
            origin.script("/", page("/a", "/b", fields: ["Cache-Control": "no-cache"]))
            origin.script("/a", page())
            origin.script("/b", page())
            let command = ["crawl", "-q", "-r", "--job", "j", origin.url("/")]
            #expect(try await larder.run(command).status == 0)
            origin.script("/", page("/a", fields: ["Cache-Control": "no-cache"]))
            #expect(try await larder.run(command).status == 0)
            for options in [["--only", "all"], []] {
                let lines = try JSONValue.lines(try await larder.run(["log", "j", "--json"] + options))
                #expect(lines.filter { $0["class"] == "missing" }.map { $0["url"] } == [.string(origin.url("/b"))])
            }
            #expect(try JSONValue.lines(try await larder.run("jobs", "--json")).first?["missing"] == 1)
        }
    }

    /// A host that stays away keeps nobody from seeing what has changed elsewhere.
    @Test func aRoundThatWaitsInVainIsFollowedByTheNext() async throws {
        try await withOrigin { origin in
            let fields: FieldSection = ["Cache-Control": "no-cache"]
            origin.script("/", page(refusingURL, "/a", fields: fields))
            origin.script("/a", .text("one", fields: fields))
            let command = ["crawl", "-r", "--span-hosts", "--job", "j", "--retry", "0", origin.url("/")]
            #expect(try await larder.run(command).status == 23)
            origin.script("/a", .text("two", fields: fields))
            origin.clearLog()
            // At once it is gone on with.
            #expect(try await larder.run(command).status == 23)
            #expect(origin.requestCount == 0)
            let aged = try await Program.run(
                "sqlite3", ["\(larder.cache)/jobs/j.db", "UPDATE progress SET round_ms = round_ms - 13 * 3600 * 1000"])
            try #require(aged.status == 0, "install sqlite3")
            let next = try await larder.run(command)
            #expect(next.status == 23 && next.errors.contains("waited in vain"))
            #expect(origin.count(target: "/a") == 1)
            let changed = try await log("--only", "changed")
            #expect(changed.map { $0["url"] } == [.string(origin.url("/a"))])
        }
    }

    @Test func whatWasRefusedBeforeIsNew() async throws {
        try await withOrigin { origin in
            origin.script("/robots.txt", .text("User-agent: *\nDisallow: /a", fields: ["Content-Type": "text/plain"]))
            origin.script("/", page("/a"))
            origin.script("/a", page())
            let command = ["crawl", "-q", "-r", "--job", "j", origin.url("/")]
            for options in [[], ["--no-robots"]] {
                let result = try await larder.run(command + options)
                #expect(result.status == 0)
            }
            let new = try await log("--only", "new")
            #expect(new.map { $0["url"] } == [.string(origin.url("/a"))])
        }
    }

    /// A failure that may be over is worth another attempt, though the cache has kept it.
    @Test(arguments: [[], ["--job", "j"]])
    func aFailureThatIsStoredIsTriedAgain(options: [String]) async throws {
        try await withOrigin { origin in
            let fields: FieldSection = ["Cache-Control": "max-age=0", "Expires": "Wed, 11 Jan 1984 05:00:00 GMT", "ETag": "\"1\""]
            origin.script("/", ScriptedResponse(status: 503, fields: fields), page())
            let report = try CrawlReport(try await larder.run(["crawl", "--json"] + options + [origin.url("/")]))
            #expect(report.status == 0 && report[origin.url("/")]["attempts"] == 2)
        }
    }

    /// A key that the user gives goes where the seed leads, not to strangers.
    @Test func aKeyFollowsTheSeedsRedirect() async throws {
        try await withOrigin { other in
            other.script("/", page("/x"))
            other.script("/x", page())
            try await withOrigin { origin in
                origin.script("/", ScriptedResponse(status: 301, fields: ["Location": other.url("/")]))
                _ = try await larder.run("crawl", "-q", "-r", "--job", "j", "-H", "X-Api-Key: k", origin.url("/"))
                for target in ["/", "/x"] {
                    #expect(other.requests.contains { $0.target == target && $0.fields.first("X-Api-Key") == "k" })
                }
            }
        }
    }

    @Test func aCommandThatCannotReadItsListChangesNoJob() async throws {
        try await withOrigin(web: LinkedSite(pageCount: 30)) { origin in
            let command = ["crawl", "-q", "-r", "--job", "j", "--max-pages", "5", origin.url("/web/0.html")]
            let mistaken = ["crawl", "-q", "-r", "--job", "j", "-i", "/nowhere"]
            var statuses: [Int32] = []
            for command in [command, mistaken, ["resume", "j", "-q"]] { statuses.append(try await larder.run(command).status) }
            #expect(statuses == [0, 3, 0])
        }
    }

    @Test func whatStandsTwiceInAListIsAskedForOnce() async throws {
        try await withOrigin { origin in
            origin.script("/", page(fields: ["Cache-Control": "no-cache", "ETag": "\"1\""]))
            let list = try larder.directory.write(String(repeating: origin.url("/") + "\n", count: 5), to: "list")
            for _ in 0..<2 {
                origin.clearLog()
                #expect(try await larder.run("crawl", "-q", "-i", list).status == 0)
                #expect(origin.requestCount == 1)
            }
        }
    }
}

import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Hosts of a job that give no answers: others do not notice, they are not hammered, and no job goes on for ever for them.
@Suite struct FailingHostTests {
    private static let pages = 5

    private func seeds(_ names: [String], _ origin: TestOrigin) -> String {
        names.map { "http://\($0).localhost:\(origin.port)/web/0.html\n" }.joined()
    }

    /// What `larder jobs` says of the only job.
    private func job(_ larder: Larder) async throws -> JSONValue {
        try JSONValue.lines(try await larder.run("jobs", "--json")).first ?? .missing
    }

    @Test func manyHostsGoOnBesideOneThatStallsAndOneThatRefuses() async throws {
        let larder = try Larder()
        try await withOrigin(web: LinkedSite(pageCount: Self.pages)) { origin in
            let good = (0..<200).map { "h\($0)" }
            let list = try larder.directory.write(seeds(["stalls"] + good + ["refuses"], origin), to: "list")
            origin.script(host: "stalls.localhost", .silence(.stall))
            origin.script(host: "refuses.localhost", .tooManyRequests(retryAfter: 7200))
            let result = try await larder.run(
                "crawl", "--json", "-r", "-l", "0", "--job", "j", "--timeout", "2s", "--retry", "1", "-i", list)
            let report = try CrawlReport(result)
            let whole = Set(
                good.flatMap { name in (0..<Self.pages).map { "http://\(name).localhost:\(origin.port)\(LinkedSite.target($0))" } })
            let answered = report.results.filter { $0["status"] == 200 }.compactMap { $0["url"].string }
            #expect(Set(answered) == whole && answered.count == whole.count)
            // robots.txt, twice, and nothing that it might forbid; a host that wants rest is asked once.
            #expect(origin.count(host: "stalls.localhost") == 2)
            #expect(origin.count(host: "refuses.localhost") == 1)
            for name in good { #expect(origin.count(host: "\(name).localhost") == Self.pages + 1) }
            // Both are told by their seeds, and are still to do.
            let told = report.results.filter { !$0["error"]["code"].isMissing && $0["status"].integer == nil }.compactMap {
                $0["url"].string
            }
            #expect(told.count == 2 && told.allSatisfy { $0.contains("stalls") || $0.contains("refuses") })
            #expect(result.errors.contains("stalls.localhost") && result.errors.contains("refuses.localhost"))
            #expect(report.status == 23 && result.errors.contains("larder resume j"))
            let left = try await job(larder)
            #expect(left["state"] == "open" && left["delayed"] == 2)
            // Going on costs the one a single request, without retries, and the other none before its time has come.
            origin.clearLog()
            #expect(try await larder.run("resume", "j", "-q").status == 4)
            #expect(origin.count(host: "stalls.localhost") == 1 && origin.requestCount == 1)
        }
    }

    @Test func aHostThatGivesNoAnswersAnyMoreIsPutAsideAndGoneOnWith() async throws {
        let larder = try Larder()
        let count = 60
        try await withOrigin(web: LinkedSite(pageCount: 3)) { origin in
            let flaky = "http://flaky.localhost:\(origin.port)"
            let links = (0..<count).map { "<a href=\"\(flaky)/page/\($0)\"></a>" }.joined()
            origin.script("/start", .text(links + "<a href=/web/0.html></a>", fields: ["Content-Type": "text/html"]))
            origin.script("/robots.txt", .text("", fields: ["Content-Type": "text/plain", "Cache-Control": "max-age=600"]))
            for number in 0..<count { origin.script("/page/\(number)", .silence(.close)) }
            let command = [
                "crawl", "--json", "-r", "-l", "0", "--span-hosts", "--job", "j", "--retry", "0", origin.url("/start"),
            ]
            let first = try CrawlReport(try await larder.run(command))
            // What is under way at a time, and not one by one.
            let asked = origin.count(host: "flaky.localhost")
            #expect(asked >= 3 && asked <= 2 + 4 + 4, "\(asked)")
            #expect(first.results.filter { $0["status"] == 200 }.count == 4)
            #expect(first.status == 23)
            #expect(first.errors.contains("flaky.localhost:\(origin.port) is left alone until"))

            // It is tried once before anything else is asked of it, and then all of it is fetched.
            for number in 0..<count { origin.script("/page/\(number)", .text("page \(number)")) }
            let second = try CrawlReport(try await larder.run("resume", "j", "--json"))
            #expect(second.results.allSatisfy { $0["status"] == 200 })
            #expect(second.status == 0)
            let lines = try JSONValue.lines(try await larder.run("log", "j", "--only", "all", "--json"))
            // Those that failed before the host was put aside, too.
            #expect(lines.count == count + 4 && lines.allSatisfy { $0["class"] == "new" })
        }
    }

    @Test func aDeadHostIsGivenUpAfterSomeRounds() async throws {
        let larder = try Larder()
        let count = 40
        try await withOrigin { origin in
            let dead = "http://dead.localhost:\(origin.port)"
            origin.script("/robots.txt", .text("", fields: ["Content-Type": "text/plain", "Cache-Control": "max-age=600"]))
            for number in 0..<count { origin.script("/\(number)", .silence(.reset)) }
            let list = try larder.directory.write((0..<count).map { "\(dead)/\($0)\n" }.joined(), to: "list")
            var requests: [Int] = []
            repeat {
                origin.clearLog()
                let report = try CrawlReport(try await larder.run("crawl", "--json", "--job", "j", "--retry", "0", "-i", list))
                // Nothing at all was fetched: that is a failure of the network, and not a job that goes well.
                #expect(report.status == 4 && report.outcomes["miss"] == nil)
                requests.append(origin.requests.count { $0.target != "/robots.txt" })
            } while try await job(larder)["state"] != "done" && requests.count < 8
            // Three times it is put aside, then it is given up.
            #expect(requests.count == 4, "\(requests)")
            #expect((3...10).contains(requests[0]) && requests.dropFirst().allSatisfy { $0 == 1 }, "\(requests)")
            let lines = try JSONValue.lines(try await larder.run("log", "j", "--only", "broken", "--json"))
            #expect(lines.count == count && lines.allSatisfy { $0["error"] == "connection_reset" })
        }
    }

    @Test func aDeadSeedEndsAtOnceAndSaysWhy() async throws {
        let larder = try Larder()
        let result = try await larder.run("crawl", "--json", "-r", "--job", "j", "--retry", "0", refusingURL)
        let report = try CrawlReport(result)
        #expect(report.status == 4)
        #expect(report[refusingURL]["error"]["code"] == "connection_refused")
        #expect(result.errors.contains("robots.txt could not be fetched") && result.errors.contains("larder resume j"))
        // Without robots.txt it is the network's failure, and the job is done.
        let plain = try CrawlReport(
            try await larder.run("crawl", "--json", "-r", "--job", "k", "--no-robots", "--retry", "0", refusingURL))
        #expect(plain.status == 4 && plain[refusingURL]["error"]["code"] == "connection_refused")
    }

    @Test func aRobotsFileThatCannotBeHadIsAskedForAgain() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/robots.txt", ScriptedResponse(status: 503))
            origin.script("/", .text("<a href=a></a>", fields: ["Content-Type": "text/html"]))
            origin.script("/a", .text("a"))
            let command = ["crawl", "--json", "-r", "--job", "j", "--retry", "0", origin.url("/")]
            for _ in 0..<2 {
                let status = try await larder.run(command).status
                #expect(status == 23)
            }
            #expect(origin.requests.allSatisfy { $0.target == "/robots.txt" } && origin.requestCount == 2)
            origin.script("/robots.txt", .text("", fields: ["Content-Type": "text/plain"]))
            let status = try await larder.run(command).status
            #expect(status == 0)
            #expect(origin.count(target: "/a") == 1)
        }
    }

    @Test func aRobotsFileThatCanNeverBeHadRefusesInTheEnd() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/robots.txt", ScriptedResponse(status: 503))
            let command = ["crawl", "--json", "-r", "--job", "j", "--retry", "0", origin.url("/")]
            var statuses: [Int32] = []
            repeat {
                statuses.append(try await larder.run(command).status)
            } while try await job(larder)["state"] != "done" && statuses.count < 8
            #expect(statuses == [23, 23, 23, 22])
            let lines = try JSONValue.lines(try await larder.run("log", "j", "--only", "refused", "--json"))
            #expect(lines.count == 1 && lines.first?["error"] == "robots")
        }
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Jobs that are cut off or hindered lose nothing and come to their end.
@Suite struct JobRecoveryTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func page(_ links: String..., fields: FieldSection = ["Cache-Control": "max-age=3600"], delay: Duration = .zero)
        -> ScriptedResponse
    {
        var fields = fields
        fields.append("Content-Type", "text/html")
        return ScriptedResponse(
            fields: fields, body: .bytes(Array(links.map { "<a href=\"\($0)\">link</a>" }.joined().utf8)), delay: delay)
    }

    private func urls(_ report: CrawlReport) -> [String] { report.results.compactMap { $0["url"].string } }

    @Test func maxPagesCountsEachRun() async throws {
        try await withOrigin(web: LinkedSite(pageCount: 50)) { origin in
            let command = ["crawl", "--json", "-r", "-l", "0", "--job", "j", "--max-pages", "20", origin.url("/web/0.html")]
            var all: [String] = []
            for count in [20, 20, 10] {
                let report = try CrawlReport(try await larder.run(command))
                #expect(report.status == 0 && report.results.count == count)
                all += urls(report)
            }
            #expect(Set(all).count == 50)
        }
    }

    @Test func anotherCommandOnAnOpenJobIsToldSo() async throws {
        try await withOrigin(web: LinkedSite(pageCount: 50)) { origin in
            let command = ["crawl", "-r", "-l", "0", "--job", "j", "--max-pages", "5", origin.url("/web/0.html")]
            for _ in 0..<2 {
                let result = try await larder.run(command)
                #expect(!result.errors.contains("other commands"))
            }
            let other = try await larder.run(command + ["--no-parent"])
            #expect(other.errors.contains("other commands have worked on this job"))
        }
    }

    @Test func aJobWithNothingToDoIsDone() async throws {
        let list = try larder.directory.write("", to: "empty")
        for number in 0..<5 {
            let result = try await larder.run("crawl", "-r", "--job", "e\(number)", "-i", list)
            #expect(result.status == 0 && result.text.contains("round 1: done"))
        }
    }

    @Test func aKilledRunWithMaxPagesGoesOn() async throws {
        try await withOrigin { origin in
            origin.script("/", page("/a", "/b"))
            for target in ["/a", "/b"] { origin.script(target, .silence(.stall)) }
            let command = ["crawl", "--json", "-r", "--job", "j", "--max-pages", "3", origin.url("/")]
            let program = try larder.start(command)
            try await program.waitForOutput { _ in origin.count(target: "/a") == 1 && origin.count(target: "/b") == 1 }
            program.signal(SIGKILL)
            _ = await program.wait()
            for target in ["/a", "/b"] { origin.script(target, page()) }
            let report = try CrawlReport(try await larder.run(command))
            #expect(report.status == 0 && Set(urls(report)).isSuperset(of: [origin.url("/a"), origin.url("/b")]))
        }
    }

    @Test func whatTheCacheCouldNotTakeIsStillToDo() async throws {
        try await withOrigin(web: LinkedSite(pageCount: 30)) { origin in
            #expect(try await larder.run("config", "set", "reserve", "900T").status == 0)
            let command = ["crawl", "--json", "-r", "-l", "0", "--job", "j", origin.url("/web/0.html")]
            #expect(try await larder.run(command).status == 25)
            let job = try JSONValue.lines(try await larder.run("jobs", "--json")).first
            #expect(job?["state"] == "open" && job?["queued"] == 1)
            #expect(try await larder.run("config", "set", "reserve", "0").status == 0)
            let report = try CrawlReport(try await larder.run("resume", "j", "--json"))
            #expect(report.status == 0 && report.results.count == 30)
        }
    }

    @Test func processesLearnOfASeedsRedirectFromEachOther() async throws {
        try await withOrigin { other in
            let count = 60
            for number in 0..<count {
                let links = [2 * number + 1, 2 * number + 2].filter { $0 < count }.map { other.url("/\($0)") }
                let body = links.map { "<a href=\"\($0)\">link</a>" }.joined()
                other.script(
                    "/\(number)",
                    ScriptedResponse(
                        fields: ["Content-Type": "text/html", "Cache-Control": "max-age=3600"], body: .bytes(Array(body.utf8)),
                        delay: .milliseconds(20)))
            }
            try await withOrigin { origin in
                // Late, so that both have begun before anybody knows.
                origin.script(
                    "/", ScriptedResponse(status: 301, fields: ["Location": other.url("/0")], delay: .milliseconds(1500)))
                let command = ["crawl", "--json", "-r", "-l", "0", "--job", "j", "-j", "2", origin.url("/")]
                let programs = try (0..<3).map { _ in try larder.start(command) }
                var counts: [Int] = []
                for program in programs { counts.append(try CrawlReport(await program.wait()).results.count) }
                #expect(counts.reduce(0, +) == count + 1, "\(counts)")
            }
        }
    }

    @Test func theHopsOfASeedsRedirectDoNotBelongToTheScope() async throws {
        try await withOrigin { consent in
            try await withOrigin { home in
                home.script("/", page(consent.url("/more"), "/next"))
                home.script("/next", page())
                consent.script("/ask", ScriptedResponse(status: 302, fields: ["Location": home.url("/")]))
                consent.script("/more", page())
                try await withOrigin { origin in
                    origin.script("/", ScriptedResponse(status: 302, fields: ["Location": consent.url("/ask")]))
                    for options in [["--max-pages", "2"], []] {
                        // Also where a second run learns of it from the first.
                        let result = try await larder.run(["crawl", "-q", "-r", "--job", "j", origin.url("/")] + options)
                        #expect(result.status == 0)
                    }
                    #expect(home.count(target: "/next") == 1 && consent.count(target: "/ask") == 1)
                    #expect(consent.count(target: "/more") == 0)
                }
            }
        }
    }

    @Test func aPageThatMayNotBeStoredIsSeenToChange() async throws {
        try await withOrigin { origin in
            origin.script("/", page("/same", "/other", fields: ["Cache-Control": "no-store"]))
            for target in ["/same", "/other"] { origin.script(target, page(fields: ["Cache-Control": "no-store"])) }
            let command = ["crawl", "-q", "-r", "--job", "j", origin.url("/")]
            #expect(try await larder.run(command).status == 0)
            origin.script("/other", page("/same", fields: ["Cache-Control": "no-store"]))
            #expect(try await larder.run(command).status == 0)
            let lines = try JSONValue.lines(try await larder.run("log", "j", "--only", "all", "--json"))
            let classes = lines.map { "\($0["url"].string ?? "") \($0["class"].string ?? "")" }
            #expect(
                Set(classes) == [
                    origin.url("/") + " unchanged", origin.url("/same") + " unchanged", origin.url("/other") + " changed",
                ])
        }
    }

    @Test func aRequisiteIsTakenThoughALinkToItIsNot() async throws {
        try await withOrigin { origin in
            let html = "<a href=/i.png>large</a><img src=/i.png><a rel=nofollow href=/b>b</a><a href=/b>b</a>"
            origin.script("/", .text("<a href=/p>p</a>", fields: ["Content-Type": "text/html"]))
            origin.script("/p", .text(html, fields: ["Content-Type": "text/html"]))
            for target in ["/i.png", "/b"] { origin.script(target, .text("x", fields: ["Content-Type": "image/png"])) }
            _ = try await larder.run("crawl", "-q", "-r", "-l", "1", "-p", origin.url("/"))
            #expect(origin.count(target: "/i.png") == 1 && origin.count(target: "/b") == 0)
            _ = try await larder.run("crawl", "-q", "-r", "-l", "2", origin.url("/"))
            #expect(origin.count(target: "/b") == 1)
        }
    }

    @Test func aSignalEndsTheReadingOfSeeds() async throws {
        let pipe = larder.directory.file("pipe")
        #expect(try await Program.run("mkfifo", [pipe]).status == 0)
        let program = try larder.start("crawl", "--job", "j", "-i", pipe)
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        // Nobody writes into the pipe; it is open for reading once it can be opened for writing.
        while ContinuousClock.now < end {
            let descriptor = open(pipe, O_WRONLY | O_NONBLOCK)
            if descriptor >= 0 {
                program.signal(SIGINT)
                #expect(await program.wait().status == 23)
                close(descriptor)
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        program.signal(SIGKILL)
        Issue.record("the pipe was never opened")
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Jobs: they go on after a kill, are shared, and tell what has changed.
///
/// `LARDER_TEST_ROUNDS` sets how many kills are tried.
@Suite struct JobTests {
    private static var rounds: Int {
        ProcessInfo.processInfo.environment["LARDER_TEST_ROUNDS"].flatMap { Int($0) } ?? 4
    }

    /// URLs of whole lines of a crawl's output: the last line may be cut.
    private static func finished(_ text: String) -> [String] {
        let whole = text.prefix(upTo: text.lastIndex(of: "\n") ?? text.startIndex)
        return ((try? JSONValue.lines(String(whole))) ?? []).filter { $0["type"].isMissing }.compactMap { $0["url"].string }
    }

    @Test func aKilledJobGoesOnWhereItWas() async throws {
        for round in 0..<Self.rounds {
            let pages = 1200
            let larder = try Larder()
            try await withOrigin(web: LinkedSite(pageCount: pages, seed: UInt64(round))) { origin in
                let command = ["crawl", "--json", "-r", "-l", "0", "--job", "web", origin.url("/web/0.html")]
                var reported: Set<String> = []
                for _ in 0..<2 {
                    let program = try larder.start(command)
                    let enough = Int.random(in: 1...pages / 3)
                    try await program.waitForOutput(seconds: 120) { text in
                        text.utf8.lazy.filter { $0 == UInt8(ascii: "\n") }.count >= enough
                    }
                    program.signal(SIGKILL)
                    let told = Self.finished(await program.wait().text)
                    // The telling lags behind: the first run may have finished all, and the second have nothing to tell.
                    #expect(reported.isDisjoint(with: told), "nothing is finished twice")
                    reported.formUnion(told)
                }
                #expect(!reported.isEmpty)
                let asked = Set(origin.requests.map { origin.url($0.target) })
                let all = Set((0..<pages).map { origin.url(LinkedSite.target($0)) })
                // On a slow machine the kill may come when nothing is left to be asked for: the job has come to its end then, and what
                // goes on is its next round.
                if all.isSubset(of: asked) { return }
                origin.clearLog()
                let report = try CrawlReport(try await larder.run("resume", "web", "--json"))
                #expect(report.status == 0)
                let again = Set(origin.requests.map { origin.url($0.target) })
                #expect(again.isDisjoint(with: reported), "what was finished is not asked for again")
                #expect(all.isSubset(of: asked.union(again)), "nothing is missed")
                let finished = try JSONValue.lines(try await larder.run("log", "web", "--only", "all", "--json"))
                #expect(Set(finished.compactMap { $0["url"].string }) == all && finished.count == pages)
                // What had come into the cache and was not finished when the kill came is not asked for again either.
                #expect(origin.requests.allSatisfy { !$0.fields.contains("If-None-Match") })
            }
        }
    }

    @Test func processesShareAJob() async throws {
        let larder = try Larder()
        let pages = 3000
        try await withOrigin(web: LinkedSite(pageCount: pages)) { origin in
            let command = ["crawl", "--json", "-r", "-l", "0", "--job", "shared", origin.url("/web/0.html")]
            let programs = try (0..<3).map { _ in try larder.start(command) }
            var counts: [Int] = []
            for program in programs {
                let report = try CrawlReport(await program.wait())
                #expect(report.status == 0)
                counts.append(report.results.count)
            }
            #expect(counts.reduce(0, +) == pages, "\(counts)")
            let asked = origin.requests.map(\.target).filter { $0 != "/robots.txt" }
            #expect(asked.count == pages && Set(asked).count == pages)
        }
    }

    @Test func aRefreshTellsWhatHasChanged() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            func page(_ text: String, tag: String) -> ScriptedResponse {
                .text(text, fields: ["Content-Type": "text/html", "Cache-Control": "max-age=3600", "ETag": tag])
            }
            origin.script("/", page("<a href=a></a><a href=b></a><a href=c></a><a href=gone></a>", tag: "\"1\""))
            for name in ["a", "b", "c", "gone", "new"] { origin.script("/" + name, page(name, tag: "\"\(name)\"")) }
            let command = ["crawl", "-q", "-r", "--job", "docs", origin.url("/")]
            #expect(try await larder.run(command).status == 0)

            origin.script("/", page("<a href=a></a><a href=b></a><a href=gone></a><a href=new></a>", tag: "\"2\""))
            origin.script("/a", page("other", tag: "\"a2\""))
            origin.script("/gone", .text("no", status: 404))
            #expect(try await larder.run(command + ["--refresh"]).status == 8)
            let lines = try JSONValue.lines(try await larder.run("log", "docs", "--json"))
            let classes = Dictionary(lines.map { ($0["url"].string ?? "", $0["class"].string ?? "") }) { $1 }
            #expect(
                classes == [
                    origin.url("/"): "changed", origin.url("/a"): "changed", origin.url("/gone"): "gone", origin.url("/new"): "new",
                    origin.url("/c"): "missing",
                ])
            let gone = lines.first { $0["class"] == "gone" }
            #expect(gone?["found_on"].string == origin.url("/"))
            #expect(gone?["previous_status"] == 200)
        }
    }

    @Test func jobsAreListedResumedAndRemoved() async throws {
        let larder = try Larder()
        try await withOrigin(web: LinkedSite(pageCount: 50)) { origin in
            let stopped = try CrawlReport(
                try await larder.run("crawl", "--json", "-r", "-l", "0", "--max-pages", "10", origin.url("/web/0.html")))
            #expect(stopped.results.count == 10)
            let listed = try JSONValue.lines(try await larder.run("jobs", "--json"))
            #expect(listed.count == 1 && listed[0]["state"] == "open")
            let name = try #require(listed[0]["job"].string)
            #expect(name.hasPrefix("127.0.0.1-"))
            #expect(try await larder.run("jobs", "rm", name).status == 0)
            #expect(try await larder.run("jobs", "--json").text.isEmpty)
            #expect(try await larder.run("resume", name).status == 3)
        }
    }

    @Test func aHostThatWantsToBeLeftAloneLeavesTheJobOpen() async throws {
        let larder = try Larder()
        try await withOrigin { origin in
            origin.script("/", .text("<a href=a></a><a href=b></a>", fields: ["Content-Type": "text/html"]))
            for name in ["/a", "/b"] { origin.script(name, ScriptedResponse(status: 429, fields: ["Retry-After": "7200"])) }
            let result = try await larder.run("crawl", "--json", "-r", "--job", "j", "-j", "1", origin.url("/"))
            #expect(result.status == 23)
            #expect(result.errors.contains("larder resume j") && result.errors.contains("is left alone until"))
            #expect(origin.requests.count { $0.target == "/a" || $0.target == "/b" } == 1)
            let job = try JSONValue.lines(try await larder.run("jobs", "--json")).first
            #expect(job?["state"] == "open" && job?["delayed"] == 2)
        }
    }

    @Test func credentialsAreNotWrittenDown() async throws {
        let larder = try Larder()
        try await withOrigin(web: LinkedSite(pageCount: 5)) { origin in
            let url = origin.url("/web/0.html").replacingOccurrences(of: "http://", with: "http://user:pa55word@")
            _ = try await larder.run("crawl", "-q", "-r", "--job", "j", "-H", "Authorization: Basic c2VjcmV0", url)
            let files = try FileManager.default.subpathsOfDirectory(atPath: larder.cache)
            #expect(files.contains("jobs/j.db"))
            for file in files {
                let content = (try? Data(contentsOf: URL(fileURLWithPath: larder.cache + "/" + file))) ?? Data()
                #expect(
                    content.range(of: Data("pa55word".utf8)) == nil && content.range(of: Data("c2VjcmV0".utf8)) == nil, "\(file)")
            }
        }
    }
}

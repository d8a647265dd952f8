import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder resume` goes on with the very job, in its cache, with what its command said.
@Suite struct ResumeTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    /// Runs the program in a directory, which is made where it is missing.
    private func run(in directory: String, _ arguments: String...) async throws -> Program.Result {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return try await Program.run(
            "/bin/sh", ["-c", "cd \"$0\" && exec \"$@\"", directory, Larder.program] + arguments,
            environment: ["LARDER_CACHE": larder.cache])
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func aRelativeCacheCountsFromWhereTheUserIs() async throws {
        let root = larder.directory.path
        try await withOrigin(web: LinkedSite(pageCount: 20)) { origin in
            let made = try await run(
                in: root + "/desk", "crawl", "-q", "-r", "-l", "0", "--job", "web", "--cache", "../own", origin.url("/web/0.html"))
            #expect(made.status == 0)
            let report = try CrawlReport(try await run(in: root, "resume", "web", "--cache", "./own", "--json"))
            #expect(report.status == 0 && report.outcomes == ["revalidated": 20])
            #expect(exists(root + "/own/jobs/web.db"))
            #expect(!exists(root + "/desk/own") && !exists(larder.cache))
        }
    }

    @Test func theCacheOfResumeCountsAndNotThatOfTheCommand() async throws {
        let root = larder.directory.path
        try await withOrigin(web: LinkedSite(pageCount: 20)) { origin in
            let command = ["crawl", "-q", "-r", "-l", "0", "--job=web", "--cache", root + "/old", origin.url("/web/0.html")]
            #expect(try await larder.run(command).status == 0)
            try FileManager.default.moveItem(atPath: root + "/old", toPath: root + "/new")
            let report = try CrawlReport(try await larder.run("resume", "web", "--cache", root + "/new", "--json"))
            #expect(report.outcomes == ["revalidated": 20])
            #expect(!exists(root + "/old"))
        }
    }

    @Test func aCommandThatEndsItsOptionsIsGoneOnWith() async throws {
        try await withOrigin(web: LinkedSite(pageCount: 20)) { origin in
            let made = try await larder.run("crawl", "-q", "-r", "-l", "0", "--", origin.url("/web/0.html"))
            #expect(made.status == 0)
            let name = try #require(try JSONValue.lines(try await larder.run("jobs", "--json")).first?["job"].string)
            let report = try CrawlReport(try await larder.run("resume", name, "--json"))
            #expect(report.status == 0 && report.outcomes == ["revalidated": 20])
            let jobs = try JSONValue.lines(try await larder.run("jobs", "--json"))
            #expect(jobs.map { $0["job"].string } == [name] && jobs.first?["round"] == 2)
        }
    }

    @Test func standardInputIsNotReadAgain() async throws {
        try await withOrigin { origin in
            func page(_ links: String...) -> ScriptedResponse {
                .text(links.map { "<a href=\"\($0)\">x</a>" }.joined(), fields: ["Content-Type": "text/html"])
            }
            origin.script("/", page("x", "y"))
            origin.script("/x", page("z"))
            for name in ["/y", "/z", "/other"] { origin.script(name, page()) }
            // Each run takes one page, so that there is something to go on with.
            _ = try await larder.run(
                "crawl", "-q", "-r", "--job", "web", "--max-pages", "1", "-i", "-", input: origin.url("/") + "\n")
            for _ in 0..<3 {
                _ = try await larder.run("resume", "web", "-H", "Authorization: Basic YTpi", input: origin.url("/other") + "\n")
            }
            // The site of its seeds is known: a link that was found later is followed, and it gets what is meant for it.
            let pages = origin.requests.filter { $0.target != "/robots.txt" }
            #expect(pages.map(\.target) == ["/", "/x", "/y", "/z"])
            #expect(pages.dropFirst().allSatisfy { $0.fields.first("Authorization") == "Basic YTpi" })
            // Without its list it cannot begin anew.
            let ended = try await larder.run("resume", "web", input: origin.url("/other") + "\n")
            #expect(ended.status == 2 && ended.errors.contains("standard input"))
            #expect(try JSONValue.lines(try await larder.run("jobs", "--json")).first?["round"] == 1)
        }
    }

    // MARK: - Secrets

    @Test func aSecretIsNotWrittenDownHoweverItIsGiven() async throws {
        try await withOrigin(web: LinkedSite(pageCount: 5)) { origin in
            let url = origin.url("/web/0.html")
            let made = try await larder.run(
                "crawl", "-q", "--job", "web", "-rH", "Authorization: Bearer opensesame", "-H", "X-Api-Key: opensesame", url)
            #expect(made.status == 0)
            #expect(origin.requests.last?.fields.first("Authorization") == "Bearer opensesame")
            for file in try FileManager.default.subpathsOfDirectory(atPath: larder.cache) {
                let content = (try? Data(contentsOf: URL(fileURLWithPath: larder.cache + "/" + file))) ?? Data()
                #expect(content.range(of: Data("opensesame".utf8)) == nil, "\(file)")
            }
            origin.clearLog()
            let resumed = try await larder.run("resume", "web", "--header", "X-Api-Key: again")
            #expect(resumed.status == 0)
            #expect(resumed.errors.contains("sent without Authorization,"))
            let pages = origin.requests.filter { $0.target != "/robots.txt" }
            #expect(pages.count == 5)
            #expect(pages.allSatisfy { !$0.fields.contains("Authorization") && $0.fields.first("X-Api-Key") == "again" })
        }
    }
}

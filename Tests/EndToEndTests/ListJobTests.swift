import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// The crawl of a plain list can be gone on with too, by its command and by a name.
@Suite struct ListJobTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private var jobs: [JSONValue] {
        get async throws { try JSONValue.lines(try await larder.run("jobs", "--json")) }
    }

    /// An origin whose first page is stale at once and whose second stalls; a crawl of both is stopped with the signal when the first
    /// has been told. Then the second page answers.
    private func whileStopped(
        _ stop: Int32, body: (_ command: [String], _ urls: [String], _ stopped: Program.Result, TestOrigin) async throws -> Void
    ) async throws {
        try await withOrigin { origin in
            origin.script("/stale", .text("stale", fields: ["Cache-Control": "no-cache", "ETag": "\"1\""]))
            origin.script("/slow", .silence(.stall))
            let urls = ["/stale", "/slow"].map { origin.url($0) }
            let list = try larder.directory.write(urls.map { $0 + "\n" }.joined(), to: "list")
            let command = ["crawl", "--json", "-i", list]
            let program = try larder.start(command)
            try await program.waitForOutput { $0.contains("/stale") && origin.count(target: "/slow") == 1 }
            program.signal(stop)
            let stopped = await program.wait()
            origin.script("/slow", .text("slow at last", fields: ["Cache-Control": "no-cache", "ETag": "\"1\""]))
            try await body(command, urls, stopped, origin)
        }
    }

    @Test(arguments: [SIGINT, SIGKILL])
    func theSameCommandAsksForNothingTwice(stop: Int32) async throws {
        try await whileStopped(stop) { command, urls, _, origin in
            let report = try CrawlReport(try await larder.run(command))
            #expect(report.status == 0)
            #expect(report[urls[0]]["reason"] == "fetched_by_this_job" && report[urls[1]]["cache"] == "miss")
            #expect(origin.count(target: "/stale") == 1)
            // That crawl has come to its end: the next one is a new one.
            try await #expect(jobs.isEmpty)
            #expect(try await larder.run(command).status == 0)
            #expect(origin.count(target: "/stale") == 2)
        }
    }

    @Test func itIsListedAndResumedByItsName() async throws {
        try await whileStopped(SIGINT) { _, urls, stopped, origin in
            let name = try #require(try await jobs.first?["job"].string)
            #expect(stopped.status == 23 && stopped.errors.contains("larder resume \(name)"))
            #expect(try await jobs.map { $0["state"].string } == ["open"])
            #expect(try await larder.run("log", name).status == 2)
            let resumed = try await larder.run("resume", name, "--json")
            let report = try CrawlReport(resumed)
            #expect(report.status == 0 && report.results.count == 2)
            #expect(resumed.errors.contains("is not asked for again"))
            #expect(report[urls[0]]["reason"] == "fetched_by_this_job" && origin.count(target: "/stale") == 1)
            try await #expect(jobs.isEmpty)
            #expect(try await larder.run("resume", name).status != 0)
        }
    }

    @Test func aCrawlThatWasGivenUpIsRemoved() async throws {
        try await whileStopped(SIGKILL) { command, _, _, origin in
            let name = try #require(try await jobs.first?["job"].string)
            #expect(try await larder.run("jobs", "rm", name).status == 0)
            #expect(try await larder.run(command).status == 0)
            #expect(origin.count(target: "/stale") == 2)
        }
    }

    @Test func aListThatCannotBeReadIsNothingToGoOnWith() async throws {
        #expect(try await larder.run("crawl", "-i", larder.directory.file("nowhere")).status == 3)
        try await #expect(jobs.isEmpty)
    }

    @Test func passwordsAreNotWrittenDown() async throws {
        try await withOrigin { origin in
            origin.script("/slow", .silence(.stall))
            let url = origin.url("/slow").replacing("http://", with: "http://user:secret@")
            let program = try larder.start("crawl", url, "-H", "Authorization: Basic c2VjcmV0")
            let end = ContinuousClock.now.advanced(by: .seconds(30))
            while origin.count(target: "/slow") == 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
            program.signal(SIGKILL)
            _ = await program.wait()
            let directory = larder.cache + "/jobs/"
            let records = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".list") }
            #expect(records.count == 1)
            for record in records {
                let text = try String(contentsOfFile: directory + record, encoding: .utf8)
                #expect(text.contains("/slow") && !text.contains("secret") && !text.contains("c2VjcmV0"))
            }
        }
    }
}

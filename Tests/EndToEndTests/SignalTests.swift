import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Stopping with a signal: nothing is lost, and the same command goes on.
@Suite struct SignalTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    /// An origin whose first page answers at once and whose second stalls; the program has finished the first.
    private func whileStalled(
        _ options: String..., body: (Program, TestOrigin) async throws -> Void
    ) async throws {
        try await withOrigin { origin in
            origin.script("/quick", .text("quick", fields: ["Cache-Control": "max-age=600"]))
            origin.script("/slow", .silence(.stall))
            let list = try larder.directory.write("\(origin.url("/quick"))\n\(origin.url("/slow"))\n", to: "list")
            let program = try Program(
                Larder.program, ["crawl", "--json", "-i", list] + options, environment: ["LARDER_CACHE": larder.cache])
            try await program.waitForOutput { $0.contains("/quick") && origin.count(target: "/slow") == 1 }
            try await body(program, origin)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalStopsTheRunWhichThenGoesOn(signal: Int32) async throws {
        try await whileStalled { program, origin in
            program.signal(signal)
            // The stalled response alone would hold the run for the 30 s of --timeout, and end it with an error.
            let result = await program.wait()
            #expect(result.status == 23)
            #expect(result.errors.contains("Run the same command again to go on"))
            let report = try CrawlReport(result)
            #expect(report.summary["interrupted"] == true)
            #expect(report.summary["exit_code"] == 23)
            // What was cut off has not come to its end.
            #expect(report.results.count == 1)

            origin.script("/slow", .text("slow at last", fields: ["Cache-Control": "max-age=600"]))
            let urls = [origin.url("/quick"), origin.url("/slow")]
            let second = try await larder.crawl(urls)
            #expect(second.status == 0)
            #expect(second[urls[0]]["cache"] == "hit")
            #expect(second[urls[1]]["cache"] == "miss")
            #expect(origin.count(target: "/quick") == 1)
            try await expectClean(larder.cache)
        }
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func aSecondSignalEndsAtOnce(signal: Int32, status: Int32) async throws {
        try await whileStalled { program, origin in
            program.signal(signal)
            try await program.waitForOutput { $0.contains("stopping") }
            // The first echo of a signal counts with it, so a second one is sent until it is heard.
            // From a thread of its own: the pool's may be busy with other tests for longer than the program waits.
            Thread.detachNewThread {
                while program.isRunning {
                    program.signal(signal)
                    usleep(50_000)
                }
            }
            let result = await program.wait()
            #expect(result.status == status)
            // What was finished before is in the cache.
            #expect(try await larder.cat(origin.url("/quick")) == Array("quick".utf8))
            try await expectClean(larder.cache)
        }
    }

    @Test func aSignalTakesNoNewWork() async throws {
        try await withOrigin { origin in
            for number in 0..<200 {
                origin.script("/\(number)", ScriptedResponse(body: .bytes([1]), delay: .milliseconds(20)))
            }
            let list = try larder.directory.write((0..<200).map { origin.url("/\($0)") + "\n" }.joined(), to: "list")
            let program = try larder.start("crawl", "--json", "-i", list, "-j", "1")
            try await program.waitForOutput { $0.contains("\"url\"") }
            program.signal(SIGINT)
            let result = await program.wait()
            #expect(result.status == 23)
            let finished = try CrawlReport(result).results.count
            #expect(finished < 200)
            // Each response that came whole was finished and stored.
            #expect(origin.requestCount - finished <= 1)
            #expect(try await larder.stats()["entries"].integer == Int64(finished))
        }
    }

    @Test func getEndsWithASignalAsWell() async throws {
        try await withOrigin { origin in
            origin.script("/slow", .silence(.stall))
            let program = try larder.start("get", origin.url("/slow"))
            let end = ContinuousClock.now.advanced(by: .seconds(30))
            while origin.count(target: "/slow") == 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
            program.signal(SIGINT)
            let result = await program.wait()
            #expect(result.status == 23)
            #expect(result.errors.contains("stopped"))
        }
    }

    @Test func aReaderThatLeavesStopsTheRun() async throws {
        let site = GeneratedSite(pageCount: 400, pageBytes: 2_000)
        try await withOrigin(site: site) { origin in
            let list = try larder.directory.write(
                origin.pages(site, 400).map { $0 + "\n" }.joined(), to: "list")
            let command = "'\(Larder.program)' crawl --json --cache '\(larder.cache)' -i '\(list)'; echo \"status $?\" >&2"
            let result = try await Program.run("sh", ["-c", "{ \(command); } | head -n 1"])
            #expect(result.lines.count == 1)
            #expect(result.errors.contains("status 23"))
            try await expectClean(larder.cache)
        }
    }
}

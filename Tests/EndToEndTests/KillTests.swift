import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `kill -9` at any moment: the next run starts, finds a clean store, and fetches only what was not committed.
///
/// `LARDER_TEST_ROUNDS` sets how many kills are tried.
@Suite struct KillTests {
    private static let pageCount = 1500
    private static let earlyRounds = 2

    private static var rounds: Int {
        ProcessInfo.processInfo.environment["LARDER_TEST_ROUNDS"].flatMap { Int($0) } ?? 8
    }

    @Test func aKilledRunLosesNothingThatItReported() async throws {
        let larder = try Larder()
        let site = GeneratedSite(pageCount: Self.pageCount, pageBytes: 6_000)
        try await withOrigin(site: site) { origin in
            // Never answered, so that no run comes to its end before it is killed, however fast the machine is.
            origin.script("/never", .silence(.stall))
            // Rounds of the list: each kill meets targets that no run has finished yet.
            let rounds = Self.rounds
            let targets = Array(site.pageTargets(Self.pageCount * max(1, rounds / 4)))
            let list = try larder.directory.write(targets.map { origin.url($0) + "\n" }.joined(), to: "list")
            let endless = try larder.directory.write(
                ([origin.url("/never")] + targets.map(origin.url)).map { $0 + "\n" }.joined(), to: "endless")
            var reported: Set<String> = []
            for round in 0..<rounds {
                origin.clearLog()
                let program = try larder.start("crawl", "--json", "-i", endless, "-j", "32", "--max-per-host", "32", output: .pipes)
                let output = try await Self.killAtRandom(program, round: round, lines: targets.count)
                #expect(output.status == 137)
                let finished = Self.finishedURLs(output.text)

                try await expectStoreStillWorks(larder)
                // A full 200 for what an earlier run had reported would mean that it was lost.
                for request in origin.requests where reported.contains(origin.url(request.target)) {
                    #expect(
                        request.fields.contains("If-None-Match") || request.fields.contains("If-Modified-Since"),
                        "\(request.target)")
                }
                reported.formUnion(finished)
            }
            #expect(!reported.isEmpty || rounds <= Self.earlyRounds)

            origin.clearLog()
            let last = try await larder.run("crawl", "--json", "-i", list, "-j", "32", "--max-per-host", "32")
            let report = try CrawlReport(last)
            #expect(report.status == 0)
            #expect(report.results.count == targets.count)
            #expect(report.results.allSatisfy { ["hit", "revalidated", "miss"].contains($0["cache"].string) })
            for result in report.results where reported.contains(result["url"].string ?? "") {
                #expect(result["cache"] != "miss", "\(result["url"])")
            }
            #expect(try await larder.stats()["entries"].integer == Int64(targets.count))
            try await expectClean(larder.cache)
        }
    }

    /// Kills the program at a moment that differs from round to round: the first rounds strike early, while the database is being
    /// made; later ones under load, when some of the `lines` of its output have come.
    private static func killAtRandom(_ program: Program, round: Int, lines: Int) async throws -> Program.Result {
        if round < earlyRounds {
            try await Task.sleep(for: .milliseconds(Int.random(in: 1...60)))
        } else {
            let enough = Int.random(in: 1...(lines * 3 / 4))
            try await program.waitForOutput(seconds: 120) { text in
                text.utf8.lazy.filter { $0 == UInt8(ascii: "\n") }.count >= enough
            }
        }
        program.signal(SIGKILL)
        return await program.wait()
    }

    /// The URLs of whole lines: the last line may be cut.
    private static func finishedURLs(_ text: String) -> [String] {
        let whole = text.hasSuffix("\n") ? text[...] : text.prefix(upTo: text.lastIndex(of: "\n") ?? text.startIndex)
        let lines = (try? JSONValue.lines(String(whole))) ?? []
        return lines.filter { $0["error"] == .null }.compactMap { $0["url"].string }
    }

    private func expectStoreStillWorks(_ larder: Larder) async throws {
        // A run that was killed before it had made the database leaves none.
        guard FileManager.default.fileExists(atPath: "\(larder.cache)/cache.db") else {
            #expect(try await larder.run("ls", "--count").status == 3)
            return
        }
        try await expectClean(larder.cache)
        #expect(try await larder.run("ls", "--count").status == 0)
    }
}

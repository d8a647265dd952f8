import TestOrigin
import TestSupport
import Testing

/// As many connections as were asked for need as many descriptors.
@Suite struct DescriptorLimitTests {
    private static let count = 100

    /// Crawls pages that answer late, all at a time, under a limit of descriptors.
    private func crawl(_ larder: Larder, limit: String) async throws -> CrawlReport {
        try await withOrigin { origin in
            let targets = (0..<Self.count).map { "/\($0)" }
            for target in targets {
                var response = ScriptedResponse.text("late")
                response.delay = .milliseconds(100)
                origin.script(target, response)
            }
            let list = try larder.directory.write(targets.map { origin.url($0) + "\n" }.joined(), to: "list")
            let options = "--json --retry 0 -j \(Self.count) --max-per-host \(Self.count)"
            return try CrawlReport(
                try await Program.run(
                    "sh", ["-c", "ulimit \(limit) && exec '\(Larder.program)' crawl \(options) -i '\(list)'"],
                    environment: ["LARDER_CACHE": larder.cache]))
        }
    }

    @Test func theSoftLimitIsRaised() async throws {
        let report = try await crawl(try Larder(), limit: "-S -n 64")
        #expect(report.status == 0, "\(report.errors)")
        #expect(report.outcomes == ["miss": Self.count])
    }

    @Test func theHardLimitBoundsTheJobsAndLosesNothing() async throws {
        let report = try await crawl(try Larder(), limit: "-n 64")
        #expect(report.status == 0, "\(report.errors)")
        #expect(report.outcomes == ["miss": Self.count])
        #expect(report.errors.contains("fetching 12 at once, not 100") && report.errors.contains("ulimit -n"))
    }
}

import Foundation
import TestSupport
import Testing

/// The program `larder-test-origin`, as the demonstration uses it.
@Suite struct TestOriginCommandTests {
    private static let program = Program.built("larder-test-origin")

    @Test func itsPagesAreCrawledTwice() async throws {
        let larder = try Larder()
        let origin = try Program(Self.program, ["--pages", "60", "--port-file", larder.directory.file("port")])
        try await origin.waitForOutput { $0.hasSuffix("/\n") }
        let base = origin.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(base == "http://127.0.0.1:\(String(decoding: try larder.directory.read("port").dropLast(), as: UTF8.self))/")
        let urls = try await Program.run(Self.program, ["--pages", "60", "--list", "60", "--base", base]).lines
        #expect(Set(urls).count == 60)

        #expect(try await larder.crawl(urls).outcomes == ["miss": 60])
        let second = try await larder.crawl(urls)
        #expect(second.results.allSatisfy { ["hit", "revalidated"].contains($0["cache"].string) })
        #expect(second.summary["network_bytes"] == 0)

        origin.signal(SIGTERM)
        let result = await origin.wait()
        #expect(result.status == 0)
        #expect(result.errors.contains("200: 60") && result.errors.contains("304: "))
    }
}

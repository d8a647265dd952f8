import Foundation
import TestSupport
import Testing

/// Memory does not grow with the size of a body or the length of a list.
///
/// `LARDER_TEST_LARGE=1` makes the body 2 GiB and the list 1,000,000 lines, which takes several minutes and 6 GiB of disk.
@Suite struct MemoryTests {
    private static let bound: Int64 = 150 << 20
    private static let isLarge = ProcessInfo.processInfo.environment["LARDER_TEST_LARGE"] == "1"
    private static let bodyBytes = isLarge ? 2 << 30 : 256 << 20
    private static let lineCount = isLarge ? 1_000_000 : 20_000

    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test(arguments: ["head -c SIZE /dev/urandom", "yes 'a line that repeats itself' | head -c SIZE"])
    func aLargeBodyPassesInBoundedMemory(generator: String) async throws {
        let server = try await Nginx.start("")
        let file = server.directory.file("large.bin")
        let command = generator.replacingOccurrences(of: "SIZE", with: "\(Self.bodyBytes)")
        let made = try await Program.run("sh", ["-c", "\(command) > \(file) && sha256sum < \(file)"])
        #expect(made.status == 0)

        let url = "\(server.baseURL)/large.bin"
        let crawl = try await larder.run("crawl", "--json", url, measuresMemory: true)
        #expect(crawl.status == 0)
        #expect(try CrawlReport(crawl)[url]["body_bytes"].integer == Int64(Self.bodyBytes))
        expectBounded(crawl)

        let output = larder.directory.file("output")
        let cat = try await larder.run("cat", url, output: .file(output), measuresMemory: true)
        #expect(cat.status == 0)
        expectBounded(cat)
        let read = try await Program.run("sh", ["-c", "sha256sum < \(output)"])
        #expect(read.text == made.text)
        await server.stop()
    }

    @Test func aLongListPassesInBoundedMemory() async throws {
        let server = try await Nginx.start("location /pages/ { return 200 'the page $uri'; add_header Cache-Control max-age=600; }")
        let list = larder.directory.file("list")
        let made = try await Program.run(
            "sh", ["-c", "seq 1 \(Self.lineCount) | sed 's#^#\(server.baseURL)/pages/some/path/of/a/page/#' > \(list)"])
        #expect(made.status == 0)
        let result = try await larder.run(
            "crawl", "-q", "-i", list, "-j", "32", "--max-per-host", "32", measuresMemory: true)
        #expect(result.status == 0, "\(result.errors)")
        expectBounded(result)
        #expect(try await larder.stats()["entries"].integer == Int64(Self.lineCount))

        // Once more, from the cache alone.
        let second = try await larder.run("crawl", "-q", "--offline", "-i", list, measuresMemory: true)
        #expect(second.status == 0, "\(second.errors)")
        expectBounded(second)
        await server.stop()
    }

    private func expectBounded(_ result: Program.Result, sourceLocation: SourceLocation = #_sourceLocation) {
        let peak = result.peakMemoryBytes ?? .max
        #expect(peak > 1 << 20 && peak < Self.bound, "\(peak >> 20) MiB", sourceLocation: sourceLocation)
    }
}

import Foundation
import TestSupport
import Testing

/// Memory does not grow with the size of a body or the length of a list.
@Suite struct MemoryTests {
    private static let bound: Int64 = 150 << 20
    private static let bodyBytes = 256 << 20

    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test(arguments: ["head -c 268435456 /dev/urandom", "yes 'a line that repeats itself' | head -c 268435456"])
    func aLargeBodyPassesInBoundedMemory(generator: String) async throws {
        let server = try await Nginx.start("")
        let file = server.directory.file("large.bin")
        let made = try await Program.run("sh", ["-c", "\(generator) > \(file) && sha256sum < \(file)"])
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
        let list = larder.directory.file("list")
        let made = try await Program.run(
            "sh", ["-c", "seq 1 100000 | sed 's#^#http://host.invalid/some/path/of/a/page/#' > \(list)"])
        #expect(made.status == 0)
        let result = try await larder.run("crawl", "-q", "--offline", "-i", list, measuresMemory: true)
        #expect(result.status == 20)
        expectBounded(result)
    }

    private func expectBounded(_ result: Program.Result, sourceLocation: SourceLocation = #_sourceLocation) {
        let peak = result.peakMemoryBytes ?? .max
        #expect(peak > 1 << 20 && peak < Self.bound, "\(peak >> 20) MiB", sourceLocation: sourceLocation)
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// A size limit that is set once and kept by whoever writes; and a disk that several processes fill.
@Suite(.timeLimit(.minutes(5))) struct SizeLimitTests {
    private static let fresh: FieldSection = ["Content-Type": "image/png", "Cache-Control": "max-age=86400"]

    /// Bodies that do not compress, no two alike.
    private static func script(_ origin: TestOrigin, _ name: String, _ sizes: [Int]) -> [String] {
        for (number, size) in sizes.enumerated() {
            let body = Array("\(name) \(number) ".utf8) + GeneratedBody.bytes(from: Int64(number) * 601, count: size)
            origin.script("/\(name)/\(number)", ScriptedResponse(fields: fresh, body: .bytes(body)))
        }
        return sizes.indices.map { origin.url("/\(name)/\($0)") }
    }

    /// Samples the directory until it is told to stop; gives the largest size.
    private final class SizeWatch: Sendable {
        private let task: Task<Int64, Never>

        init(_ larder: Larder) {
            task = Task.detached {
                var largest: Int64 = 0
                while true {
                    largest = max(largest, larder.diskBytes)
                    if Task.isCancelled { return largest }
                    try? await Task.sleep(for: .milliseconds(20))
                }
            }
        }

        func stop() async -> Int64 {
            task.cancel()
            return await task.value
        }
    }

    @Test func severalCrawlsKeepTheLimitAndWhatIsReadOften() async throws {
        let larder = try Larder()
        let limit: Int64 = 16_000_000
        try await withOrigin { origin in
            var random = SplitMix64(seed: 9)
            let often = Self.script(origin, "often", Array(repeating: 20_000, count: 20))
            let lists = (0..<3).map { part in
                Self.script(origin, "\(part)", (0..<75).map { _ in Int.random(in: 10_000...300_000, using: &random) })
            }
            #expect(try await larder.run("config", "set", "max-size", "\(limit)").status == 0)
            #expect(try await larder.crawl(often).outcomes == ["miss": 20])
            let watch = SizeWatch(larder)
            // Three processes at once push 35 MB through, two or three of them between any two readings by another process.
            for start in stride(from: 0, to: 75, by: 5) {
                for report in try await larder.crawlTogether(lists.map { Array($0[start..<start + 5]) }) {
                    #expect(report.status == 0 && report.errors == "")
                    #expect(report.outcomes == ["miss": 5])
                }
                let read = try await larder.crawl(often)
                #expect(read.status == 0 && read.errors == "")
                #expect((read.outcomes["hit"] ?? 0) >= 19, "\(start): \(read.outcomes)")
            }
            let largest = await watch.stop()
            #expect(largest <= limit * 3 / 2, "\(largest)")
            // It is used: a limit kept by storing nothing would be none.
            let entries = try await larder.stats()["entries"].integer ?? 0
            #expect(entries > 30 && entries < 245, "\(entries)")
            try await expectClean(larder.cache)
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs root, to mount a small tmpfs"))
    func aDiskThatSeveralCrawlsFillStopsThemAllAndDamagesNothing() async throws {
        let disk = try await SmallDisk(mebibytes: 24)
        let larder = try Larder().with(cache: "\(disk.path)/cache")
        try await withOrigin { origin in
            let lists = (0..<3).map { Self.script(origin, "\($0)", Array(repeating: 200_000, count: 80)) }
            let reports = try await larder.crawlTogether(lists)
            var stored: [String] = []
            for report in reports {
                #expect(report.status == 25, "\(report.errors)")
                #expect(!report.errors.contains("database"), "\(report.errors)")
                stored += report.results.filter { $0["cache"] == "miss" }.compactMap { $0["url"].string }
            }
            #expect(stored.count > 10)
            try await expectClean(larder.cache)
            try await disk.resize(mebibytes: 256)
            origin.clearLog()
            for report in try await larder.crawlTogether(lists) {
                #expect(report.status == 0 && report.errors == "")
                #expect(report.results.count == 80)
            }
            let lost = stored.filter { url in origin.requests.contains { origin.url($0.target) == url } }
            #expect(lost.isEmpty, "\(lost)")
            #expect(try await larder.stats()["entries"] == 240)
            try await expectClean(larder.cache)
        }
        try await disk.unmount()
    }
}

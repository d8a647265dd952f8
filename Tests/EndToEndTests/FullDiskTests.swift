import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// A file system that is full: the run ends cleanly, nothing stored is lost, and with room again it goes on.
@Suite(.enabled(if: SmallDisk.isPossible, "needs root, to mount a small tmpfs"))
struct FullDiskTests {
    @Test func aFullDiskStopsTheRunWhichGoesOnWithRoomAgain() async throws {
        let disk = try await SmallDisk(mebibytes: 8)
        let larder = try Larder().with(cache: "\(disk.path)/cache")
        // Up to the last byte.
        #expect(try await larder.run("config", "set", "reserve", "0").status == 0)
        try await withOrigin { origin in
            // 20 MB that do not compress.
            for number in 0..<100 {
                let body = GeneratedBody.bytes(from: Int64(number) * 601, count: 200_000)
                origin.script(
                    "/\(number)",
                    ScriptedResponse(
                        fields: ["Content-Type": "image/png", "Cache-Control": "max-age=3600"], body: .bytes(body)))
            }
            let urls = (0..<100).map { origin.url("/\($0)") }
            let first = try await larder.crawl(urls)
            #expect(first.status == 25)
            #expect(first.errors.contains("no space left for the cache at \(larder.cache)"))
            let stored = first.results.filter { $0["cache"] == "miss" }.compactMap { $0["url"].string }
            #expect(stored.count > 5 && stored.count < 60)
            #expect(first.results.contains { $0["error"]["code"] == "cache_disk_full" })
            #expect(first.summary["exit_code"] == 25)
            #expect(first.summary["outcomes"]["miss"].integer == Int64(stored.count))
            try await expectClean(larder.cache)
            for url in stored.prefix(5) { #expect(try await larder.cat(url).count == 200_000) }

            // Still full: no worse than before.
            #expect(try await larder.crawl(urls).status == 25)
            try await expectClean(larder.cache)

            try await disk.resize(mebibytes: 128)
            origin.clearLog()
            let third = try await larder.crawl(urls)
            #expect(third.status == 0)
            for url in stored { #expect(third[url]["cache"] == "hit", "\(url)") }
            #expect(try await larder.stats()["entries"] == 100)
            try await expectClean(larder.cache)
        }
        try await disk.unmount()
    }

    @Test func getOnAFullDiskSaysSo() async throws {
        let disk = try await SmallDisk(mebibytes: 4)
        let larder = try Larder().with(cache: "\(disk.path)/cache")
        #expect(try await larder.run("config", "set", "reserve", "0").status == 0)
        try await withOrigin { origin in
            let result = try await larder.run("get", "--json", origin.url("/bytes/20000000"))
            #expect(result.status == 25)
            #expect(try JSONValue.lines(result).last?["error"]["code"] == "cache_disk_full")
            try await expectClean(larder.cache)
        }
        try await disk.unmount()
    }
}

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
        try await withOrigin { origin in
            let result = try await larder.run("get", "--json", origin.url("/bytes/20000000"))
            #expect(result.status == 25)
            #expect(try JSONValue.lines(result).last?["error"]["code"] == "cache_disk_full")
            try await expectClean(larder.cache)
        }
        try await disk.unmount()
    }
}

/// A tmpfs of a few mebibytes.
private final class SmallDisk: Sendable {
    /// Mounting needs root, and a container may forbid it even so.
    static let isPossible: Bool = {
        guard geteuid() == 0, let directory = try? TemporaryDirectory("larder-disk") else { return false }
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=1m") == 0 else { return false }
        umount2(directory.path, Int32(MNT_DETACH))
        return true
    }()

    let path: String
    private let directory: TemporaryDirectory

    init(mebibytes: Int) async throws {
        directory = try TemporaryDirectory("larder-disk")
        path = directory.path
        try await run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path)
    }

    func resize(mebibytes: Int) async throws {
        try await run("mount", "-o", "remount,size=\(mebibytes)m", path)
    }

    func unmount() async throws {
        try await run("umount", "-l", path)
    }

    deinit {
        // Where a test ended early; what is not mounted any more is none of ours.
        umount2(path, Int32(MNT_DETACH))
    }

    private func run(_ program: String, _ arguments: String...) async throws {
        let result = try await Program.run(program, arguments)
        try #require(result.status == 0, "\(program): \(result.errors)")
    }
}

import Foundation
import TestOrigin
import TestSupport
import Testing

/// The reserve of free space: below it the cache does not grow, says so, and serves what it has.
@Suite(.enabled(if: SmallDisk.isPossible, "needs root, to mount a small tmpfs"))
struct DiskReserveTests {
    @Test func belowTheReserveNothingNewIsStored() async throws {
        let disk = try await SmallDisk(mebibytes: 64)
        let larder = try Larder().with(cache: "\(disk.path)/cache")
        try await withOrigin { origin in
            #expect(try await larder.run("config", "set", "reserve", "40M").status == 0)
            let bulk = Bulk(origin, count: 100, bytes: 400_000)
            let first = try await larder.crawl(bulk.urls)
            #expect(first.status == 25)
            #expect(first.summary["exit_code"] == 25)
            #expect(first.results.contains { $0["error"]["code"] == "cache_disk_reserve" })
            #expect(first.errors.contains("reserve"))
            let stored = first.results.filter { $0["cache"] == "miss" && $0["error"] == .null }.compactMap { $0["url"].string }
            #expect(stored.count > 10 && stored.count < 70)
            #expect(try disk.freeBytes() > 30 << 20)
            try await expectClean(larder.cache)

            // What is there is served, and what is not is answered.
            let number = try #require(bulk.urls.firstIndex(of: stored[0]))
            try await expectBody(of: stored[0], in: larder, bulk.content(number))
            let hit = try await larder.run("get", stored[0])
            #expect(hit.status == 0)
            #expect(hit.bytes == bulk.content(number))
            // Room inside the database is given back, and taken by others: what is new would grow the cache.
            #expect(try await larder.run("gc").status == 0)
            let kibibytes = try disk.freeBytes() / 1024 - 512
            let filling = try await Program.run("dd", ["if=/dev/zero", "of=\(disk.path)/filler", "bs=1k", "count=\(kibibytes)"])
            try #require(filling.status == 0, "\(filling.errors)")
            let new = Bulk(origin, "new", count: 1, bytes: 200_000)
            let get = try await larder.run("get", new.url(0))
            let isWhole = get.bytes == new.content(0)
            #expect(isWhole)
            #expect(get.status == 25)
            #expect(get.errors.contains("reserve"))
            // Housekeeping goes on.
            #expect(try await larder.run("pin", stored[0]).status == 0)
            #expect(try await larder.run("gc").status == 0)
            #expect(try await larder.run("verify").status == 0)

            try await disk.resize(mebibytes: 256)
            origin.clearLog()
            let second = try await larder.crawl(bulk.urls)
            #expect(second.status == 0)
            for url in stored { #expect(second[url]["cache"] == "hit", "\(url)") }
            #expect(second.results.count == 100)
            try await expectClean(larder.cache)
        }
        try await disk.unmount()
    }

    @Test func withASizeLimitItMakesRoomInstead() async throws {
        let disk = try await SmallDisk(mebibytes: 64)
        let larder = try Larder().with(cache: "\(disk.path)/cache")
        try await withOrigin { origin in
            #expect(try await larder.run("config", "set", "reserve", "40M").status == 0)
            #expect(try await larder.run("config", "set", "max-size", "1G").status == 0)
            let report = try await larder.crawl(Bulk(origin, count: 150, bytes: 400_000).urls)
            #expect(report.status == 0)
            #expect(report.outcomes == ["miss": 150])
            #expect(try disk.freeBytes() > 30 << 20)
            try await expectClean(larder.cache)
        }
        try await disk.unmount()
    }

    @Test func aDiskThatIsFullKeepsNobodyFromReading() async throws {
        let disk = try await SmallDisk(mebibytes: 8)
        let larder = try Larder().with(cache: "\(disk.path)/cache")
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 1, bytes: 100_000)
            #expect(try await larder.crawl(bulk.urls, "--retry", "0").status == 0)
            // Long enough ago that the use would be noted, if it could be.
            let aged = try await Program.run(
                "sqlite3", ["\(larder.cache)/cache.db", "UPDATE freshness SET last_use_ms = last_use_ms - 120000"])
            try #require(aged.status == 0, "install sqlite3")
            // Room for the index of the log, which SQLite makes to read, and for nothing to write.
            let filler = try disk.freeBytes() / 4096 - 9
            _ = try await Program.run("dd", ["if=/dev/zero", "of=\(disk.path)/filler", "bs=4096", "count=\(filler)"])
            let result = try await larder.run("cat", bulk.url(0))
            #expect(result.status == 0)
            let isWhole = result.bytes == bulk.content(0)
            #expect(isWhole)
            #expect(result.errors.isEmpty)
        }
        try await disk.unmount()
    }
}

import Foundation
import TestOrigin
import TestSupport
import Testing

/// `larder gc`: what goes, what stays, and what the file system gets back.
@Suite struct CollectTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func collect(_ arguments: String...) async throws -> JSONValue {
        let result = try await larder.run(["gc", "--json"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONValue.lines(result).first ?? .missing
    }

    @Test func theLeastRecentlyUsedGoesAndTheFileShrinks() async throws {
        try await withOrigin { origin in
            let old = Bulk(origin, "old", count: 40, bytes: 250_000)
            let new = Bulk(origin, "new", count: 10, bytes: 250_000)
            _ = try await larder.crawl(old.urls)
            _ = try await larder.run("pin", old.url(7))
            _ = try await larder.crawl(new.urls)
            let before = diskBytes(larder.cache)
            try #require(before > 12_000_000)

            let forecast = try await collect("--max-size", "8M", "--dry-run")
            #expect(forecast["dry_run"] == true)
            #expect(try await larder.run("ls", "--count").text == "50\n")
            let object = try await collect("--max-size", "8M")
            let after = diskBytes(larder.cache)
            #expect(after <= 8 << 20)
            // Besides what lies there, the program's own index of the log, 32 KiB.
            let told = ["bytes_before", "bytes_after", "freed_bytes"].compactMap { object[$0].integer }
            try #require(told.count == 3)
            #expect(told[0] - before >= 0 && told[0] - before <= 65_536)
            #expect(told[1] - after >= 0 && told[1] - after <= 65_536)
            #expect(told[2] == told[0] - told[1])
            #expect(object["max_size"] == .integer(8 << 20))
            #expect(object["over_limit"] == false)
            #expect(object["pinned_entries"] == 1)
            let removed = try #require(object["removed_entries"].integer)
            #expect(removed > 15 && removed < 39)
            #expect(abs(removed - (forecast["removed_entries"].integer ?? 0)) <= 8)
            #expect(try await larder.run("ls", "--count").text == "\(50 - removed)\n")
            for url in new.urls + [old.url(7)] { #expect(try await larder.run("show", url).status == 0, "\(url)") }
            try await expectClean(larder.cache)
        }
    }

    @Test func withoutLimitsNothingThatCanBeUsedGoes() async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 40, bytes: 100_000)
            _ = try await larder.crawl(bulk.urls)
            #expect(try await larder.run("rm", "--yes", "*").status == 0)
            _ = try await larder.crawl([bulk.url(0)])
            let before = diskBytes(larder.cache)
            let object = try await collect()
            #expect(object["removed_entries"] == 0)
            #expect(object["max_size"] == .null)
            #expect(diskBytes(larder.cache) < before - 3_000_000)
            try await expectBody(of: bulk.url(0), in: larder, bulk.content(0))
            let text = try await larder.run("gc").text
            for name in ["entries removed", "bodies removed", "size before", "size after", "freed"] {
                #expect(text.contains(name), "\(name)")
            }
        }
    }

    @Test func whatNobodyUsesForLongEnoughGoes() async throws {
        try await withOrigin { origin in
            let old = Bulk(origin, "old", count: 3, bytes: 5_000)
            _ = try await larder.crawl(old.urls)
            // Ten days ago, as the database tells it.
            let aged = try await Program.run(
                "sqlite3", ["\(larder.cache)/cache.db", "UPDATE freshness SET last_use_ms = last_use_ms - 864000000"])
            try #require(aged.status == 0, "install sqlite3")
            let new = Bulk(origin, "new", count: 2, bytes: 5_000)
            _ = try await larder.crawl(new.urls)
            // A reader's use counts.
            try await expectBody(of: old.url(1), in: larder, old.content(1))
            #expect(try await collect("--max-age", "9d", "--dry-run")["removed_entries"] == 2)
            #expect(try await collect("--max-age", "11d")["removed_entries"] == 0)
            #expect(try await collect("--max-age", "9d")["removed_entries"] == 2)
            #expect(try await larder.run("ls").lines.sorted() == (new.urls + [old.url(1)]).sorted())
        }
    }

    @Test func pinsCanKeepItAboveTheLimit() async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 50, bytes: 250_000)
            _ = try await larder.crawl(bulk.urls)
            _ = try await larder.run("pin", "*")
            let result = try await larder.run("gc", "--json", "--max-size", "8M")
            #expect(result.status == 0)
            let object = try JSONValue.lines(result).first ?? .missing
            #expect(object["removed_entries"] == 0)
            #expect(object["over_limit"] == true)
            #expect(result.errors.contains("pinned"))
        }
    }

    @Test func itWorksWhileACrawlRuns() async throws {
        try await withOrigin { origin in
            let gate = Gate(origin)
            let bulk = Bulk(origin, count: 120, bytes: 100_000)
            let list = try larder.directory.write((bulk.urls + [gate.url]).map { $0 + "\n" }.joined(), to: "list")
            let crawl = try larder.start("crawl", "--json", "--retry", "100", "-i", list)
            try await crawl.waitForOutput(seconds: 60) { $0.utf8.count { $0 == 0x0A } >= 30 }
            for _ in 0..<3 { #expect(try await collect("--max-size", "8M")["dry_run"] == false) }
            #expect(crawl.isRunning)
            gate.open()
            let report = try CrawlReport(await crawl.wait())
            #expect(report.status == 0)
            #expect(report.outcomes == ["miss": 121])
            try await expectClean(larder.cache)
            #expect(try await collect("--max-size", "8M")["bytes_after"].integer ?? .max <= 8 << 20)
            try await expectClean(larder.cache)
        }
    }

    @Test func readingCountsAsUseButFailsForNothing() async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 1, bytes: 5_000)
            _ = try await larder.crawl(bulk.urls)
            let age = "UPDATE freshness SET last_use_ms = last_use_ms - 120000; SELECT last_use_ms FROM freshness"
            func sql(_ text: String) async throws -> Int64 {
                let result = try await Program.run("sqlite3", ["\(larder.cache)/cache.db", text])
                try #require(result.status == 0, "\(result.errors)")
                return try #require(Int64(result.lines.last ?? ""))
            }
            let before = try await sql(age)
            _ = try await larder.cat(bulk.url(0))
            let used = try await sql("SELECT last_use_ms FROM freshness")
            #expect(used >= before + 120_000)
            // Again within a minute: nothing is written.
            _ = try await larder.cat(bulk.url(0))
            #expect(try await sql("SELECT last_use_ms FROM freshness") == used)
        }
    }
}

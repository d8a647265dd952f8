import Foundation
import TestOrigin
import TestSupport
import Testing

/// `larder config`, and the limits it sets, kept by whoever writes.
@Suite struct CacheLimitTests {
    private static let limit: Int64 = 8 << 20
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    // MARK: - Settings

    @Test func settingsLieInTheCache() async throws {
        // There may be limits before there is content.
        #expect(try await larder.run("config", "set", "max-size", "20G").status == 0)
        #expect(try await larder.run("config", "set", "max-age", "90m").status == 0)
        #expect(try await larder.run("config", "get", "max-size").text == "20G\n")
        #expect(try await larder.run("config", "get", "max-age").text == "90m\n")
        #expect(try await larder.run("config", "get", "reserve").text == "default\n")
        #expect(try await larder.run("config", "set", "reserve", "none").status == 0)
        #expect(try await larder.run("config", "get", "reserve").text == "none\n")

        let objects = try JSONValue.lines(try await larder.run("config", "--json"))
        #expect(objects.map { $0["name"] } == ["max-size", "max-age", "reserve"])
        #expect(objects.map { $0["value"] } == [.integer(20 << 30), 5400, 0])
        #expect(objects.map { $0["unit"] } == ["bytes", "seconds", "bytes"])
        #expect(objects.allSatisfy { $0["source"] == "cache" })
        let stats = try await larder.stats()
        #expect(stats["max_size"] == .integer(20 << 30))
        #expect(stats["max_age"] == 5400)
        #expect(stats["reserve"] == 0)

        #expect(try await larder.run("config", "unset", "max-age").status == 0)
        let unset = try JSONValue.lines(try await larder.run("config", "--json", "get", "max-age")).first ?? .missing
        #expect(unset["value"] == .null)
        #expect(unset["source"] == "default")
        let text = try await larder.run("config").text
        #expect(text.contains("max-size  20G   (set)"))
        #expect(text.contains("max-age   none  (default)"))
        try await expectClean(larder.cache)
    }

    @Test func otherCachesHaveTheirOwn() async throws {
        let other = larder.with(cache: larder.directory.file("other"))
        #expect(try await larder.run("config", "set", "max-size", "1G").status == 0)
        #expect(try await other.run("config", "set", "max-age", "1d").status == 0)
        #expect(try await other.run("config", "get", "max-size").text == "none\n")
        // Asking makes no cache.
        let absent = larder.with(cache: larder.directory.file("absent"))
        #expect(try await absent.run("config").status == 3)
        #expect(try await absent.run("config", "unset", "max-size").status == 3)
        #expect(!FileManager.default.fileExists(atPath: absent.cache))
    }

    @Test func theUsersFileDoesNotDisturbThem() async throws {
        let configuration = larder.directory.file("config")
        try larder.directory.write("max-age = \"1s\"\n[gc]\nmax-size = \"9M\"\n", to: "config/larder/config.toml")
        var configured = larder
        configured.environment["XDG_CONFIG_HOME"] = configuration
        #expect(try await configured.run("config", "set", "max-size", "1G").status == 0)
        #expect(try await configured.run("config", "get", "max-size").text == "1G\n")
        #expect(try await configured.run("config", "get", "max-age").text == "none\n")
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 3, bytes: 1000)
            _ = try await larder.crawl(bulk.urls)
            // What tells a crawl what is fresh must not tell gc what to throw away.
            try await Task.sleep(for: .milliseconds(1100))
            let object = try JSONValue.lines(try await configured.run("gc", "--json")).first ?? .missing
            #expect(object["removed_entries"] == 0)
            #expect(object["max_size"] == .integer(9 << 20))
        }
    }

    @Test func aLimitBelowTheSizeSaysWhenItTakesEffect() async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 50, bytes: 200_000)
            _ = try await larder.crawl(bulk.urls)
            let result = try await larder.run("config", "set", "max-size", "8M")
            #expect(result.status == 0)
            #expect(result.errors.contains("larder gc"))
            #expect(try await larder.run("gc").status == 0)
            #expect(diskBytes(larder.cache) <= Self.limit)
            #expect(try await larder.run("config", "set", "max-size", "8M").errors.isEmpty)
        }
    }

    // MARK: - Kept by whoever writes

    /// Runs crawls side by side and looks at the directory all the while.
    ///
    /// - Returns: their results, and the most that the directory took.
    private func crawl(_ lists: [[String]]) async throws -> (results: [Program.Result], peakBytes: Int64) {
        var programs: [Program] = []
        for (number, urls) in lists.enumerated() {
            let list = try larder.directory.write(urls.map { $0 + "\n" }.joined(), to: "list-\(number)")
            programs.append(try larder.start("crawl", "--json", "-i", list))
        }
        var peak: Int64 = 0
        while programs.contains(where: \.isRunning) {
            peak = max(peak, diskBytes(larder.cache))
            try await Task.sleep(for: .milliseconds(2))
        }
        var results: [Program.Result] = []
        for program in programs { results.append(await program.wait()) }
        return (results, max(peak, diskBytes(larder.cache)))
    }

    @Test func aCrawlKeepsTheLimit() async throws {
        #expect(try await larder.run("config", "set", "max-size", "8M").status == 0)
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 200, bytes: 200_000)
            let (results, peak) = try await crawl([bulk.urls])
            let report = try CrawlReport(try #require(results.first))
            #expect(report.status == 0)
            #expect(report.outcomes == ["miss": 200])
            #expect(peak <= Self.limit * 3 / 2)
            #expect(diskBytes(larder.cache) <= Self.limit * 3 / 2)
            let entries = try await larder.stats()["entries"].integer ?? 0
            #expect(entries > 10 && entries < 45)
            // What came last is there.
            let last = try #require(report.results.last?["url"].string)
            #expect(try await larder.run("show", last).status == 0)
            try await expectClean(larder.cache)
        }
    }

    @Test func aSecondProcessKeepsItToo() async throws {
        #expect(try await larder.run("config", "set", "max-size", "8M").status == 0)
        try await withOrigin { origin in
            let lists = ["a", "b"].map { Bulk(origin, $0, count: 120, bytes: 200_000).urls }
            let (results, peak) = try await crawl(lists)
            for result in results {
                #expect(result.status == 0)
                #expect(try CrawlReport(result).outcomes == ["miss": 120])
            }
            #expect(peak <= Self.limit * 3 / 2)
            try await expectClean(larder.cache)
        }
    }

    @Test func aLimitThatIsSetDuringACrawlCounts() async throws {
        try await withOrigin { origin in
            let gate = Gate(origin)
            let bulk = Bulk(origin, count: 100, bytes: 200_000)
            let more = Bulk(origin, "more", count: 100, bytes: 200_000)
            let list = try larder.directory.write(
                (bulk.urls + [gate.url] + more.urls).map { $0 + "\n" }.joined(), to: "list")
            let crawl = try larder.start("crawl", "--json", "-j", "1", "--retry", "100", "-i", list)
            try await crawl.waitForOutput(seconds: 60) { $0.utf8.count { $0 == 0x0A } >= 100 }
            #expect(diskBytes(larder.cache) > 2 * Self.limit)
            #expect(try await larder.run("config", "set", "max-size", "8M").status == 0)
            gate.open()
            #expect(await crawl.wait().status == 0)
            #expect(try await larder.run("gc").status == 0)
            #expect(diskBytes(larder.cache) <= Self.limit)
            try await expectClean(larder.cache)
        }
    }

    @Test func whatIsPinnedStaysWhateverComes() async throws {
        try await withOrigin { origin in
            let kept = Bulk(origin, "kept", count: 5, bytes: 200_000)
            _ = try await larder.crawl(kept.urls)
            #expect(try await larder.run("pin", origin.url("/kept/*")).status == 0)
            #expect(try await larder.run("config", "set", "max-size", "8M").status == 0)
            let bulk = Bulk(origin, count: 150, bytes: 200_000)
            #expect(try await larder.crawl(bulk.urls).status == 0)
            for number in 0..<5 { try await expectBody(of: kept.url(number), in: larder, kept.content(number)) }
            #expect(try await larder.stats()["pinned_entries"] == 5)
            #expect(diskBytes(larder.cache) <= Self.limit * 3 / 2)
        }
    }
}

import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Lists that are not as they should be.
@Suite struct BadInputTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test func aLineThatIsNoURLIsReportedWithFileAndLineAndTheJobGoesOn() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a"))
            origin.script("/b", .text("b"))
            let list = try larder.directory.write(
                """
                # a comment, and a blank line

                \(origin.url("/a"))
                this is no URL
                ftp://127.0.0.1/file
                http://[::1
                  \(origin.url("/b"))\u{20}
                """, to: "list.txt")
            let result = try await larder.run("crawl", "--json", "-i", list)
            let report = try CrawlReport(result)
            #expect(result.status == 1)
            #expect(report[origin.url("/a")]["cache"] == "miss")
            #expect(report[origin.url("/b")]["cache"] == "miss")
            let invalid = report.results.filter { $0["error"]["code"] == "invalid_url" }
            #expect(invalid.map { $0["line"].integer } == [4, 5, 6])
            #expect(invalid.map { $0["url"].string } == ["this is no URL", "ftp://127.0.0.1/file", "http://[::1"])
            #expect(invalid.allSatisfy { $0["source"].string == list && $0["cache"] == "error" })
            for line in [4, 5, 6] { #expect(result.errors.contains("\(list):\(line): ")) }
            #expect(result.errors.contains("no http or https URL"))
            #expect(report.summary["invalid_seeds"] == 3)
            #expect(report.summary["urls"] == 2)
            #expect(report.summary["exit_code"] == 1)
        }
    }

    @Test func aNetworkFailureIsOutrankedByALineThatIsNoURL() async throws {
        let report = try await larder.crawl(["nonsense", refusingURL], "--retry", "0")
        #expect(report.status == 1)
        #expect(report.summary["errors"]["connection_refused"] == 1)
    }

    @Test func veryLongAndBinaryLinesAreReportedShortened() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a"))
            var bytes = Array(String(repeating: "x", count: 1_000_000).utf8) + [0x0A]
            bytes += [0x00, 0xFF, 0xFE, 0x1B, 0x5B, 0x32, 0x4A, 0x0A]
            bytes += Array("\(origin.url("/a"))\n".utf8)
            let list = try larder.directory.write(bytes, to: "binary")
            let result = try await larder.run("crawl", "--json", "-i", list)
            let report = try CrawlReport(result)
            #expect(report.summary["invalid_seeds"] == 2)
            #expect(report[origin.url("/a")]["cache"] == "miss")
            #expect(result.output.count < 4096)
            #expect(result.errors.utf8.count < 2048)
            #expect(!result.errors.contains("\u{1B}"))
            #expect(report.results.compactMap { $0["line"].integer } == [1, 2])
        }
    }

    @Test func aMissingListIsAFileError() async throws {
        let result = try await larder.run("crawl", "--json", "-i", "/nonexistent/list")
        #expect(result.status == 3)
        #expect(result.errors.contains("/nonexistent/list"))
        #expect(result.errors.contains("No such file"))
        let last = try JSONValue.lines(result).last
        #expect(last?["error"]["code"] == "unreadable_input")
        #expect(last?["exit_code"] == 3)
    }

    @Test func aListThatIsADirectoryIsAFileError() async throws {
        let result = try await larder.run("crawl", "-i", larder.directory.path)
        #expect(result.status == 3)
        #expect(result.errors.contains(larder.directory.path))
    }

    @Test func aMissingSecondListLosesNothingOfTheFirst() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=600"]))
            let list = try larder.directory.write(origin.url("/a"), to: "list")
            let result = try await larder.run("crawl", "-i", list, "-i", "/nonexistent/list")
            #expect(result.status == 3)
            let again = try await larder.crawl([origin.url("/a")])
            #expect(again.status == 0)
            try await expectClean(larder.cache)
        }
    }

    @Test func anEmptyListIsNoFailure() async throws {
        let list = try larder.directory.write("# nothing but this\n\n", to: "list")
        let result = try await larder.run("crawl", "--json", "-i", list)
        #expect(result.status == 0)
        #expect(result.errors.contains("no URL"))
        #expect(try CrawlReport(result).summary["urls"] == 0)
    }

    @Test func aListComesFromStandardInput() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a"))
            let result = try await larder.run("crawl", "--json", "-i", "-", input: "\(origin.url("/a"))\r\nnonsense")
            #expect(result.status == 1)
            #expect(try CrawlReport(result)[origin.url("/a")]["cache"] == "miss")
            #expect(result.errors.contains("standard input:2"))
        }
    }

    @Test func argumentsAndSeveralListsAddUp() async throws {
        try await withOrigin { origin in
            for name in ["/a", "/b", "/c"] { origin.script(name, .text(name)) }
            let first = try larder.directory.write(origin.url("/b"), to: "first")
            let second = try larder.directory.write(origin.url("/c"), to: "second")
            let report = try CrawlReport(
                try await larder.run("crawl", "--json", origin.url("/a"), "-i", first, "--input-file", second))
            #expect(report.outcomes == ["miss": 3])
        }
    }

    @Test func aURLThatComesTwiceIsFetchedOnce() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=600"]))
            let url = origin.url("/a")
            let report = try await larder.crawl([url, url, "\(url)#part", url.uppercasedScheme, url])
            #expect(report.results.count == 5)
            #expect(report.outcomes == ["miss": 1, "hit": 4])
            #expect(origin.count(target: "/a") == 1)
        }
    }

    @Test func maxPagesEndsTheRun() async throws {
        let site = GeneratedSite(pageCount: 50)
        try await withOrigin(site: site) { origin in
            let report = try await larder.crawl(origin.pages(site, 50), "--max-pages", "7")
            #expect(report.summary["urls"] == 7)
            #expect(origin.requestCount == 7)
        }
    }
}

extension String {
    fileprivate var uppercasedScheme: String { "HTTP" + dropFirst(4) }
}

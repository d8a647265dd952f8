import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// What is held of a response in part: kept, shown, and completed.
@Suite struct PartialTests {
    let larder: Larder
    private static let length = 100_000
    private static let held = 40_000

    init() throws {
        larder = try Larder()
    }

    /// A representation that breaks off the first time it is asked for, and has another tag once `isChanged`.
    private static func answer(_ request: OriginRequest, tag: String, isCut: Bool) -> ScriptedResponse {
        let whole = GeneratedBody.bytes(from: tag == "\"1\"" ? 0 : 7, count: length)
        var fields: FieldSection = ["ETag": tag, "Cache-Control": "max-age=600", "Content-Type": "application/octet-stream"]
        if isCut {
            fields.append("Content-Length", "\(length)")
            return ScriptedResponse(fields: fields, body: .bytes(Array(whole[..<held])), ending: .close)
        }
        guard request.fields.first("Range") == "bytes=\(held)-", request.fields.first("If-Range") == tag else {
            return ScriptedResponse(fields: fields, body: .bytes(whole))
        }
        fields.append("Content-Range", "bytes \(held)-\(length - 1)/\(length)")
        return ScriptedResponse(status: 206, fields: fields, body: .bytes(Array(whole[held...])))
    }

    /// Runs `body` with a URL of which the cache holds the first part.
    private func withPart(_ body: (TestOrigin, String) async throws -> Void) async throws {
        try await withOrigin { origin in
            let url = origin.url("/big")
            origin.script("/big") { Self.answer($0, tag: "\"1\"", isCut: true) }
            let report = try await larder.crawl([url], "--retry", "0")
            #expect(report.status == 4)
            #expect(report[url]["error"]["code"] == "truncated_body")
            origin.clearLog()
            origin.script("/big") { Self.answer($0, tag: "\"1\"", isCut: false) }
            try await body(origin, url)
        }
    }

    @Test func thePartIsMarkedWhereEntriesAreShown() async throws {
        try await withPart { origin, url async throws in
            origin.script("/small", .text("whole", fields: ["Cache-Control": "max-age=600"]))
            try await larder.run("get", origin.url("/small"))
            #expect(try await larder.run("ls", "--partial").lines == [url])
            #expect(try await larder.run("ls", "--no-partial").lines == [origin.url("/small")])
            #expect(try await larder.run("ls").lines.count == 2)
            let long = try await larder.run("ls", "-l").lines
            #expect(long.first { $0.hasSuffix(url) }?.contains("  partial 40%  ") == true)
            #expect(long.first { !$0.hasSuffix(url) }?.contains("partial") == false)
            let object = try JSONValue.lines(try await larder.run("ls", "--json", "--partial")).first ?? .null
            #expect(object["partial"] == true && object["held_ranges"] == "0-39999/100000")
            #expect(object["body_bytes"] == 40_000)
            #expect(try await larder.run("ls", "--csv", "--partial").text.hasSuffix(",0-39999/100000,false\r\n"))
            #expect(try await larder.show(url)["held_ranges"] == "0-39999/100000")
            #expect(try await larder.show(origin.url("/small"))["partial"] == false)
            #expect(try await larder.run("show", url).text.contains("bytes 0-39999 of 100,000 (40%)"))
            let stats = try await larder.stats()
            #expect(stats["entries"] == 2 && stats["partial_entries"] == 1 && stats["body_bytes"] == 40_005)
            try await expectClean(larder.cache)
        }
    }

    @Test func catRefusesAPartUnlessItIsAskedFor() async throws {
        try await withPart { _, url async throws in
            for options in [[], ["--raw"]] {
                let refused = try await larder.run(["cat", url] + options)
                #expect(refused.status == 20)
                #expect(refused.output.isEmpty)
                #expect(refused.errors.contains("only bytes 0-39999 of 100,000 (40%) is in the cache"))
            }
            let part = try await larder.run("cat", "--partial", url)
            #expect(part.status == 0)
            #expect(part.bytes == GeneratedBody.bytes(from: 0, count: Self.held))
        }
    }

    @Test func aRangeThatIsHeldIsAnsweredFromTheStore() async throws {
        try await withPart { origin, url async throws in
            let range = try await larder.run("get", "-H", "Range: bytes=100-199", url)
            #expect(range.status == 0)
            #expect(range.bytes == GeneratedBody.bytes(from: 100, count: 100))
            let object = try JSONValue.lines(try await larder.run("get", "--json", "-H", "Range: bytes=0-99", url)).first ?? .null
            #expect(object["status"] == 206 && object["cache"] == "hit" && object["body_bytes"] == 100)
            #expect(origin.requestCount == 0)
            let explained = try await larder.run("explain", "--json", "-H", "Range: bytes=0-99", url)
            #expect(try JSONValue.lines(explained).first?["answer_status"] == 206)
        }
    }

    @Test func theNextRunFetchesTheRestOnly() async throws {
        try await withPart { origin, url async throws in
            let explained = try JSONValue.lines(try await larder.run("explain", "--json", url)).first ?? .null
            #expect(explained["decision"] == "complete" && explained["reason"] == "partial_content")
            let told = explained["added_fields"].array.compactMap { $0["value"].string }
            let report = try await larder.crawl([url])
            #expect(report.status == 0)
            #expect(report[url]["status"] == 200 && report[url]["reason"] == "partial_content")
            #expect(report[url]["body_bytes"] == 100_000)
            #expect(report.summary["network_bytes"] == 60_000)
            let request = try #require(origin.requests.first)
            #expect(request.fields.first("Range") == "bytes=40000-")
            #expect(request.fields.first("If-Range") == "\"1\"")
            #expect(Set(told) == ["bytes=40000-", "\"1\""])
            #expect(origin.requestCount == 1)
            #expect(try await larder.cat(url) == GeneratedBody.bytes(from: 0, count: Self.length))
            #expect(try await larder.run("ls", "--partial").lines.isEmpty)
            try await expectClean(larder.cache)
        }
    }

    @Test func whatHasChangedMeanwhileIsFetchedWhole() async throws {
        try await withPart { origin, url async throws in
            origin.script("/big") { Self.answer($0, tag: "\"2\"", isCut: false) }
            let report = try await larder.crawl([url])
            #expect(report.status == 0 && report[url]["status"] == 200)
            #expect(origin.requests.first?.fields.first("If-Range") == "\"1\"")
            #expect(try await larder.cat(url) == GeneratedBody.bytes(from: 7, count: Self.length))
            #expect(try await larder.show(url)["etag"] == "\"2\"")
            #expect(try await larder.run("ls", "--no-partial").lines == [url])
            try await expectClean(larder.cache)
        }
    }

    @Test func aPartOfCompressedContentIsPrintedAsItWasSent() async throws {
        let site = GeneratedSite(pageCount: 2)
        try await withOrigin(site: site) { origin in
            let url = try #require(origin.pages(site, 1).first)
            let raw = try await larder.run("get", "--reload", url)
            #expect(raw.status == 0)
            let stored = try await larder.run("cat", "--raw", url).bytes
            #expect(stored.starts(with: [0x1F, 0x8B]))
            let part = try await larder.run("get", "-H", "Range: bytes=0-99", url)
            #expect(part.status == 0 && part.errors.isEmpty)
            #expect(part.bytes == Array(stored.prefix(100)))
        }
    }
}

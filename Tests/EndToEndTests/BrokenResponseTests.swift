import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Responses that break their own framing or have no end. None of them becomes visible in the cache.
@Suite struct BrokenResponseTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private static let half = [UInt8](repeating: 0x61, count: 500)

    @Test(arguments: [ScriptedResponse.Ending.close, .cut])
    func halfABodyWithContentLength(ending: ScriptedResponse.Ending) async throws {
        try await expectFailure(
            larder, of: ScriptedResponse(fields: ["Content-Length": "1000"], body: .bytes(Self.half), ending: ending),
            code: "truncated_body", exit: 4)
    }

    @Test func halfABodyInChunks() async throws {
        try await expectFailure(
            larder,
            of: .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n100\r\nnot all of it"),
            code: "truncated_body", exit: 4)
    }

    @Test func chunksWithoutTheLastOne() async throws {
        try await expectFailure(
            larder, of: .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), code: "truncated_body", exit: 4
        )
    }

    @Test(arguments: ["zz\r\nhello\r\n0\r\n\r\n", "5\r\nhelloworld\r\n0\r\n\r\n", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"])
    func chunksOfAnImpossibleSize(body: String) async throws {
        try await expectFailure(
            larder, of: .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body), code: "protocol_error", exit: 7)
    }

    @Test(arguments: ["many", "-5", "99999999999999999999999", "5\r\nContent-Length: 6"])
    func aContentLengthThatIsNone(value: String) async throws {
        try await expectFailure(
            larder, of: .raw("HTTP/1.1 200 OK\r\nContent-Length: \(value)\r\n\r\nhello"), code: "protocol_error", exit: 7)
    }

    @Test func aContentLengthThatIsTooShortPoisonsNoOtherResponse() async throws {
        try await withOrigin { origin in
            let smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nCache-Control: max-age=60\r\n\r\nsmuggled"
            origin.script(
                "/short",
                .raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: max-age=60\r\n\r\nhello" + smuggled, ending: .stall))
            for number in 0..<5 { origin.script("/\(number)", .text("page \(number)")) }
            let urls = [origin.url("/short")] + (0..<5).map { origin.url("/\($0)") }
            let report = try await larder.crawl(urls, "-j", "1", "--retry", "0")
            for number in 0..<5 {
                #expect(report[urls[number + 1]]["cache"] == "miss")
                #expect(try await larder.cat(urls[number + 1]) == Array("page \(number)".utf8))
            }
            // The length that the response names is its length (RFC 9112 section 6.3).
            #expect(report[urls[0]]["cache"] == "miss")
            #expect(try await larder.cat(urls[0]) == Array("hello".utf8))
        }
    }

    // MARK: - Without end

    @Test func aChunkThatNeverEndsIsStoppedByMaxFilesize() async throws {
        try await expectFailure(
            larder, of: ScriptedResponse(body: .endless([UInt8](repeating: 0x61, count: 65_536))), ["--max-filesize", "1M"],
            code: "body_too_large", exit: 22)
    }

    @Test func oneChunkThatNeverEndsIsStoppedByMaxTime() async throws {
        let head = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffff\r\n".utf8)
        let pieces = [head] + (0..<2000).map { _ in [UInt8](repeating: 0x61, count: 100) }
        try await expectFailure(
            larder, of: .raw(pieces, ending: .stall, pause: .milliseconds(10)), ["--max-time", "1s"], code: "max_time", exit: 4)
    }

    @Test func aBodyThatAnnouncesTooMuchIsNotFetched() async throws {
        try await withOrigin { origin in
            let url = origin.url("/bytes/1000000000000")
            let report = try await larder.crawl([url], "--max-filesize", "1M", "--retry", "0")
            #expect(report.status == 22)
            #expect(report[url]["error"]["code"] == "body_too_large")
            #expect(try await larder.stats()["entries"] == 0)
        }
    }

    @Test func aHundredThousandFields() async throws {
        let fields = (0..<100_000).map { "X-Field-\($0): value\r\n" }.joined()
        try await expectFailure(
            larder, of: .raw("HTTP/1.1 200 OK\r\n\(fields)Content-Length: 0\r\n\r\n"), code: "head_too_large", exit: 7)
    }

    @Test func oneFieldWithoutEnd() async throws {
        let line = "HTTP/1.1 200 OK\r\nX-Field: " + String(repeating: "x", count: 2_000_000)
        try await expectFailure(larder, of: .raw(line), code: "head_too_large", exit: 7)
    }

    @Test func interimResponsesWithoutEnd() async throws {
        let hints = String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", count: 50_000)
        try await expectFailure(larder, of: .raw(hints), code: "head_too_large", exit: 7)
    }

    // MARK: - Codings

    @Test func contentThatIsNotInItsCodingIsKeptAsReceivedAndNotPrintedAsWhole() async throws {
        try await withOrigin { origin in
            origin.script(
                "/bad",
                ScriptedResponse(fields: ["Content-Encoding": "gzip", "ETag": "\"x\""], body: .bytes(Array("no gzip".utf8))))
            let url = origin.url("/bad")
            let get = try await larder.run("get", url)
            #expect(get.status == 7)
            #expect(get.output.isEmpty)
            #expect(get.errors.contains("cannot be decoded"))
            let raw = try await larder.run("cat", "--raw", url)
            #expect(raw.bytes == Array("no gzip".utf8) || raw.status == 20)
        }
    }

    @Test func aBombIsStoppedByItsDecodedSize() async throws {
        let bomb = try await Program.run("sh", ["-c", "head -c 50000000 /dev/zero | gzip -9"]).bytes
        try await withOrigin { origin in
            origin.script(
                "/bomb", ScriptedResponse(fields: ["Content-Encoding": "gzip", "Cache-Control": "max-age=60"], body: .bytes(bomb)))
            let url = origin.url("/bomb")
            let output = larder.directory.file("out")
            let get = try await larder.run(
                ["get", "--max-decoded", "1M", "-o", output, url], measuresMemory: true)
            #expect(get.status == 22 || get.status == 7)
            #expect(get.errors.contains("--max-decoded"))
            #expect((get.peakMemoryBytes ?? .max) < 150 << 20)
            // The file appears when it is complete, so it does not appear.
            #expect(throws: (any Error).self) { try larder.directory.read("out") }
            _ = try await larder.crawl([url])
            let cat = try await larder.run("cat", "--max-decoded", "1M", url)
            #expect(cat.status == get.status)
            #expect(cat.output.count <= 1 << 20)
            #expect(try await larder.run("cat", "--raw", url).bytes == bomb)
        }
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Hosts that cannot be reached or say nothing sensible. What was fetched from them before stays.
@Suite struct UnreachableHostTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test func aNameWithoutAnAddress() async throws {
        try await withOrigin { origin in
            // Through a proxy the name was reachable once.
            origin.script("http://name.invalid/", good)
            var behindProxy = larder
            behindProxy.environment["http_proxy"] = origin.baseURL
            #expect(try await behindProxy.crawl(["http://name.invalid/"]).outcomes == ["miss": 1])
            try await expectFailure(larder, "http://name.invalid/", code: "dns_failed", exit: 4, says: "name.invalid:80")
        }
    }

    @Test func aPortThatRefuses() async throws {
        // An address of its own, so that no other test's origin gets the port afterwards.
        let url = try await withOrigin(host: "127.0.0.78") { origin async throws in
            origin.script("/a", good)
            #expect(try await larder.crawl([origin.url("/a")]).outcomes == ["miss": 1])
            return origin.url("/a")
        }
        try await expectFailure(larder, url, code: "connection_refused", exit: 4, says: "127.0.0.78:")
    }

    @Test func aHostThatResetsBeforeItAnswers() async throws {
        try await expectFailure(larder, of: .silence(.reset), code: "connection_reset", exit: 4)
    }

    @Test func aHostThatResetsInTheBody() async throws {
        try await expectFailure(
            larder,
            of: ScriptedResponse(
                fields: ["Content-Length": "100000"], body: .bytes([1, 2, 3]), ending: .reset, pause: .milliseconds(50)),
            code: "connection_reset", exit: 4)
    }

    @Test func aHostThatHangsUpWithoutAWord() async throws {
        try await expectFailure(larder, of: .silence(.close), code: "connection_closed", exit: 4)
    }

    @Test func aHostThatHangsUpInTheHead() async throws {
        try await expectFailure(larder, of: .raw("HTTP/1.1 200 OK\r\nContent-Le"), code: "connection_closed", exit: 4)
    }

    @Test func aHostThatNeverAnswers() async throws {
        try await expectFailure(larder, of: .silence(.stall), ["--timeout", "1s"], code: "timeout", exit: 4)
    }

    @Test func aHostThatStallsInTheBody() async throws {
        try await expectFailure(
            larder, of: ScriptedResponse(fields: ["Content-Length": "1000"], body: .bytes([1, 2, 3]), ending: .stall),
            ["--timeout", "1s"], code: "timeout", exit: 4)
    }

    @Test func aHostThatDripsBytesForEver() async throws {
        try await expectFailure(
            larder, of: ScriptedResponse(body: .endless([0x2E]), pause: .milliseconds(20)),
            ["--timeout", "5s", "--max-time", "1s"],
            code: "max_time", exit: 4)
    }

    @Test func aHostThatIsNotReachedInTime() async throws {
        // Connections are taken in by the system, but nobody ever answers the TLS handshake.
        let listener = try LoopbackSocket()
        let result = try await larder.crawl(["https://127.0.0.1:\(listener.port)/"], "--retry", "0", "--connect-timeout", "1s")
        withExtendedLifetime(listener) {}
        #expect(result.status == 4)
        #expect(result.results.first?["error"]["code"] == "connect_timeout")
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "\u{0}\u{1}\u{2}\u{3}", "<html>no head at all</html>\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n",
    ])
    func aHostThatSpeaksNoHTTP(text: String) async throws {
        try await expectFailure(larder, of: .raw(text), code: "protocol_error", exit: 7)
    }

    @Test func aFailureIsTriedAgainAndOnlyAsOftenAsAllowed() async throws {
        try await withOrigin { origin in
            origin.script("/a", .silence(.close), .text("at last"))
            let url = origin.url("/a")
            let report = try await larder.crawl([url], "--retry", "1")
            #expect(report.status == 0)
            #expect(report[url]["cache"] == "miss")
            #expect(try await larder.cat(url) == Array("at last".utf8))
        }
    }
}

/// What a URL answers while all is well: to be validated each time.
let good = ScriptedResponse.text(
    "the good copy", fields: ["ETag": "\"good\"", "Cache-Control": "no-cache", "Content-Type": "text/plain"])

/// Fetches `/page` while it is good, then lets it fail with `response`.
func expectFailure(
    _ larder: Larder, of response: ScriptedResponse, _ options: [String] = [], code: String, exit: Int32,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    try await withOrigin { origin in
        origin.script("/page", good)
        let url = origin.url("/page")
        let first = try await larder.crawl([url])
        try #require(first.outcomes == ["miss": 1], sourceLocation: sourceLocation)
        origin.script("/page", response)
        try await expectFailure(
            larder, url, options, code: code, exit: exit, says: "127.0.0.1:", sourceLocation: sourceLocation)
        // The failing URL does no harm to others.
        origin.script("/other", .text("other"))
        #expect(try await larder.crawl([origin.url("/other")]).status == 0, sourceLocation: sourceLocation)
    }
}

/// Crawls a URL that fails now: its code, its sentence, its exit code, and the copy that was there before.
func expectFailure(
    _ larder: Larder, _ url: String, _ options: [String] = [], code: String, exit: Int32, says place: String,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let list = try larder.directory.write(url, to: "failing")
    let result = try await larder.run(["crawl", "--json", "--retry", "0", "-i", list] + options)
    let report = try CrawlReport(result)
    #expect(result.status == exit, sourceLocation: sourceLocation)
    #expect(report[url]["cache"] == "error", sourceLocation: sourceLocation)
    #expect(report[url]["error"]["code"].string == code, sourceLocation: sourceLocation)
    #expect(report.summary["errors"][code] == 1, sourceLocation: sourceLocation)
    #expect(report.summary["exit_code"].integer == Int64(exit), sourceLocation: sourceLocation)
    #expect(result.errors.contains("larder: \(url): "), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(
        result.errors.contains(place) && result.errors.contains("[\(code)]"), "\(result.errors)", sourceLocation: sourceLocation)

    let get = try await larder.run(["get", "--json", url] + options)
    #expect(get.status == exit, sourceLocation: sourceLocation)
    #expect(try JSONValue.lines(get).first?["error"]["code"].string == code, sourceLocation: sourceLocation)

    #expect(try await larder.cat(url) == Array("the good copy".utf8), sourceLocation: sourceLocation)
    try await expectClean(larder.cache, sourceLocation: sourceLocation)
}

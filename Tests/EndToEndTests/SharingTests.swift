import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Commands and a proxy on one cache at the same time.
@Suite struct SharingTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private static let fresh: FieldSection = ["Cache-Control": "max-age=600"]

    @Test func aServerOfTheSameCacheIsNoProxyOfItsClients() async throws {
        try await withOrigin { origin in
            origin.script("/", .text("content", fields: Self.fresh))
            let server = try await Serving(larder)
            var client = larder
            // Whoever went through the server would wait there for itself.
            client.environment["http_proxy"] = "http://127.0.0.1:\(server.port)"
            let got = try await client.run("get", "--lock-timeout", "20s", origin.url("/"))
            #expect(got.status == 0 && got.text == "content")
            #expect(got.errors.contains("127.0.0.1:\(server.port) serves this very cache"))
            let crawled = try await client.crawl([origin.url("/2")])
            #expect(crawled.errors.contains("serves this very cache"))
            _ = await server.stop()
            // Of another cache it is a proxy like any other.
            let other = try await Serving(larder.with(cache: larder.directory.file("other")))
            client.environment["http_proxy"] = "http://127.0.0.1:\(other.port)"
            origin.script("/3", .text("third", fields: Self.fresh))
            #expect(try await client.run("get", "-i", origin.url("/3")).text.contains("Via:"))
            _ = await other.stop()
        }
    }

    @Test func aClientOfTheProxyGetsWhatACrawlIsFetching() async throws {
        try await withOrigin { origin in
            var slow = ScriptedResponse.text("content", fields: Self.fresh)
            slow.delay = .milliseconds(500)
            origin.script("/", slow)
            let server = try await Serving(larder)
            let crawl = try larder.start("crawl", "--json", origin.url("/"))
            while origin.requestCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let answer = try await server.get("/" + origin.url("/"))
            #expect(answer.status == 200 && answer.isHit, "\(answer.head)")
            #expect(await crawl.wait().status == 0)
            #expect(origin.requestCount == 1)
            _ = await server.stop()
        }
    }

    @Test func aRestThatOneProcessWasAskedForIsKeptAndExplained() async throws {
        try await withOrigin { origin in
            origin.script("/busy", .text("later", status: 429, fields: ["Retry-After": "3600"]))
            let first = try await larder.crawl([origin.url("/busy")], "--retry", "0")
            #expect(first.status == 8)
            let second = try await larder.crawl([origin.url("/other")])
            #expect(second.status == 22)
            #expect(second.results.first?["error"]["code"] == "host_put_aside")
            let got = try await larder.run("get", "--json", origin.url("/other"))
            #expect(got.status == 22)
            #expect(origin.requestCount == 1)
            let explained = try await larder.run("explain", "--json", origin.url("/other"))
            let host = try JSONValue.lines(explained).first?["host"] ?? .null
            let now = Int64(Date.now.timeIntervalSince1970)
            #expect((now + 3000...now + 3600).contains(host["hold_until"].integer ?? 0))
            #expect(host["active_requests"] == 0)
            #expect(try await larder.run("explain", origin.url("/other")).text.contains("the server asked to be left alone"))
        }
    }
}

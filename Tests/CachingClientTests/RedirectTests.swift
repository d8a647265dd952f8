import CacheStore
import HTTPCaching
import HTTPSemantics
import TestOrigin
import Testing

@testable import CachingClient

@Suite struct RedirectChainTests {
    private func request(
        _ url: String = "http://a.example/one", _ fields: FieldSection = [:], method: HTTPMethod = .get
    ) throws -> RequestHead {
        RequestHead(method: method, url: try #require(WebURL(url)), fields: fields)
    }

    private func redirect(_ status: Int, _ location: String = "/two") -> ResponseHead {
        ResponseHead(status: status, fields: ["Location": location])
    }

    /// RFC 9110 sections 15.4.2 to 15.4.9
    @Test(arguments: [
        (301, "GET", "GET"), (301, "POST", "GET"), (301, "PUT", "PUT"), (302, "POST", "GET"), (303, "POST", "GET"),
        (303, "PUT", "GET"), (303, "HEAD", "HEAD"), (307, "POST", "POST"), (308, "POST", "POST"), (308, "DELETE", "DELETE"),
    ])
    func methods(_ status: Int, _ before: String, _ after: String) throws {
        let first = try request(["Content-Type": "text/plain"], method: HTTPMethod(rawValue: before))
        var chain = RedirectChain(limit: 5)
        let next = try #require(try chain.next(after: redirect(status), to: first))
        #expect(next.method.rawValue == after && next.url.serialized == "http://a.example/two")
        #expect(next.fields.contains("Content-Type") == (before == after))
        #expect(chain.count == 1)
    }

    @Test func credentialsThatAServerMakesUpAreDropped() throws {
        let first = try request()
        var chain = RedirectChain(limit: 5)
        let next = try #require(try chain.next(after: redirect(302, "http://user:secret@b.example/#part"), to: first))
        #expect(next.url.serialized == "http://b.example/")
        #expect(!next.fields.contains("Authorization"))
    }

    private func request(_ fields: FieldSection, method: HTTPMethod) throws -> RequestHead {
        try request("http://a.example/one", fields, method: method)
    }

    @Test(arguments: [
        ("/two", true), ("http://a.example:80/two", true), ("https://a.example/two", false), ("http://b.example/two", false),
        ("http://a.example:81/two", false),
    ])
    func credentialsStayWithTheirOrigin(_ location: String, _ stay: Bool) throws {
        let names = ["Authorization", "Cookie", "Proxy-Authorization"]
        let first = try request(
            "http://a.example/one", FieldSection(names.map { FieldLine($0, "secret") } + [FieldLine("Accept", "*/*")]))
        var chain = RedirectChain(limit: 5)
        let next = try #require(try chain.next(after: redirect(302, location), to: first))
        #expect(names.allSatisfy { next.fields.contains($0) == stay })
        #expect(next.fields.contains("Accept"))
    }

    @Test func whatIsNoRedirectEndsTheChain() throws {
        let first = try request()
        var chain = RedirectChain(limit: 5)
        #expect(try chain.next(after: ResponseHead(status: 302), to: first) == nil)
        #expect(try chain.next(after: redirect(300), to: first) == nil)
        #expect(try chain.next(after: redirect(200), to: first) == nil)
        var none = RedirectChain(limit: 0)
        #expect(try none.next(after: redirect(302), to: first) == nil)
    }

    @Test(arguments: ["ftp://a.example/", "http://", "mailto:a@a.example"])
    func targetsThatCannotBeFetched(_ location: String) throws {
        let first = try request()
        var chain = RedirectChain(limit: 5)
        #expect(throws: FetchError.self) { try chain.next(after: redirect(302, location), to: first) }
    }

    @Test func circles() throws {
        let first = try request()
        var chain = RedirectChain(limit: 5)
        let second = try #require(try chain.next(after: redirect(302, "/two"), to: first))
        do {
            _ = try chain.next(after: redirect(302, "/one#elsewhere"), to: second)
            Issue.record("a circle was not seen")
        } catch {
            #expect(error.code == .redirectLoop)
        }
    }

    @Test func aFormThatAnswersAtItsOwnURLIsNoCircle() throws {
        let first = try request(method: .post)
        var chain = RedirectChain(limit: 5)
        let next = try #require(try chain.next(after: redirect(303, "/one"), to: first))
        #expect(next.method == .get && next.url == first.url)
        #expect(throws: FetchError.self) { try chain.next(after: redirect(303, "/one"), to: next) }
    }

    @Test func theLimit() throws {
        var request = try request()
        var chain = RedirectChain(limit: 3)
        for number in 0..<3 {
            request = try #require(try chain.next(after: redirect(302, "/\(number)"), to: request))
        }
        do {
            _ = try chain.next(after: redirect(302, "/more"), to: request)
            Issue.record("the limit was not kept")
        } catch {
            #expect(error.code == .tooManyRedirects)
        }
    }
}

@Suite struct RedirectTests {
    @Test func eachHopIsAnEntryAndOnlyTheLastIsDelivered() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/one", .text("moved", status: 301, fields: ["Location": "/two", "Cache-Control": "max-age=60"]))
            bench.origin.script("/two", .text("here", fields: ["Cache-Control": "max-age=60"]))
            for _ in 0..<2 {
                let collector = Collector()
                let outcome = try await bench.client.fetchFollowingRedirects(bench.request("/one"), deliver: collector.consume)
                try await outcome.commit?.value
                #expect(collector.text == "here" && collector.headCount == 1)
                #expect(outcome.url.path == "/two")
            }
            #expect(bench.origin.requestCount == 2)
            #expect(try await bench.stored("/one").first?.response.head.status == 301)
        }
    }

    @Test func contentGoesAlongWith307AndNotWith303() async throws {
        try await withBench { bench in
            bench.origin.script("/307", .redirect(to: TestOrigin.echoPath, status: 307))
            bench.origin.script("/303", .redirect(to: TestOrigin.echoPath, status: 303))
            for (path, method, text) in [("/307", "POST", "a=1"), ("/303", "GET", "")] {
                let collector = Collector()
                _ = try await bench.client.fetchFollowingRedirects(
                    bench.request(path, method: .post), content: Array("a=1".utf8), deliver: collector.consume)
                #expect(collector.text == text && collector.head?.fields.first("Echo-Method") == method)
            }
        }
    }

    @Test func unfollowedTheRedirectItselfIsTheAnswer() async throws {
        try await withBench(ClientConfiguration(maximumRedirects: 0)) { bench in
            bench.origin.script("/", .text("moved", status: 302, fields: ["Location": "/two"]))
            let collector = Collector()
            let outcome = try await bench.client.fetchFollowingRedirects(bench.request("/"), deliver: collector.consume)
            #expect(outcome.head?.status == 302 && collector.text == "moved")
        }
    }
}

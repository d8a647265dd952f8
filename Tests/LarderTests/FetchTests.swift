import HTTPSemantics
import Larder
import TestOrigin
import Testing

@Suite struct FetchTests {
    @Test func `what is fresh is fetched once`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/", .text("content", fields: ["Cache-Control": "max-age=600"]))
            let first = try await cache.fetch(origin.url("/"))
            #expect(first.source == .miss && first.reason.name == "not_stored" && first.status == 200 && first.age == nil)
            #expect(try await first.text == "content")
            let second = try await cache.fetch(origin.url("/"))
            #expect(second.source == .hit && second.reason.name == "fresh" && second.age != nil)
            #expect(second.reason.explanation.contains("RFC 9111 section 4.2"))
            #expect(second.fields["content-type"] == "text/html; charset=utf-8" && second.fields["Age"] != nil)
            #expect(try await second.text == "content")
            #expect(origin.requestCount == 1)
            #expect(origin.requests.first?.fields.first("User-Agent")?.hasPrefix("larder/") == true)
        }
    }

    @Test func `what is stale is confirmed by its server`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/") { request in
                let fields: [(String, String)] = [("Cache-Control", "max-age=0"), ("ETag", "\"1\"")]
                return request.fields.first("If-None-Match") == "\"1\""
                    ? ScriptedResponse(status: 304, fields: .init(fields.map { .init($0.0, $0.1) }))
                    : .text("content", fields: .init(fields.map { .init($0.0, $0.1) }))
            }
            #expect(try await cache.fetch(origin.url("/")).text == "content")
            let second = try await cache.fetch(origin.url("/"))
            #expect(second.source == .revalidated && second.status == 200)
            #expect(try await second.text == "content")
            #expect(origin.countsByStatus == [200: 1, 304: 1])
        }
    }

    @Test func `freshness can be asked for`() async throws {
        try await withCache { cache, origin, _ in
            origin.script(
                "/", .text("one", fields: ["Cache-Control": "max-age=600"]), .text("two", fields: ["Cache-Control": "max-age=0"]))
            func fetch(_ freshness: Freshness) async throws -> String {
                let response = try await cache.fetch(origin.url("/"), options: FetchOptions(freshness: freshness))
                return "\(response.source.rawValue) \(try await response.text)"
            }
            let miss = await failure { _ = try await fetch(.offline) }
            #expect(miss?.kind == .offlineMiss && miss?.code == "not_in_cache" && miss?.url == origin.url("/"))
            #expect(origin.requestCount == 0)
            var told: [String] = []
            for freshness in [
                Freshness.standard, .reload, .maximumStaleness(.seconds(3600)), .maximumAge(.seconds(3600)), .offline, .refresh,
            ] {
                told.append("\(try await fetch(freshness)), \(origin.requestCount)")
            }
            #expect(told == ["miss one, 1", "miss two, 2", "stale two, 2", "hit two, 2", "stale two, 2", "miss two, 3"])
        }
    }

    @Test func `redirects are followed through the cache`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/a", ScriptedResponse(status: 301, fields: ["Location": "/b", "Cache-Control": "max-age=600"]))
            origin.script("/b", .text("there", fields: ["Cache-Control": "max-age=600"]))
            for _ in 0..<2 {
                let response = try await cache.fetch(origin.url("/a"))
                #expect(response.url == origin.url("/b") && response.redirects == [origin.url("/a")])
                #expect(try await response.text == "there")
            }
            #expect(origin.requestCount == 2)
            var options = FetchOptions()
            options.maximumRedirects = 0
            #expect(try await cache.fetch(origin.url("/a"), options: options).status == 301)
            origin.script("/circle", .redirect(to: "/circle"))
            #expect(await failure { _ = try await cache.fetch(origin.url("/circle")) }?.code == "redirect_loop")
            options.maximumRedirects = 1
            origin.script("/long", .redirect(to: "/a"))
            let error = await failure { _ = try await cache.fetch(origin.url("/long"), options: options) }
            #expect(error?.code == "too_many_redirects" && error?.message.contains("maximumRedirects") == true)
        }
    }

    @Test func `credentials of a URL go into a field and nowhere else`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/", .text("secret", fields: ["Cache-Control": "max-age=600"]))
            let url = origin.url("/").replacing("http://", with: "http://user:password@")
            let response = try await cache.fetch(url)
            #expect(response.url == origin.url("/"))
            #expect(try await response.text == "secret")
            #expect(origin.requests.first?.fields.first("Authorization") == "Basic dXNlcjpwYXNzd29yZA==")
            #expect(try await cache.entry(for: url)?.url == origin.url("/"))
            let error = await failure { _ = try await cache.fetch("http://user:password@127.0.0.1:1/") }
            #expect(error?.kind == .network && error?.code == "connection_refused")
            #expect(error.map { "\($0)".contains("password") } == false)
        }
    }

    @Test func `method, fields and content are sent`() async throws {
        try await withCache { cache, origin, _ in
            let request = Request(
                origin.url(TestOrigin.echoPath), method: "POST", fields: ["X-Mine": "1", "User-Agent": "mine", "Accept": ""],
                body: Array("question".utf8))
            let response = try await cache.fetch(request)
            #expect(response.source == .uncacheable && response.reason.name == "method_not_stored")
            #expect(try await response.text == "question")
            let sent = try #require(origin.requests.first)
            #expect(sent.method == .post && sent.fields.first("X-Mine") == "1" && sent.fields.first("User-Agent") == "mine")
            #expect(!sent.fields.contains("Accept"))
        }
    }

    @Test(
        arguments: [
            (Request("example.com"), "invalid_url"), (Request("ftp://example.com/"), "invalid_url"), (Request(""), "invalid_url"),
            (Request("http://127.0.0.1/", method: "G T"), "invalid_method"),
            (Request("http://127.0.0.1/", method: "CONNECT"), "invalid_method"),
            (Request("http://127.0.0.1/", fields: ["Host": "example.com"]), "reserved_field"),
            (Request("http://127.0.0.1/", fields: ["X": "1\r\nY: 2"]), "invalid_field"),
            (Request("http://127.0.0.1/", fields: ["X Y": "1"]), "invalid_field"),
        ])
    func `what cannot be sent is refused`(request: Request, code: String) async throws {
        try await withCache { cache, _, _ in
            let error = await failure { _ = try await cache.fetch(request) }
            #expect(error?.kind == .invalidRequest && error?.code == code)
        }
    }

    @Test func `what takes too long ends`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/", .silence(.stall))
            var options = FetchOptions()
            options.timeLimit = .milliseconds(50)
            let error = await failure { _ = try await cache.fetch(origin.url("/"), options: options) }
            #expect(error?.kind == .network && error?.code == "max_time")
        }
    }
}

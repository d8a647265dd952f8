import HTTPSemantics
import Larder
import TestOrigin
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct EntryTests {
    private static let fresh = "max-age=600"

    @Test func `an entry tells what is stored`() async throws {
        try await withCache { cache, origin, _ in
            let before = Date()
            origin.script("/", .text("content", fields: ["Cache-Control": Self.fresh, "ETag": "\"1\""]))
            #expect(try await cache.entry(for: origin.url("/")) == nil)
            try await cache.fetch(origin.url("/")).body.drain()
            let found = try #require(try await cache.entry(for: origin.url("/#fragment")))
            let listed = try #require(try await all(cache.entries()).first)
            for entry in [found, listed] {
                #expect(entry.url == origin.url("/") && entry.method == "GET" && entry.status == 200)
                #expect(entry.contentType == "text/html" && entry.bodyBytes == 7 && !entry.isPartial && entry.isFresh)
                #expect(entry.sha256 == "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73")
                #expect(entry.lifetime == .seconds(600) && entry.age < .seconds(600))
                #expect(entry.confirmed.timeIntervalSince(before) > -2 && entry.confirmed <= Date())
                #expect(try await entry.fields()["etag"] == "\"1\"")
                for _ in 0..<2 { #expect(try await entry.text == "content") }
            }
            #expect(origin.requestCount == 1)
        }
    }

    @Test func `variants stand side by side`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/") { request in
                .text(request.fields.first("X-Kind") ?? "", fields: ["Cache-Control": Self.fresh, "Vary": "X-Kind"])
            }
            for kind in ["a", "b"] {
                try await cache.fetch(Request(origin.url("/"), fields: ["X-Kind": kind])).body.drain()
            }
            let variants = try await cache.variants(of: origin.url("/"))
            var texts: Set<String> = []
            for variant in variants { texts.insert(try await variant.text) }
            #expect(texts == ["a", "b"])
            #expect(try await cache.fetch(Request(origin.url("/"), fields: ["X-Kind": "a"])).source == .hit)
        }
    }

    @Test func `entries are listed by pattern, filter and order`() async throws {
        try await withCache { cache, origin, _ in
            for number in 1...3 {
                origin.script(
                    "/page/\(number)", .text(String(repeating: "x", count: number), fields: ["Cache-Control": Self.fresh]))
            }
            origin.script(
                "/image", ScriptedResponse(fields: ["Content-Type": "image/png", "Cache-Control": Self.fresh], body: .bytes([1])))
            origin.script("/gone", .text("gone", status: 410))
            for target in ["/page/1", "/page/2", "/page/3", "/image", "/gone"] {
                try await cache.fetch(origin.url(target)).body.drain()
            }
            func list(_ pattern: String? = nil, _ change: (inout EntryFilter) -> Void = { _ in }) async throws -> [String] {
                var filter = EntryFilter()
                change(&filter)
                return try await all(cache.entries(matching: pattern, where: filter)).map {
                    String($0.url.dropFirst(origin.baseURL.count))
                }
            }
            #expect(try await list() == ["/gone", "/image", "/page/1", "/page/2", "/page/3"])
            #expect(try await list(origin.url("/page/*")) == ["/page/1", "/page/2", "/page/3"])
            #expect(
                try await list("*/page/?") {
                    $0.limit = 2; $0.isDescending = true
                } == ["/page/3", "/page/2"])
            #expect(try await list("127.0.0.1").count == 5)
            #expect(try await list { $0.host = "127.0.0.1" }.count == 5)
            #expect(try await list { $0.host = "example.com" } == [])
            #expect(try await list { $0.status = 400...499 } == ["/gone"])
            #expect(try await list { $0.contentType = "image/" } == ["/image"])
            #expect(try await list { $0.isFresh = false } == ["/gone"])
            #expect(try await list { $0.isPartial = true } == [])
            #expect(try await list { $0.storedSince = .distantFuture } == [])
            #expect(try await list { $0.storedSince = .distantPast }.count == 5)
            #expect(try await cache.count(matching: "*/page/*") == 3)
        }
    }

    @Test func `entries are listed while others are stored`() async throws {
        try await withCache { cache, origin, surroundings in
            origin.script("/first", .text("first", fields: ["Cache-Control": Self.fresh]))
            try await cache.fetch(origin.url("/first")).body.drain()
            let count = 200
            for number in 0..<count { origin.script("/\(number)", .text("\(number)", fields: ["Cache-Control": Self.fresh])) }
            let other = try await surroundings.open()
            let writing = Task {
                for number in 0..<count { try await other.fetch(origin.url("/\(number)")).body.drain() }
            }
            var last = 0
            while last < count + 1 {
                let urls = try await all(cache.entries()).map(\.url)
                try #require(Set(urls).count == urls.count && urls.contains(origin.url("/first")) && urls.count >= last)
                last = urls.count
            }
            try await writing.value
            try await other.close()
        }
    }

    @Test func `what is removed is gone, and what took its place stays`() async throws {
        try await withCache { cache, origin, _ in
            origin.script(
                "/a", .text("one", fields: ["Cache-Control": Self.fresh]), .text("two", fields: ["Cache-Control": Self.fresh]))
            origin.script("/b", .text("b", fields: ["Cache-Control": Self.fresh]))
            for target in ["/a", "/b"] { try await cache.fetch(origin.url(target)).body.drain() }
            let old = try #require(try await cache.entry(for: origin.url("/a")))
            try await cache.fetch(origin.url("/a"), options: FetchOptions(freshness: .reload)).body.drain()
            try await cache.remove(old)
            #expect(try await cache.entry(for: origin.url("/a"))?.text == "two")
            #expect(await failure { try await old.body.drain() }?.code == "cache_body_gone")
            #expect(await failure { _ = try await old.fields() }?.code == "cache_body_gone")
            #expect(try await cache.remove(matching: "*/b") == 1)
            #expect(try await all(cache.entries()).map(\.url) == [origin.url("/a")])
            #expect(try await cache.remove(matching: nil) == 1)
            #expect(try await cache.count() == 0)
        }
    }

    private func all(_ entries: Entries) async throws -> [Entry] {
        var list: [Entry] = []
        for try await entry in entries { list.append(entry) }
        return list
    }
}

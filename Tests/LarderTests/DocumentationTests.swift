import HTTPSemantics
import Larder
import TestOrigin
import TestSupport
import Testing

/// What README.md and the articles of Larder.docc show; `ExampleTests` checks that they show this. A page that is to be fetched is given
/// as an argument.
@Suite struct DocumentationTests {
    private func withPage(_ body: (String, String) async throws -> Void) async throws {
        try await withCache { _, origin, surroundings in
            origin.script("/page", .text("<title>Title</title>", fields: ["Cache-Control": "max-age=0", "ETag": "\"1\""]))
            try await body(origin.url("/page"), surroundings.cacheDirectory)
        }
    }

    @Test func readme() async throws {
        try await withPage { url, directory in
            let configuration = Cache.Configuration(directory: directory)
            try await Cache.withCache(configuration) { cache in
                let response = try await cache.fetch(url)
                print(response.status, response.source.rawValue, response.reason.explanation)
                let page = try await response.body.collect(upTo: 10 << 20)
                print(page.count, "bytes,", response.fields["ETag"] ?? "no ETag")

                for try await entry in cache.entries(matching: "*.html") where entry.age > .seconds(86_400) {
                    print(entry.url, entry.bodyBytes, entry.isFresh)
                }
            }
        }
    }

    @Test func fetching() async throws {
        try await withPage { url, directory in
            let cache = try await Cache.open(at: directory)
            let response = try await cache.fetch(url)
            print(response.status, response.fields["Content-Type"] ?? "")
            let bytes = try await response.body.collect(upTo: 10 << 20)
            print(String(decoding: bytes, as: UTF8.self))
            try await cache.close()
        }
    }

    @Test func streaming() async throws {
        try await withPage { url, directory in
            let cache = try await Cache.open(at: directory)
            var count = 0
            for try await piece in try await cache.fetch(url).body {
                count += piece.count
            }
            #expect(count == 20)
            try await cache.close()
        }
    }

    @Test func options() async throws {
        try await withPage { url, directory in
            let cache = try await Cache.open(at: directory)
            var options = FetchOptions(freshness: .maximumAge(.seconds(3600)))
            options.maximumBodyBytes = 1 << 20
            let request = Request(url, fields: ["Accept-Language": "en"])
            let response = try await cache.fetch(request, options: options)
            #expect(response.source == .miss)
            try await cache.close()
        }
    }

    @Test func errors() async throws {
        try await withPage { url, directory in
            let cache = try await Cache.open(at: directory)
            do {
                let response = try await cache.fetch(url, options: FetchOptions(freshness: .offline))
                print(try await response.body.collect(upTo: 10 << 20).count)
            } catch let error as LarderError where error.kind == .offlineMiss {
                print("not fetched yet")
            }
            try await cache.close()
        }
    }

    @Test func lookingAround() async throws {
        try await withPage { url, directory in
            let cache = try await Cache.open(at: directory)
            try await cache.fetch(url).body.drain()
            if let entry = try await cache.entry(for: url) {
                print(entry.status, entry.contentType, entry.age, entry.isFresh)
                print(try await entry.body.collect(upTo: 10 << 20).count)
            }
            var filter = EntryFilter()
            filter.status = 400...599
            for try await entry in cache.entries(matching: "example.com", where: filter) {
                print(entry.status, entry.url)
            }
            try await cache.remove(matching: "https://example.com/old/*")
            try await cache.close()
        }
    }

    @Test func sharing() async throws {
        try await withPage { url, directory in
            // In one program:
            let one = try await Cache.open(at: directory)
            try await one.fetch(url).body.drain()

            // In another, at the same time or a year later:
            let other = try await Cache.open(at: directory)
            let response = try await other.fetch(url)
            print(response.source.rawValue)
            #expect(response.source == .revalidated || response.source == .miss)
            try await one.close()
            try await other.close()
        }
    }
}

import HTTPSemantics
import Larder
import Synchronization
import TestOrigin
import TestSupport
import Testing

@Suite struct SharingTests {
    @Test func `a hundred fetches of one URL are one request`() async throws {
        try await withCache { cache, origin, _ in
            var slow = ScriptedResponse.text("content", fields: ["Cache-Control": "max-age=600"])
            slow.delay = .milliseconds(30)
            origin.script("/", slow)
            let sources = try await withThrowingTaskGroup(of: Response.Source.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let response = try await cache.fetch(origin.url("/"))
                        guard try await response.text == "content" else { throw CancellationError() }
                        return response.source
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(sources.count { $0 == .miss } == 1 && sources.count { $0 == .hit } == 99)
            #expect(origin.requestCount == 1)
        }
    }

    @Test func `two caches on one directory see each other's answers`() async throws {
        try await withCache { cache, origin, surroundings in
            origin.script("/", .text("content", fields: ["Cache-Control": "max-age=600"]))
            let other = try await surroundings.open()
            #expect(try await cache.fetch(origin.url("/")).text == "content")
            let response = try await other.fetch(origin.url("/"))
            #expect(response.source == .hit)
            #expect(try await response.text == "content")
            // Both write.
            origin.script("/2", .text("two", fields: ["Cache-Control": "max-age=600"]))
            #expect(try await other.fetch(origin.url("/2")).text == "two")
            #expect(try await cache.fetch(origin.url("/2")).source == .hit)
            try await other.close()
            #expect(try await cache.fetch(origin.url("/")).text == "content")
            #expect(origin.requestCount == 2)
        }
    }

    @Test func `a host is asked by all caches together as often as one may`() async throws {
        try await withCache { cache, origin, surroundings in
            let count = 4
            var slow = ScriptedResponse.text("content", fields: ["Cache-Control": "max-age=600"])
            slow.delay = .milliseconds(20)
            for number in 0..<count * 2 { origin.script("/\(number)", slow) }
            let caches = try await [
                surroundings.open { $0.politeness?.maximumPerHost = 1 }, surroundings.open { $0.politeness?.maximumPerHost = 1 },
            ]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<count * 2 {
                    group.addTask { try await caches[number % 2].fetch(origin.url("/\(number)")).body.drain() }
                }
                try await group.waitForAll()
            }
            // Each came when the one before had been answered.
            let times = origin.requests.map(\.time.milliseconds)
            #expect(times.count == count * 2 && zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 19 }, "\(times)")
            for cache in caches { try await cache.close() }

            origin.script("/rest", .text("later", status: 503, fields: ["Retry-After": "600"]))
            try await cache.fetch(origin.url("/rest")).body.drain()
            let error = await failure { _ = try await cache.fetch(origin.url("/rest")) }
            #expect(error?.kind == .refused && error?.code == "host_put_aside")
        }
    }

    @Test func `waiting for another fetch of the same has an end`() async throws {
        try await withCache { cache, origin, surroundings in
            origin.script("/", .silence(.stall))
            let first = Task { try await cache.fetch(origin.url("/")) }
            try await eventually { origin.requestCount == 1 }
            let impatient = try await surroundings.open { $0.waitTimeout = .milliseconds(50) }
            let error = await failure { _ = try await impatient.fetch(origin.url("/")) }
            #expect(error?.kind == .lockTimeout && error?.code == "lock_timeout" && error?.message.contains("waitTimeout") == true)
            first.cancel()
            _ = await first.result
            try await impatient.close()
        }
    }

    @Test func `the end of a body is the moment when others find it`() async throws {
        try await withCache { cache, origin, surroundings in
            let other = try await surroundings.open()
            for number in 0..<20 {
                origin.script("/\(number)", .text("content \(number)", fields: ["Cache-Control": "max-age=600"]))
                try await cache.fetch(origin.url("/\(number)")).body.drain()
                #expect(try await other.entry(for: origin.url("/\(number)")) != nil)
            }
            try await other.close()
        }
    }

    @Test func `a program reads what another has fetched`() async throws {
        try await withCache { cache, origin, surroundings in
            origin.script("/", .text("content", fields: ["Cache-Control": "max-age=600"]))
            try await cache.fetch(origin.url("/")).body.drain()
            let result = try await Program.run(
                Program.built("LarderTestReader"), [surroundings.cacheDirectory, origin.url("/")])
            #expect(result.text == "hit 200 7\n" && origin.requestCount == 1)
        }
    }

    @Test func `closing ends what is under way and what comes later`() async throws {
        try await withCache { cache, origin, surroundings in
            origin.script("/", .silence(.stall))
            origin.script("/2", .text("content", fields: ["Cache-Control": "max-age=600"]))
            let stored = try await cache.fetch(origin.url("/2"))
            try await stored.body.drain()
            let entry = try #require(try await cache.entry(for: origin.url("/2")))
            let waiting = Task { try await cache.fetch(origin.url("/")) }
            try await eventually { origin.count(target: "/") == 1 }
            try await cache.close()
            #expect(await failure { _ = try await waiting.value }?.kind == .closed)
            #expect(await failure { _ = try await cache.fetch(origin.url("/2")) }?.kind == .closed)
            #expect(await failure { _ = try await cache.entry(for: origin.url("/2")) }?.kind == .closed)
            #expect(await failure { try await entry.body.drain() }?.kind == .closed)
            #expect(await failure { try await cache.remove(entry) }?.kind == .closed)
            try await cache.close()
            // What was stored is there for the next one.
            let next = try await surroundings.open()
            #expect(try await next.fetch(origin.url("/2")).source == .hit)
            try await next.close()
        }
    }

    @Test func `a scope closes its cache, whatever happens in it`() async throws {
        try await withCache { _, origin, surroundings in
            let configuration = Cache.Configuration(directory: surroundings.cacheDirectory)
            let kept = Mutex<Cache?>(nil)
            await #expect(throws: CancellationError.self) {
                try await Cache.withCache(configuration) { cache in
                    kept.withLock { $0 = cache }
                    throw CancellationError()
                }
            }
            let cache = try #require(kept.withLock { $0 })
            #expect(await failure { _ = try await cache.entry(for: origin.url("/")) }?.kind == .closed)
        }
    }

    @Test func `a cache that cannot be had says why`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("a file", to: "taken")
        let taken = await failure { _ = try await Cache.open(at: directory.file("taken")) }
        #expect(taken?.kind == .file && taken?.message.contains(directory.file("taken")) == true)
        #expect(taken?.message.contains("--") == false)
        var configuration = Cache.Configuration(directory: directory.file("none"))
        configuration.createsCache = false
        let missing = await failure { _ = try await Cache.open(configuration) }
        #expect(missing?.kind == .file && missing?.code == "cache_missing")
        try directory.write("no database at all, but long enough to be one", to: "broken/cache.db")
        #expect(await failure { _ = try await Cache.open(at: directory.file("broken")) }?.kind == .integrity)
    }
}

import HTTPSemantics
import TestOrigin
import Testing

@testable import CacheStore
@testable import CachingClient

/// Answers that are read at the reader's pace. What a program sees of them stands in LarderTests.
@Suite struct ReplyTests {
    private func read(_ reply: Reply) async throws -> Int {
        var count = 0
        while let pieces = try await reply.content.next() { count += pieces.reduce(0) { $0 + $1.count } }
        return count
    }

    @Test func withoutRoomForItTheContentIsHandedOnAllTheSame() async throws {
        var options = CacheStore.Options()
        options.maximumPages = 40
        try await withBench(options: options) { bench in
            let size = 200_000
            bench.origin.script(
                "/", ScriptedResponse(fields: ["Cache-Control": "max-age=600"], body: .bytes(randomBytes(size))))
            // Enough for the disk of the test to be full at the second.
            for _ in 0..<3 {
                var request = try bench.request("/")
                request.fields.append("Cache-Control", "no-cache")
                #expect(try await read(try await bench.client.reply(to: request)) == size)
            }
            #expect(bench.origin.requestCount == 3)
        }
    }

    @Test func whatIsTooLongForTheDiskIsNeverCutShort() async throws {
        var options = CacheStore.Options()
        options.maximumPages = 40
        try await withBench(options: options) { bench in
            let size = 3 << 20
            bench.origin.script("/", ScriptedResponse(fields: ["Cache-Control": "max-age=600"], body: .bytes(randomBytes(size))))
            let reply = try await bench.client.reply(to: try bench.request("/"))
            // A reader that keeps up gets all of it; one that does not is told, for there is nowhere to keep it.
            do {
                #expect(try await read(reply) == size)
            } catch let error as FetchError {
                #expect(error.code == .deliveryFailed || error.failureClass == .diskReserve)
            }
            #expect(try await bench.stored("/").isEmpty)
        }
    }

    @Test func anotherConfigurationSharesTheFetchesThatAreUnderWay() async throws {
        try await withBench { bench in
            var slow = ScriptedResponse.text("content", fields: ["Cache-Control": "max-age=600"])
            slow.delay = .milliseconds(30)
            bench.origin.script("/", slow)
            let clients = (1...10).map { bench.client.configured(ClientConfiguration(maximumRedirects: $0)) }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for client in clients {
                    group.addTask { try await read(try await client.reply(to: try bench.request("/"))) }
                }
                for try await count in group { #expect(count == 7) }
            }
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func redirectsAreStoredBeforeTheNextIsAskedFor() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/a", ScriptedResponse(status: 301, fields: ["Location": "/b", "Cache-Control": "max-age=600"], body: .bytes([1])))
            bench.origin.script("/b", .text("content", fields: ["Cache-Control": "max-age=600"]))
            let reply = try await bench.client.reply(to: try bench.request("/a"))
            #expect(reply.redirects.map(\.serialized) == [bench.origin.url("/a")] && reply.url.path == "/b")
            #expect(try await bench.stored("/a").count == 1)
            #expect(try await read(reply) == 7)
            #expect(try await bench.stored("/b").count == 1)
        }
    }
}

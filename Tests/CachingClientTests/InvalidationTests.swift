import HTTPSemantics
import TestOrigin
import Testing

@testable import CachingClient

/// RFC 9111 section 4.4
@Suite struct InvalidationTests {
    private func fill(_ bench: Bench, _ paths: String...) async throws {
        for path in paths {
            bench.origin.script(path, .text("stored", fields: ["Cache-Control": "max-age=60"]))
            try await bench.fetch(path)
        }
    }

    @Test func postDropsItsTargetAndWhereItPoints() async throws {
        try await withBench { bench in
            try await fill(bench, "/form", "/made", "/else")
            bench.origin.script("/form", .text("done", status: 201, fields: ["Location": "/made"]))
            let outcome = try await bench.client.fetch(bench.request("/form", method: .post), content: Array("a=1".utf8))
            #expect(outcome.outcome == .uncacheable && outcome.head?.status == 201)
            #expect(try await bench.stored("/form").isEmpty)
            #expect(try await bench.stored("/made").isEmpty)
            #expect(try await bench.stored("/else").count == 1)
            #expect(bench.origin.requests.last?.body == Array("a=1".utf8))
        }
    }

    @Test func aRefusedPostDropsNothing() async throws {
        try await withBench { bench in
            try await fill(bench, "/form")
            bench.origin.script("/form", .text("no", status: 403))
            _ = try await bench.client.fetch(bench.request("/form", method: .post))
            #expect(try await bench.stored("/form").count == 1)
        }
    }

    @Test func aPostWhoseAnswerIsCutShortDropsAllTheSame() async throws {
        try await withBench { bench in
            try await fill(bench, "/form")
            bench.origin.script(
                "/form", ScriptedResponse(fields: ["Content-Length": "10"], body: .bytes([1, 2, 3]), ending: .close))
            #expect(await fetchError { _ = try await bench.client.fetch(bench.request("/form", method: .post)) } != nil)
            #expect(try await bench.stored("/form").isEmpty)
        }
    }
}

import CacheStore
import HTTPCaching
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

@testable import CachingClient

/// Answers for a server.
@Suite(.timeLimit(.minutes(1))) struct AnswerTests {
    private func read(_ answer: Answer) async throws -> String {
        switch answer.body {
        case .none: return ""
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .remembered(let content): return String(decoding: content.bytes, as: UTF8.self)
        case .stream(let stream):
            var bytes: [UInt8] = []
            while let chunks = try await stream.next() { bytes += chunks.flatMap { $0 } }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func status(_ answer: Answer) -> String { answer.head.fields.first("Cache-Status") ?? "" }

    private let shared = ClientConfiguration(kind: .shared, revalidatesInBackground: true)

    @Test func anotherSpellingOfAURLNeverAnswersForIt() async throws {
        try await withBench { bench in
            let client = bench.client(shared)
            let fresh: FieldSection = ["Cache-Control": "max-age=600"]
            bench.origin.script("/a/../b", .text("taken for something else", fields: fresh))
            bench.origin.script("/b", .text("right", fields: fresh))
            var odd = try bench.request("/b")
            odd.target = "/a/../b"
            let first = try await client.answer(to: odd)
            #expect(try await read(first) == "taken for something else")
            #expect(status(first) == "larder; fwd=bypass; detail=other_spelling")
            #expect(try await read(try await client.answer(to: try bench.request("/b"))) == "right")
            #expect(try await read(try await client.answer(to: odd)) == "taken for something else")
            #expect(client.answerAtOnce(to: odd) == nil)
        }
    }

    @Test func whatHasBeenReadToItsLastByteIsAHit() async throws {
        try await withBench { bench in
            let client = bench.client(shared)
            for number in 0..<50 {
                let target = "/\(number)"
                bench.origin.script(target, .text("page", fields: ["Cache-Control": "max-age=600", "ETag": "\"1\""]))
                #expect(try await read(try await client.answer(to: try bench.request(target))) == "page")
                let again = try await client.answer(to: try bench.request(target, ["If-None-Match": "\"1\""]))
                #expect(again.head.status == 304 && status(again).hasPrefix("larder; hit"))
            }
            #expect(bench.origin.requestCount == 50)
        }
    }

    @Test func whatIsStoredForOneUserIsNotThereForAll() async throws {
        try await withBench { bench in
            bench.origin.script("/mine", .text("mine", fields: ["Cache-Control": "private, max-age=600"]))
            bench.origin.script("/secret", .text("secret", fields: ["Cache-Control": "max-age=600"]))
            let password: FieldSection = ["Authorization": "Basic eA=="]
            try await bench.fetch("/mine")
            try await bench.fetch("/secret", password)
            #expect(try await bench.fetch("/mine").cache == .hit)
            #expect(try await bench.fetch("/secret", password).cache == .hit)
            let client = bench.client(shared)
            for target in ["/mine", "/secret"] {
                let answer = try await client.answer(to: try bench.request(target))
                #expect(!status(answer).contains("hit") && answer.outcome == .miss || answer.outcome == .uncacheable)
            }
            #expect(bench.origin.requestCount == 4)
        }
    }
}

import CacheStore
import HTTPCaching
import HTTPSemantics
import TestOrigin
import Testing

@testable import CachingClient

@Suite struct ReuseTests {
    @Test func whatIsFreshIsNotAskedForAgain() async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("one", fields: ["Cache-Control": "max-age=60"]))
            let first = try await bench.fetch("/")
            #expect(first.cache == .miss && first.text == "one" && first.outcome.networkBytes == 3)
            bench.clock.advance(seconds: 59)
            let second = try await bench.fetch("/")
            #expect(second.cache == .hit && second.text == "one" && second.outcome.age == 59)
            #expect(second.outcome.networkBytes == 0 && second.head?.status == 200)
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func a304TransfersNothingAndRenewsTheLifetime() async throws {
        try await withBench { bench in
            bench.origin.script("/") { request in
                let fields: FieldSection = ["Cache-Control": "max-age=60", "ETag": "\"a\""]
                return request.fields.first("If-None-Match") == "\"a\""
                    ? ScriptedResponse(status: 304, fields: fields) : .text("one", fields: fields)
            }
            try await bench.fetch("/")
            let body = try await bench.stored("/")[0].body.id
            bench.clock.advance(seconds: 61)
            let second = try await bench.fetch("/")
            #expect(second.cache == .revalidated && second.text == "one" && second.outcome.networkBytes == 0)
            let stored = try await bench.stored("/")
            #expect(stored.count == 1 && stored.first?.body.id == body)
            bench.clock.advance(seconds: 59)
            #expect(try await bench.fetch("/").cache == .hit)
            #expect(bench.origin.requestCount == 2)
        }
    }

    /// RFC 9111 section 4.3.3: an origin that stops varying does not leave the old variant to be asked about for ever.
    @Test(arguments: [10, 400_000])
    func theFullAnswerToAValidationReplacesWhatWasAskedAbout(bytes: Int) async throws {
        let old = String(repeating: "a", count: bytes)
        let new = String(repeating: "b", count: bytes)
        try await withBench { bench in
            bench.origin.script(
                "/", .text(old, fields: ["ETag": "\"old\"", "Vary": "Accept-Language", "Cache-Control": "no-cache"]),
                .text(new, fields: ["ETag": "\"new\"", "Cache-Control": "max-age=60"]))
            try await bench.fetch("/", ["Accept-Language": "de"])
            #expect(try await bench.fetch("/", ["Accept-Language": "de"]).cache == .miss)
            #expect(try await bench.stored("/").count == 1)
            let third = try await bench.fetch("/", ["Accept-Language": "de"])
            #expect(third.cache == .hit && third.text == new)
            #expect(try await bench.store.verify(makeDecoder: nil).isClean)
        }
    }

    @Test func fieldsOfA304TakeThePlaceOfTheStoredOnes() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/", .text("one", fields: ["ETag": "\"a\"", "Kept": "1", "Changed": "old"]),
                ScriptedResponse(status: 304, fields: ["ETag": "\"a\"", "Changed": "new", "Cache-Control": "max-age=60"]))
            try await bench.fetch("/")
            let second = try await bench.fetch("/")
            #expect(second.head?.fields.first("Changed") == "new")
            let third = try await bench.fetch("/")
            #expect(third.cache == .hit)
            #expect(third.head?.fields.first("Changed") == "new" && third.head?.fields.first("Kept") == "1")
            #expect(third.head?.fields.values("Changed").count == 1)
        }
    }

    @Test func a304ForAnotherRepresentationIsAskedAgainWithoutCondition() async throws {
        try await withBench { bench in
            bench.origin.script("/") { request in
                request.fields.contains("If-None-Match")
                    ? ScriptedResponse(status: 304, fields: ["ETag": "\"other\""]) : .text("content", fields: ["ETag": "\"a\""])
            }
            try await bench.fetch("/")
            let second = try await bench.fetch("/")
            #expect(second.cache == .miss && second.text == "content")
            #expect(bench.origin.requestCount == 3)
        }
    }

    @Test func aServerThatKnowsNothingBut304IsAProtocolError() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/", .text("content", fields: ["ETag": "\"a\""]), ScriptedResponse(status: 304, fields: ["ETag": "\"other\""]))
            try await bench.fetch("/")
            let error = await fetchError { try await bench.fetch("/") }
            #expect(error?.code.rawValue == "protocol_error")
            #expect(try await bench.stored("/").count == 1)
        }
    }

    @Test func noStoreOnA304ServesOnceAndForgets() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/", .text("content", fields: ["ETag": "\"a\""]),
                ScriptedResponse(status: 304, fields: ["ETag": "\"a\"", "Cache-Control": "no-store"]))
            try await bench.fetch("/")
            let second = try await bench.fetch("/")
            #expect(second.cache == .revalidated && second.text == "content")
            #expect(try await bench.stored("/").isEmpty)
        }
    }

    @Test func noStoreOnA304ForgetsAlsoWhereTheReceiverFails() async throws {
        struct ReceiverIsFull: Error {}
        try await withBench { bench in
            bench.origin.script(
                "/", .text("content", fields: ["ETag": "\"a\""]),
                ScriptedResponse(status: 304, fields: ["ETag": "\"a\"", "Cache-Control": "no-store"]))
            try await bench.fetch("/")
            let error = await fetchError {
                _ = try await bench.client.fetch(bench.request("/")) { _ in throw ReceiverIsFull() }
            }
            #expect(error?.code == .deliveryFailed)
            try await bench.store.flush()
            #expect(try await bench.stored("/").isEmpty)
        }
    }

    @Test func variantsLieSideBySide() async throws {
        try await withBench { bench in
            bench.origin.script("/") { request in
                .text(
                    request.fields.first("Accept-Language") ?? "none",
                    fields: ["Vary": "Accept-Language", "Cache-Control": "max-age=60"])
            }
            #expect(try await bench.fetch("/", ["Accept-Language": "de"]).cache == .miss)
            let other = try await bench.fetch("/", ["Accept-Language": "fr"])
            #expect(other.cache == .miss && other.outcome.reason == ReuseReason.varyMismatch.name)
            #expect(try await bench.stored("/").count == 2)
            #expect(try await bench.fetch("/", ["Accept-Language": "de"]).text == "de")
            #expect(try await bench.fetch("/", ["Accept-Language": "fr"]).text == "fr")
            #expect(try await bench.fetch("/").text == "none")
            #expect(bench.origin.requestCount == 3)
        }
    }

    @Test(arguments: ["no-store", "max-age=0, no-store"])
    func whatMayNotBeStoredIsDelivered(_ cacheControl: String) async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("secret", fields: ["Cache-Control": cacheControl]))
            let answer = try await bench.fetch("/")
            #expect(answer.cache == .uncacheable && answer.text == "secret" && answer.outcome.reason == "no_store")
            #expect(answer.outcome.bodyBytes == 6 && answer.outcome.storedBytes == 0)
            #expect(try await bench.stored("/").isEmpty)
        }
    }

    @Test func aServerErrorKeepsTheStoredCopy() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/", .text("good", fields: ["ETag": "\"a\""]),
                .text("bad", status: 500, fields: ["Cache-Control": "max-age=60"]))
            try await bench.fetch("/")
            let failed = try await bench.fetch("/")
            #expect(failed.cache == .uncacheable && failed.text == "bad" && failed.head?.status == 500)
            #expect(failed.outcome.reason == "server_error_keeps_stored_copy")
            #expect(try await bench.stored("/").first?.response.head.status == 200)
            let offline = bench.client(ClientConfiguration(reuse: ReuseOptions(mode: .offline)))
            #expect(try await bench.fetch("/", by: offline).text == "good")
        }
    }

    @Test func aClientErrorReplacesTheStoredCopy() async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("good", fields: ["ETag": "\"a\""]), .text("gone", status: 410))
            try await bench.fetch("/")
            #expect(try await bench.fetch("/").cache == .miss)
            #expect(try await bench.stored("/").map(\.response.head.status) == [410])
        }
    }

    @Test func offlineNothingIsAsked() async throws {
        try await withBench(ClientConfiguration(reuse: ReuseOptions(mode: .offline))) { bench in
            let answer = try await bench.fetch("/")
            #expect(answer.cache == .offlineMiss && answer.head == nil)
            #expect(bench.origin.requestCount == 0)
        }
    }

    /// RFC 9110 section 9.3.2: the answer to HEAD has no content, wherever it comes from.
    @Test func headIsAnsweredFromGetWithoutContent() async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("content", fields: ["Cache-Control": "max-age=60"]))
            try await bench.fetch("/")
            let collector = Collector()
            let outcome = try await bench.client.fetch(bench.request("/", method: .head), deliver: collector.consume)
            #expect(outcome.outcome == .hit && collector.head?.status == 200)
            #expect(collector.bytes.isEmpty && outcome.body == nil && outcome.bodyBytes == 0)
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func answersAreCountedByOutcome() async throws {
        try await withBench { bench in
            bench.origin.script("/", .text("content", fields: ["Cache-Control": "max-age=60"]))
            for _ in 0..<3 { try await bench.fetch("/") }
            try await bench.store.flush()
            let activity = try await bench.store.statistics().activity.map(\.delta)
            #expect(
                Set(activity) == [
                    ActivityDelta(outcome: "miss", requests: 1, networkBytes: 7),
                    ActivityDelta(outcome: "hit", requests: 2, savedBytes: 14),
                ])
        }
    }
}

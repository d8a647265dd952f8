import CacheStore
import ContentCoding
import CrawlPolicy
import HTTPSemantics
import TestOrigin
import Testing

@testable import CrawlEngine

/// What a robots.txt says counts as far as it was read, and one that nobody can read is no leave (RFC 9309 sections 2.3.1.4, 2.5).
@Suite struct RobotsBodyTests {
    private static let rules = "User-agent: *\nDisallow: /private\n"
    private static let tooLong: FieldSection = ["Content-Length": "\(9 << 20)"]

    /// A file of a length, with its rules at the beginning.
    private static func file(_ length: Int) -> [UInt8] {
        var bytes = Array(rules.utf8)
        let line = Array(("# " + String(repeating: "x", count: 77) + "\n").utf8)
        while bytes.count < length { bytes += line }
        return Array(bytes[..<length])
    }

    private func fetch(_ bench: Bench, previous: RobotsRules? = nil) async throws -> RobotsRules {
        let fetcher = RobotsFetcher(
            client: bench.client(), agent: .larder, fields: JobFields([:]), retry: RetryPolicy(retries: 2, baseMilliseconds: 1),
            now: CacheStore.systemTime)
        let url = try #require(WebURL(bench.origin.url("/robots.txt")))
        return await fetcher.rules(at: url, previous: previous, isSiteOfSeed: false)
    }

    private func isAllowed(_ rules: RobotsRules, _ path: String) throws -> Bool {
        rules.verdict(for: try #require(WebURL("http://a\(path)"))).isAllowed
    }

    private func expectRules(_ rules: RobotsRules, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(rules.access == .rules && rules.lastFetch == .answered(status: 200), sourceLocation: sourceLocation)
        #expect(try !isAllowed(rules, "/private/1") && isAllowed(rules, "/public"), sourceLocation: sourceLocation)
    }

    // MARK: - Length

    @Test func aFileThatSaysItIsTooLongIsReadAsFarAsItCounts() async throws {
        try await withBench { bench in
            // The rest never comes: nobody waits for it.
            bench.origin.script(
                "/robots.txt", ScriptedResponse(fields: Self.tooLong, body: .bytes(Self.file(600_000)), ending: .stall))
            try expectRules(try await fetch(bench))
            #expect(try await !bench.isStored("/robots.txt"))
        }
    }

    @Test func aFileWithoutEndIsReadAsFarAsItCounts() async throws {
        try await withBench { bench in
            bench.origin.script("/robots.txt", ScriptedResponse(body: .endless(Self.file(64 << 10))))
            try expectRules(try await fetch(bench))
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func aLongFileIsStoredWhole() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/robots.txt", ScriptedResponse(fields: ["Cache-Control": "max-age=600"], body: .bytes(Self.file(2 << 20))))
            for _ in 0..<2 { try expectRules(try await fetch(bench)) }
            #expect(bench.origin.requestCount == 1)
        }
    }

    @Test func aServerErrorIsOneHoweverLongItIs() async throws {
        try await withBench { bench in
            for body in [ScriptedResponse.Body.none, .endless(Self.file(64 << 10))] {
                var answer = ScriptedResponse(status: 503, body: body, ending: .stall)
                if case .none = body { answer.fields = Self.tooLong }
                bench.origin.script("/robots.txt", answer)
                let rules = try await fetch(bench)
                #expect(rules.lastFetch == .answered(status: 503))
                #expect(try !isAllowed(rules, "/public"))
            }
        }
    }

    @Test func aFileThatIsNotThereIsNotHoweverLongItsAnswer() async throws {
        try await withBench { bench in
            for body in [ScriptedResponse.Body.none, .endless(Self.file(64 << 10))] {
                var answer = ScriptedResponse(status: 404, body: body, ending: .stall)
                if case .none = body { answer.fields = Self.tooLong }
                bench.origin.script("/robots.txt", answer)
                let rules = try await fetch(bench)
                #expect(rules.access == .allowAll(.answered(status: 404)))
                #expect(try isAllowed(rules, "/private/1"))
            }
        }
    }

    @Test func aRedirectIsFollowedHoweverLongItsAnswer() async throws {
        try await withBench { bench in
            bench.origin.script("/rules", ScriptedResponse(body: .bytes(Array(Self.rules.utf8))))
            for body in [ScriptedResponse.Body.none, .endless(Self.file(64 << 10))] {
                var answer = ScriptedResponse(status: 301, fields: ["Location": "/rules"], body: body, ending: .stall)
                if case .none = body { answer.fields = ["Location": "/rules", "Content-Length": "\(9 << 20)"] }
                bench.origin.script("/robots.txt", answer)
                let rules = try await fetch(bench)
                try expectRules(rules)
                #expect(rules.source.path == "/rules")
            }
        }
    }

    @Test func redirectsWithoutEndLeadNowhere() async throws {
        try await withBench { bench in
            bench.origin.script("/robots.txt", .redirect(to: "/r1"))
            for number in 1...9 { bench.origin.script("/r\(number)", .redirect(to: "/r\(number + 1)")) }
            let rules = try await fetch(bench)
            #expect(rules.access == .allowAll(.redirectedTooOften))
            #expect(bench.origin.requestCount == 6)
        }
    }

    @Test func aConnectionThatBreaksCountsByWhatHasCome() async throws {
        try await withBench { bench in
            let fields: FieldSection = ["Content-Length": "1000000"]
            bench.origin.script(
                "/robots.txt", ScriptedResponse(fields: fields, body: .bytes(Self.file(600_000)), ending: .close))
            try expectRules(try await fetch(bench))
            bench.origin.script(
                "/robots.txt", ScriptedResponse(fields: fields, body: .bytes(Self.file(400_000)), ending: .close))
            let rules = try await fetch(bench)
            #expect(try !isAllowed(rules, "/public"))
            guard case .failed = rules.lastFetch else {
                Issue.record("\(rules.lastFetch)")
                return
            }
        }
    }

    // MARK: - Codings

    private static let undecodable = RobotsFetch.failed(code: "undecodable_content")

    @Test func aCodingIsUndone() async throws {
        try await withBench { bench in
            let file = try Deflater.deflated(Array(Self.rules.utf8))
            bench.origin.script("/robots.txt", ScriptedResponse(fields: ["Content-Encoding": "gzip"], body: .bytes(file)))
            try expectRules(try await fetch(bench))
        }
    }

    @Test func aFileThatCannotBeDecodedAllowsNothing() async throws {
        let file = try Deflater.deflated(Self.file(100_000))
        let answers: [(coding: String, body: [UInt8])] = [
            ("br", Array(Self.rules.utf8)), ("gzip", Array(Self.rules.utf8)), ("gzip", Array(file.dropLast(20))),
            ("gzip", file.dropLast(4) + [1, 2, 3, 4]), ("gzip, zstd", file),
        ]
        for (coding, body) in answers {
            try await withBench { bench in
                bench.origin.script("/robots.txt", ScriptedResponse(fields: ["Content-Encoding": coding], body: .bytes(body)))
                let rules = try await fetch(bench)
                #expect(rules.lastFetch == Self.undecodable, "\(coding)")
                #expect(try !isAllowed(rules, "/public"), "\(coding)")
                // To ask again would not help.
                #expect(bench.origin.requestCount == 1, "\(coding)")
            }
        }
    }

    @Test func aFileThatWasReadBeforeCountsOn() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/robots.txt", ScriptedResponse(fields: ["Cache-Control": "no-store"], body: .bytes(Array(Self.rules.utf8))))
            let before = try await fetch(bench)
            bench.origin.script(
                "/robots.txt",
                ScriptedResponse(
                    fields: ["Cache-Control": "no-store", "Content-Encoding": "br"], body: .bytes(Array(Self.rules.utf8))))
            let after = try await fetch(bench, previous: before)
            #expect(after.access == .rules && after.lastFetch == Self.undecodable)
            #expect(try !isAllowed(after, "/private/1") && isAllowed(after, "/public"))
        }
    }

    @Test func aCodingThatBreaksBehindWhatCountsDoesNoHarm() async throws {
        let file = try Deflater.deflated(Self.file(600_000))
        try await withBench { bench in
            bench.origin.script(
                "/robots.txt",
                ScriptedResponse(fields: ["Content-Encoding": "gzip"], body: .bytes(file.dropLast(4) + [1, 2, 3, 4])))
            try expectRules(try await fetch(bench))
        }
    }

    @Test func theCodingOfAnErrorDoesNotMatter() async throws {
        try await withBench { bench in
            bench.origin.script(
                "/robots.txt", ScriptedResponse(status: 404, fields: ["Content-Encoding": "br"], body: .bytes(Array("x".utf8))))
            let rules = try await fetch(bench)
            #expect(rules.access == .allowAll(.answered(status: 404)))
        }
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder verify`: what the disk has changed is found, and with --repair fetched again, and nothing else is.
@Suite struct VerifyTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func verify(_ arguments: String...) async throws -> (result: Program.Result, lines: [JSONValue]) {
        let result = try await larder.run(["verify", "--json"] + arguments)
        return (result, try JSONValue.lines(result))
    }

    /// Five bodies, of which the disk has changed that of number 2.
    private func damaged(_ body: (Bulk) async throws -> Void) async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 5, bytes: 50_000)
            try #require(try await larder.crawl(bulk.urls).outcomes == ["miss": 5])
            try damage(larder.cache, content: bulk.content(2))
            origin.clearLog()
            try await body(bulk)
        }
    }

    @Test func aSoundCacheIsClean() async throws {
        try await withOrigin(site: GeneratedSite(pageCount: 20)) { origin in
            _ = try await larder.crawl((0..<20).map { origin.url("/pages/\($0).html") })
            origin.clearLog()
            for arguments in [["verify"], ["verify", "--repair"]] {
                let result = try await larder.run(arguments)
                #expect(result.status == 0)
                #expect(result.errors.isEmpty)
                #expect(result.lines.contains { $0.hasPrefix("problems") && $0.hasSuffix(" 0") })
            }
            let (result, lines) = try await verify("--repair")
            #expect(result.status == 0)
            #expect(lines.count == 1)
            #expect(lines.last?["type"] == "summary")
            #expect(lines.last?["entries"] == 20)
            #expect(lines.last?["unchecked_bodies"] == 0)
            #expect(lines.last?["exit_code"] == 0)
            #expect(origin.requestCount == 0)
        }
    }

    @Test func damageIsNamedWithItsURL() async throws {
        try await damaged { bulk in
            let (result, lines) = try await verify()
            #expect(result.status == 24)
            let problems = lines.filter { $0["type"] == "problem" }
            #expect(problems.count == 1)
            #expect(problems.first?["kind"] == "wrong_digest")
            #expect(problems.first?["urls"].array == [.string(bulk.url(2))])
            #expect(lines.last?["problems"] == 1)
            #expect(lines.last?["exit_code"] == 24)
            let text = try await larder.run("verify")
            #expect(text.status == 24)
            #expect(text.lines.first == "wrong digest: the digest differs: \(bulk.url(2))")
            #expect(text.errors.contains("--repair"))
            // A check changes nothing.
            #expect(try await larder.run("ls", "--count").text == "5\n")
            #expect(bulk.origin.requestCount == 0)
        }
    }

    @Test func repairFetchesTheDamagedURLAndNothingElse() async throws {
        try await damaged { bulk in
            let (result, lines) = try await verify("--repair")
            #expect(result.status == 0)
            let repairs = lines.filter { $0["type"] == "repair" }
            #expect(repairs.count == 1)
            #expect(repairs.first?["url"].string == bulk.url(2))
            #expect(repairs.first?["outcome"] == "repaired")
            #expect(repairs.first?["status"] == 200)
            #expect(lines.last?["removed_entries"] == 1)
            #expect(lines.last?["fetched_again"] == 1)
            #expect(lines.last?["exit_code"] == 0)
            #expect(bulk.origin.requests.map(\.target) == [bulk.target(2)])
            #expect(bulk.origin.requests.allSatisfy { !$0.fields.contains("If-None-Match") && !$0.fields.contains("Range") })
            for number in 0..<5 { try await expectBody(of: bulk.url(number), in: larder, bulk.content(number)) }
            try await expectClean(larder.cache)
            #expect(try await verify("--repair").lines.count == 1)
            #expect(bulk.origin.requestCount == 1)
        }
    }

    @Test func whatCannotBeFetchedAgainIsRemovedWithItsReason() async throws {
        try await damaged { bulk in
            bulk.origin.script(bulk.target(2), ScriptedResponse.silence(.close))
            let result = try await larder.run("verify", "--repair")
            #expect(result.status == 24)
            #expect(result.text.contains("removed: \(bulk.url(2)): "))
            // The rest is sound, and what was damaged is not handed out.
            #expect(try await verify().result.status == 0)
            #expect(try await larder.run("cat", bulk.url(2)).status == 20)
            try await expectBody(of: bulk.url(1), in: larder, bulk.content(1))
        }
    }

    @Test func offlineRemovesAndFetchesNothing() async throws {
        try await damaged { bulk in
            let (result, lines) = try await verify("--repair", "--offline")
            #expect(result.status == 0)
            #expect(lines.first { $0["type"] == "repair" }?["error"]["code"] == "offline")
            #expect(bulk.origin.requestCount == 0)
            #expect(try await larder.run("ls", "--count").text == "4\n")
            try await expectClean(larder.cache)
        }
    }

    @Test func theVariantThatWasDamagedIsAskedForAgain() async throws {
        try await withOrigin { origin in
            let german = Bulk(origin, "de", count: 1, bytes: 20_000)
            let french = Bulk(origin, "fr", count: 1, bytes: 20_000)
            origin.script("/page") { request in
                let body = request.fields.first("Accept-Language") == "de" ? german.content(0) : french.content(0)
                return ScriptedResponse(
                    fields: [
                        "Vary": "Accept-Language", "Content-Type": "image/png", "Cache-Control": "max-age=600", "ETag": "\"1\"",
                    ],
                    body: .bytes(body))
            }
            let url = origin.url("/page")
            for language in ["de", "fr"] {
                try #require(try await larder.run("get", "-H", "Accept-Language: \(language)", url).status == 0)
            }
            try damage(larder.cache, content: german.content(0))
            origin.clearLog()
            #expect(try await verify("--repair").result.status == 0)
            #expect(origin.requestCount == 1)
            #expect(origin.requests.first?.fields.first("Accept-Language") == "de")
            #expect(origin.requests.first?.fields.contains("If-None-Match") == false)
            for (language, body) in [("de", german.content(0)), ("fr", french.content(0))] {
                let result = try await larder.run("get", "--offline", "-H", "Accept-Language: \(language)", url)
                #expect(result.bytes == body)
            }
        }
    }

    @Test func aSharedBodyBringsAllItsURLsBack() async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 1, bytes: 20_000)
            for number in 0..<3 {
                origin.script(
                    "/copy/\(number)",
                    ScriptedResponse(
                        fields: ["Content-Type": "image/png", "Cache-Control": "max-age=600"], body: .bytes(bulk.content(0))))
            }
            let urls = (0..<3).map { origin.url("/copy/\($0)") }
            try #require(try await larder.crawl(urls).outcomes == ["miss": 3])
            try damage(larder.cache, content: bulk.content(0))
            origin.clearLog()
            let (result, lines) = try await verify("--repair")
            #expect(result.status == 0)
            #expect(Set(lines.first?["urls"].array ?? []) == Set(urls.map { .string($0) }))
            #expect(origin.requests.map(\.target).sorted() == ["/copy/0", "/copy/1", "/copy/2"])
            try await expectClean(larder.cache)
        }
    }

    @Test func aReferenceThatIsMissingIsFoundAndMended() async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 3, bytes: 20_000)
            _ = try await larder.crawl(bulk.urls)
            let changed = try await Program.run(
                "sqlite3", ["\(larder.cache)/cache.db", "DELETE FROM freshness WHERE entry_id = (SELECT min(entry_id) FROM entry)"])
            try #require(changed.status == 0, "install sqlite3")
            #expect(try await verify().result.status == 24)
            origin.clearLog()
            #expect(try await verify("--repair").result.status == 0)
            #expect(origin.requestCount == 1)
            try await expectClean(larder.cache)
            #expect(try await larder.run("ls", "--count").text == "3\n")
        }
    }

    @Test func progressIsShownOnATerminalOnly() async throws {
        try await damaged { _ in
            var onTerminal = larder
            onTerminal.environment["TERM"] = "xterm"
            let shown = try await onTerminal.run("verify", output: .terminal)
            #expect(shown.text.contains("\r\u{1B}[K"))
            let piped = try await onTerminal.run("verify")
            #expect(!piped.errors.contains("\u{1B}"))
        }
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder rm` and `larder pin`: changing what is in the cache, without the network.
@Suite struct RemoveTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    /// Four pages under /a, two under /b, 10,000 bytes each.
    private func filled(_ body: (_ a: Bulk, _ b: Bulk) async throws -> Void) async throws {
        try await withOrigin { origin in
            let (a, b) = (Bulk(origin, "a", count: 4, bytes: 10_000), Bulk(origin, "b", count: 2, bytes: 10_000))
            try #require(try await larder.crawl(a.urls + b.urls).outcomes == ["miss": 6])
            origin.clearLog()
            try await body(a, b)
            #expect(origin.requestCount == 0)
        }
    }

    private func count(_ arguments: String...) async throws -> String {
        try await larder.run(["ls", "--count"] + arguments).text
    }

    @Test func aPrefixIsRemovedAndTheRestStays() async throws {
        try await filled { a, b in
            let dry = try JSONValue.lines(try await larder.run("rm", "--dry-run", "--json", a.origin.url("/a/*")))
            #expect(dry.count == 1)
            #expect(dry.first?["removed_entries"] == 4)
            #expect(dry.first?["freed_bytes"] == 40_000)
            #expect(dry.first?["dry_run"] == true)
            #expect(try await count() == "6\n")

            let result = try await larder.run("rm", "--yes", "--json", a.origin.url("/a/*"))
            #expect(result.status == 0)
            let object = try JSONValue.lines(result).first ?? .missing
            #expect(object["removed_entries"] == 4)
            #expect(object["freed_bytes"] == 40_000)
            #expect(object["dry_run"] == false)
            #expect(try await larder.run("ls").lines == b.urls)
            try await expectBody(of: b.url(0), in: larder, b.content(0))
            #expect(try await larder.run("cat", a.url(0)).status == 20)
            try await expectClean(larder.cache)
        }
    }

    @Test func filtersNarrowAndSeveralPatternsAddUp() async throws {
        try await filled { a, b in
            let none = try await larder.run("rm", "--yes", "127.0.0.1", "--larger", "1M")
            #expect(none.status == 0)
            #expect(none.text == "removed 0 entries, 0 B freed\n")
            #expect(none.errors.contains("nothing matches"))
            // What two patterns match counts once.
            let both = try await larder.run("rm", "--dry-run", "--json", a.url(0), a.origin.url("/a/*"), b.url(1))
            #expect(try JSONValue.lines(both).first?["removed_entries"] == 5)
            #expect(try await larder.run("rm", "-y", a.url(0), b.url(1)).text == "removed 2 entries, 19.5 KiB freed\n")
            #expect(try await count() == "4\n")
        }
    }

    @Test func whereNobodyCanBeAskedItNeedsYes() async throws {
        try await filled { _, _ in
            let result = try await larder.run("rm", "--json", "*")
            #expect(result.status == 2)
            #expect(result.errors.contains("6 entries") && result.errors.contains("--yes"))
            #expect(try JSONValue.lines(result).last?["error"]["code"] == "usage")
            #expect(try await count() == "6\n")
        }
    }

    @Test(arguments: [("y\n", true), ("YES\n", true), ("n\n", false), ("\n", false), ("yesterday\n", false), ("\u{4}", false)])
    func onATerminalItAsks(answer: String, isYes: Bool) async throws {
        try await filled { a, _ in
            let result = try await larder.run("rm", a.origin.url("/a/*"), output: .typing(answer))
            #expect(result.text.contains("Remove 4 entries, 39.1 KiB? [y/N]"))
            #expect(result.status == (isYes ? 0 : 1))
            #expect(result.text.contains(isYes ? "removed 4 entries" : "nothing was removed"))
            #expect(try await count() == (isYes ? "2\n" : "6\n"))
        }
    }

    @Test(arguments: [["rm", "--yes"], ["pin"], ["unpin"]])
    func aURLThatIsNotThereIsExitCode20(command: [String]) async throws {
        try await filled { a, _ in
            let result = try await larder.run(command + [a.origin.url("/missing")])
            #expect(result.status == 20)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("not in the cache"))
            let pattern = try await larder.run(command + [a.origin.url("/missing/*")])
            #expect(pattern.status == 0)
            #expect(pattern.errors.contains("nothing matches"))
        }
    }

    @Test func aPinIsShownAndTakenAway() async throws {
        try await filled { a, b in
            #expect(try await larder.run("pin", a.origin.url("/a/*")).text == "pinned 4 entries\n")
            #expect(try await larder.run("pin", a.url(0), b.url(0)).text == "pinned 1 entry, 1 was so before\n")
            #expect(try await count("--pinned") == "5\n")
            #expect(try await larder.run("ls", "--no-pinned").lines == [b.url(1)])
            #expect(try await larder.show(b.url(0))["pinned"] == true)
            #expect(try await larder.show(b.url(1))["pinned"] == false)
            #expect(try await larder.run("ls", "-l", b.url(0)).text.contains("pinned"))
            #expect(try JSONValue.lines(try await larder.run("ls", "--json", b.url(0))).first?["pinned"] == true)
            #expect(try await larder.stats()["pinned_entries"] == 5)
            let object = try JSONValue.lines(try await larder.run("unpin", "--json", "*")).first ?? .missing
            #expect(object["unpinned_entries"] == 5)
            #expect(object["matching_entries"] == 6)
            #expect(try await count("--pinned") == "0\n")
        }
    }

    @Test func aPinStaysWhenTheResponseIsFetchedAnew() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("one", fields: ["Cache-Control": "max-age=600"]))
            let url = origin.url("/a")
            _ = try await larder.crawl([url])
            _ = try await larder.run("pin", url)
            origin.script("/a", .text("two", fields: ["Cache-Control": "max-age=600"]))
            #expect(try await larder.crawl([url], "--reload").outcomes == ["miss": 1])
            #expect(try await larder.cat(url) == Array("two".utf8))
            #expect(try await larder.show(url)["pinned"] == true)
        }
    }
}

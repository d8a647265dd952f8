import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder ls` and `larder stats`: asking the cache about itself.
@Suite struct ListTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    /// Entries of two hosts (127.0.0.1 and localhost), three types, three statuses, fresh and stale.
    private func filled(_ body: (TestOrigin) async throws -> Void) async throws {
        try await withOrigin { origin in
            let fresh = "max-age=600"
            origin.script("/docs/a.html", .text("<p>a", fields: ["Cache-Control": fresh]))
            origin.script("/docs/b.html", .text("<p>b", fields: ["Cache-Control": "max-age=0"]))
            origin.script("/style.css", .text("p {}", fields: ["Content-Type": "text/css", "Cache-Control": fresh]))
            origin.script(
                "/image.png",
                ScriptedResponse(fields: ["Content-Type": "image/png", "Cache-Control": fresh], body: .generated(50_000)))
            origin.script("/gone", .text("gone", status: 410, fields: ["Cache-Control": fresh, "Content-Type": "text/plain"]))
            origin.script("/moved", ScriptedResponse(status: 301, fields: ["Location": "/style.css", "Cache-Control": fresh]))
            let targets = ["/docs/a.html", "/docs/b.html", "/style.css", "/image.png", "/gone", "/moved"]
            let urls = targets.map(origin.url) + ["http://localhost:\(origin.port)/docs/a.html"]
            let report = try await larder.crawl(urls)
            try #require(report.results.count == 7)
            try await body(origin)
        }
    }

    private func list(_ arguments: String...) async throws -> [String] {
        let result = try await larder.run(["ls"] + arguments)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        // Without scheme and authority, which differ from run to run.
        return result.lines.map { line in
            line.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).count < 3 && !line.contains("://")
                ? line : "/" + (line.components(after: "://").split(separator: "/", maxSplits: 1).last.map(String.init) ?? "")
        }
    }

    @Test func eachFilterNarrowsTheList() async throws {
        try await filled { origin async throws in
            let all = ["/docs/a.html", "/docs/b.html", "/gone", "/image.png", "/moved", "/style.css", "/docs/a.html"]
            #expect(try await list() == all)
            #expect(try await list("--host", "localhost") == ["/docs/a.html"])
            #expect(try await list("localhost") == ["/docs/a.html"])
            #expect(try await list("127.0.0.1").count == 6)
            #expect(try await list("\(origin.baseURL)/docs/*") == ["/docs/a.html", "/docs/b.html"])
            #expect(try await list("*/docs/?.html").count == 3)
            #expect(try await list("--status", "410") == ["/gone"])
            #expect(try await list("--status", "3xx") == ["/moved"])
            #expect(try await list("--status", "2xx").count == 5)
            #expect(try await list("--type", "image/png") == ["/image.png"])
            #expect(try await list("--type", "text/css") == ["/style.css"])
            #expect(try await list("--type", "text").count == 5)
            #expect(try await list("--stale") == ["/docs/b.html"])
            #expect(try await list("--fresh").count == 6)
            #expect(try await list("--larger", "10k") == ["/image.png"])
            #expect(try await list("--since", "1h").count == 7)
            #expect(try await list("--since", "2999-01-01") == [])
            #expect(try await list("--sort", "size", "--limit", "1") == ["/image.png"])
            #expect(try await list("--sort", "status").last == "/gone")
            #expect(try await list("--limit", "2").count == 2)
            #expect(try await list("--host", "127.0.0.1", "--type", "text/html", "--fresh") == ["/docs/a.html"])
            #expect(try await list("--host", "nowhere.example") == [])
        }
    }

    @Test func countPrintsANumber() async throws {
        try await filled { _ async throws in
            #expect(try await larder.run("ls", "--count").text == "7\n")
            #expect(try await larder.run("ls", "--count", "--status", "410").text == "1\n")
            #expect(try JSONValue.lines(try await larder.run("ls", "--count", "--json")).first?["entries"] == 7)
        }
    }

    @Test func jsonNamesEverything() async throws {
        try await filled { origin in
            let objects = try JSONValue.lines(try await larder.run("ls", "--json", "*/image.png"))
            let object = try #require(objects.first)
            #expect(objects.count == 1)
            #expect(object["url"].string == origin.url("/image.png"))
            #expect(object["method"] == "GET")
            #expect(object["status"] == 200)
            #expect(object["content_type"] == "image/png")
            #expect(object["body_bytes"] == 50_000)
            #expect((object["stored_bytes"].integer ?? 0) > 0)
            #expect((object["response_time"].integer ?? 0) > 1_700_000_000)
            #expect((object["age"].integer ?? -1) >= 0)
            #expect(object["lifetime"] == 600)
            #expect(object["fresh"] == true)
        }
    }

    @Test func csvHasALineOfNames() async throws {
        try await filled { origin in
            let lines = try await larder.run("ls", "--csv").text.split(separator: "\r\n").map(String.init)
            #expect(lines.count == 8)
            #expect(lines.first?.hasPrefix("url,status,content_type,body_bytes,stored_bytes,") == true)
            #expect(lines.contains { $0.hasPrefix("\(origin.url("/style.css")),200,text/css,4,") })
        }
    }

    @Test func longLinesShowSizeAndFreshness() async throws {
        try await filled { origin in
            let lines = try await larder.run("ls", "-l").lines
            #expect(lines.count == 7)
            let image = try #require(lines.first { $0.contains("/image.png") })
            #expect(image.hasPrefix("200") && image.contains("image/png") && image.contains("fresh"))
            let stale = try #require(lines.first { $0.contains("/docs/b.html") })
            #expect(stale.contains("stale"))
        }
    }

    @Test func statsAddUp() async throws {
        try await filled { origin in
            _ = try await larder.crawl([origin.url("/style.css"), origin.url("/image.png")])
            let totals = try await larder.stats()
            #expect(totals["type"] == "totals")
            #expect(totals["entries"] == 7)
            #expect(totals["hosts"] == 2)
            // One body is shared by both hosts.
            #expect(totals["bodies"] == 6)
            #expect(totals["body_bytes"] == 50_016)
            #expect(totals["shared_bytes"] == 4)
            #expect((totals["database_bytes"].integer ?? 0) > 50_000)
            #expect(totals["outcomes"]["hit"].integer.map { $0 >= 2 } == true)
            #expect(totals["requests"].integer.map { $0 >= 9 } == true)
            #expect((totals["saved_bytes"].integer ?? 0) >= 50_004)

            func groups(_ key: String) async throws -> [String: Int64] {
                let lines = try JSONValue.lines(try await larder.run("stats", "--json", "--by", key)).dropFirst()
                #expect(lines.allSatisfy { $0["type"].string == key })
                return Dictionary(lines.map { ($0["name"].string ?? "", $0["entries"].integer ?? 0) }, uniquingKeysWith: +)
            }
            #expect(try await groups("host") == ["127.0.0.1": 6, "localhost": 1])
            #expect(try await groups("status") == ["200": 5, "301": 1, "410": 1])
            #expect(try await groups("type")["text/html"] == 3)
            #expect(try await groups("type")["image/png"] == 1)
            #expect(try await groups("day").values.reduce(0, +) == 7)

            let text = try await larder.run("stats", "--by", "host")
            #expect(text.text.contains("entries") && text.text.contains("localhost") && text.text.contains("127.0.0.1"))
        }
    }
}

extension String {
    fileprivate func components(after mark: String) -> Substring {
        range(of: mark).map { self[$0.upperBound...] } ?? self[...]
    }
}

import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder show` and `larder cat`: one entry, without the network.
@Suite struct ShowAndCatTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test func showTellsWhatIsKnown() async throws {
        try await withOrigin { origin in
            origin.script(
                "/a",
                .text(
                    "hello",
                    fields: [
                        "ETag": "W/\"1\"", "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT",
                        "Cache-Control": "max-age=600, must-revalidate", "X-Mark": "yes",
                    ]))
            let url = origin.url("/a")
            _ = try await larder.crawl([url])
            let object = try await larder.show(url)
            #expect(object["url"].string == url)
            #expect(object["status"] == 200)
            #expect(object["method"] == "GET")
            #expect(object["etag"] == "W/\"1\"")
            #expect(object["last_modified"] == 784_111_777)
            #expect(object["body_bytes"] == 5)
            #expect(object["sha256"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
            #expect(object["lifetime"] == 600)
            #expect(object["lifetime_source"] == "max-age")
            #expect(object["fresh"] == true)
            #expect(object["demands"].array == ["must-revalidate"])
            let fields = object["fields"].array
            #expect(fields.contains { $0["name"] == "X-Mark" && $0["value"] == "yes" })

            let text = try await larder.run("show", url).text
            for part in [url, "200 OK", "W/\"1\"", "X-Mark: yes", "2cf24dba", "fresh for another"] {
                #expect(text.contains(part), "\(part)")
            }
            #expect(origin.requestCount == 1)
        }
    }

    @Test func a304RefreshesTheStoredFields() async throws {
        try await withOrigin { origin in
            origin.script("/a") { request in
                guard request.fields.first("If-None-Match") == "\"1\"" else {
                    return .text(
                        "body", fields: ["ETag": "\"1\"", "Cache-Control": "max-age=0", "X-Version": "old", "X-Kept": "kept"])
                }
                return ScriptedResponse(
                    status: 304, fields: ["ETag": "\"1\"", "Cache-Control": "max-age=900", "X-Version": "new"])
            }
            let url = origin.url("/a")
            _ = try await larder.crawl([url])
            let before = try await larder.show(url)
            #expect(before["lifetime"] == 0)
            #expect(try await larder.crawl([url]).outcomes == ["revalidated": 1])
            let after = try await larder.show(url)
            #expect(after["lifetime"] == 900)
            #expect(after["fresh"] == true)
            #expect(after["sha256"] == before["sha256"])
            #expect(after["status"] == 200)
            let fields = after["fields"].array
            #expect(fields.filter { $0["name"] == "X-Version" }.map { $0["value"].string } == ["new"])
            #expect(fields.contains { $0["name"] == "X-Kept" && $0["value"] == "kept" })
            #expect(try await larder.cat(url) == Array("body".utf8))
            // And now it is fresh.
            #expect(try await larder.crawl([url]).outcomes == ["hit": 1])
            #expect(origin.requestCount == 2)
        }
    }

    @Test func catDecodesAndRawDoesNot() async throws {
        let site = GeneratedSite(pageCount: 2)
        try await withOrigin(site: site) { origin in
            let url = origin.url("/pages/1.html")
            _ = try await larder.crawl([url])
            #expect(
                try await larder.show(url)["fields"].array.contains { $0["name"] == "Content-Encoding" && $0["value"] == "gzip" })
            let plain = try await larder.cat(url)
            let raw = try await larder.run("cat", "--raw", url)
            #expect(raw.bytes.prefix(2) == [0x1F, 0x8B])
            let file = try larder.directory.write(raw.bytes, to: "raw.gz")
            #expect(try await Program.run("gzip", ["-dc", file]).bytes == plain)
            #expect(try await larder.show(url)["body_bytes"].integer == Int64(raw.output.count))
            let gzip = try await Program.run("sha256sum", [file])
            #expect(gzip.text.hasPrefix(try await larder.show(url)["sha256"].string ?? "none"))

            let head = try await larder.run("cat", "--head", url)
            #expect(head.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.bytes.suffix(plain.count) == plain[...])
            #expect(origin.requestCount == 1)
        }
    }

    @Test func whatIsNotInTheCacheIsExitCode20() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a"))
            _ = try await larder.crawl([origin.url("/a")])
            for command in ["show", "cat"] {
                let result = try await larder.run(command, origin.url("/other"))
                #expect(result.status == 20)
                #expect(result.output.isEmpty)
                #expect(result.errors.contains("not in the cache"))
            }
            #expect(origin.requestCount == 1)
        }
    }

    @Test func variantsLieSideBySide() async throws {
        try await withOrigin { origin in
            origin.script("/a") { request in
                let language = request.fields.first("Accept-Language") ?? "none"
                return .text("in \(language)", fields: ["Vary": "Accept-Language", "Cache-Control": "max-age=600"])
            }
            let url = origin.url("/a")
            for language in ["de", "fr", "de", "fr"] {
                #expect(try await larder.run("get", "-H", "Accept-Language: \(language)", url).text == "in \(language)")
            }
            #expect(origin.requestCount == 2)
            let objects = try JSONValue.lines(try await larder.run("show", "--json", url))
            #expect(objects.count == 2)
            #expect(objects.allSatisfy { $0["vary"].array.first?["name"] == "accept-language" })
            // The latest is printed.
            #expect(try await larder.cat(url) == Array("in fr".utf8))
            #expect(try await larder.run("ls", "--count").text == "2\n")
        }
    }

    @Test func anEmptyBodyIsKeptAsOne() async throws {
        try await withOrigin { origin in
            origin.script("/empty", .text("", fields: ["Cache-Control": "max-age=600"]))
            origin.script("/none", ScriptedResponse(status: 204, fields: ["Cache-Control": "max-age=600"]))
            let urls = [origin.url("/empty"), origin.url("/none")]
            #expect(try await larder.crawl(urls).outcomes == ["miss": 2])
            #expect(try await larder.crawl(urls).outcomes == ["hit": 2])
            for url in urls {
                let cat = try await larder.run("cat", url)
                #expect(cat.status == 0 && cat.output.isEmpty)
            }
        }
    }
}

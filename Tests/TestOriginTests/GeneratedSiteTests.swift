import ContentCoding
import Testing

@testable import TestOrigin

private func withSite<Result>(
    pages: Int = 40, _ body: (TestOrigin, GeneratedSite) async throws -> Result
) async throws -> Result {
    var configuration = TestOrigin.Configuration()
    let site = GeneratedSite(pageCount: pages)
    configuration.site = site
    return try await withOrigin(configuration) { try await body($0, site) }
}

struct GeneratedSiteTests {
    @Test func pagesAreTheSameInEverySite() throws {
        for path in ["/", "/pages/7.html", "/images/1.png", "/live/3.html"] {
            let one = try #require(GeneratedSite(pageCount: 40).representation(path))
            let other = try #require(GeneratedSite(pageCount: 40).representation(path))
            #expect(one.body == other.body)
            #expect(one.tag == other.tag)
            #expect(GeneratedSite(pageCount: 40, seed: 2).representation(path)?.body != nil)
        }
        let page = try #require(GeneratedSite().representation("/pages/7.html"))
        #expect(GeneratedSite(seed: 2).representation("/pages/7.html")?.body != page.body)
        #expect((9_000...11_000).contains(page.body.count))
        let gzip = try #require(page.gzip)
        #expect(try ContentDecoder.decoded(gzip, contentEncoding: "gzip", maximumOutput: nil) == page.body)
        #expect((2_500...4_000).contains(gzip.count))
    }

    @Test func differentPagesHaveDifferentTags() {
        let site = GeneratedSite(pageCount: 300)
        #expect(Set((0..<300).compactMap { site.representation("/pages/\($0).html")?.tag }).count == 300)
    }

    @Test(arguments: [
        "/pages/40.html", "/pages/-1.html", "/pages/007.html", "/pages/.html", "/pages/1", "/x", "", "/images/3.png",
        "/live/10.html",
        "/contents/1.html",
    ])
    func noSuchPath(path: String) {
        #expect(GeneratedSite(pageCount: 40).representation(path) == nil)
    }

    @Test func listsReachEveryPage() {
        let site = GeneratedSite(pageCount: 250)
        #expect(site.listCount == 3)
        let lists = (0..<3).compactMap { site.representation("/contents/\($0).html")?.body }
        let text = lists.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect((0..<250).allSatisfy { text.contains("href=\"/pages/\($0).html\"") })
    }

    @Test func targetsAreAllDifferent() {
        let targets = Array(GeneratedSite(pageCount: 10).pageTargets(25))
        #expect(targets.prefix(2) == ["/pages/0.html", "/pages/1.html"])
        #expect(targets[10] == "/pages/0.html?round=1")
        #expect(Set(targets).count == 25)
        #expect(Array(GeneratedSite().pageTargets(-1)).isEmpty)
    }

    @Test func theCacheIsBoundedByEntries() {
        let cache = RenderedPages()
        var renderings = 0
        func ask(_ number: Int) {
            _ = cache.rendered(.page(number)) { _ in
                renderings += 1
                return .init(mediaType: "", body: [], gzip: nil, tag: "", lastModified: SystemTime.now(), freshness: .hour)
            }
        }
        for number in 0..<RenderedPages.maximumEntries { ask(number) }
        ask(0)
        #expect(renderings == RenderedPages.maximumEntries)
        ask(RenderedPages.maximumEntries)
        ask(0)
        #expect(renderings == RenderedPages.maximumEntries + 2)
    }

    @Test func responsesHaveWhatACacheNeeds() async throws {
        try await withSite { origin, _ in
            let (head, body) = try fetch(origin, "/pages/0.html")
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(field("Cache-Control", head) == "max-age=3600")
            #expect(field("ETag", head)?.hasPrefix("\"") == true)
            #expect(field("Last-Modified", head) == "Mon, 01 Jan 2024 00:00:00 GMT")
            #expect(field("Content-Length", head) == "\(body.count)")
            #expect(field("Content-Encoding", head) == nil)
            #expect(field("Vary", head) == "Accept-Encoding")
            #expect(field("Date", head) != nil)
            #expect(try field("Cache-Control", fetch(origin, "/pages/1.html").head) == "max-age=0")
            #expect(try field("Cache-Control", fetch(origin, "/pages/3.html").head) == nil)
            let live = try fetch(origin, "/live/0.html").head
            #expect(field("Cache-Control", live) == "no-store")
            #expect(field("ETag", live) == nil)
            #expect(try fetch(origin, "/nothing").head.hasPrefix("HTTP/1.1 404 "))
            #expect(try fetch(origin, "/", method: "DELETE").head.hasPrefix("HTTP/1.1 405 "))
        }
    }

    @Test func gzipWhereItIsAccepted() async throws {
        try await withSite { origin, _ in
            let plain = try fetch(origin, "/pages/2.html")
            let coded = try fetch(origin, "/pages/2.html", fields: "Accept-Encoding: deflate, gzip;q=0.5\r\n")
            #expect(field("Content-Encoding", coded.head) == "gzip")
            #expect(try ContentDecoder.decoded(coded.body, contentEncoding: "gzip", maximumOutput: nil) == plain.body)
            #expect(field("ETag", coded.head) != field("ETag", plain.head))
            #expect(try field("Content-Encoding", fetch(origin, "/images/0.png", fields: "Accept-Encoding: gzip\r\n").head) == nil)
        }
    }

    @Test(arguments: [
        (nil, false), ("", false), ("gzip", true), ("x-gzip", true), ("GZIP", true), ("gzip;q=0", false), ("gzip; q=0.000", false),
        ("*", true), ("*;q=0", false), ("*, gzip;q=0", false), ("br, deflate", false), ("identity", false),
    ])
    func acceptEncoding(value: String?, expected: Bool) {
        #expect(GeneratedSite.acceptsGzip(value) == expected)
    }

    @Test func conditions() async throws {
        try await withSite { origin, site in
            let (head, _) = try fetch(origin, "/pages/5.html")
            let tag = try #require(field("ETag", head))
            let modified = try #require(field("Last-Modified", head))
            func status(_ fields: String) throws -> String {
                let (head, body) = try fetch(origin, "/pages/5.html", fields: fields)
                let status = String(head.split(separator: " ")[1])
                if status == "304" {
                    #expect(body.isEmpty)
                    #expect(field("ETag", head) == tag)
                    #expect(field("Content-Length", head) == nil)
                }
                return status
            }
            #expect(try status("If-None-Match: \(tag)\r\n") == "304")
            #expect(try status("If-None-Match: \"x\", W/\(tag)\r\n") == "304")
            #expect(try status("If-None-Match: *\r\n") == "304")
            #expect(try status("If-None-Match: \"x\"\r\n") == "200")
            #expect(try status("If-None-Match: \(tag)\r\nAccept-Encoding: gzip\r\n") == "200")
            #expect(try status("If-Modified-Since: \(modified)\r\n") == "304")
            #expect(try status("If-Modified-Since: Sun, 31 Dec 2023 00:00:00 GMT\r\n") == "200")
            #expect(try status("If-Modified-Since: soon\r\n") == "200")
            #expect(try status("If-None-Match: \"x\"\r\nIf-Modified-Since: \(modified)\r\n") == "200")

            site.revise(page: 5)
            #expect(try status("If-None-Match: \(tag)\r\n") == "200")
            #expect(try status("If-Modified-Since: \(modified)\r\n") == "200")
            #expect(origin.countsByStatus[304] == 4)
        }
    }

    @Test func headHasTheHeadOfGet() async throws {
        try await withSite { origin, _ in
            let get = try fetch(origin, "/pages/0.html")
            let head = try fetch(origin, "/pages/0.html", method: "HEAD")
            #expect(head.body.isEmpty)
            #expect(field("Content-Length", head.head) == "\(get.body.count)")
            #expect(field("ETag", head.head) == field("ETag", get.head))
        }
    }
}

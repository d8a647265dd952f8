import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Redirects: each hop is an entry of its own, and no chain is followed for ever.
@Suite struct RedirectTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test func aChainIsFollowedAndEachHopIsStored() async throws {
        try await withOrigin { origin in
            origin.script("/one", ScriptedResponse(status: 301, fields: ["Location": "/two", "Cache-Control": "max-age=600"]))
            origin.script(
                "/two", ScriptedResponse(status: 308, fields: ["Location": "three?q=1#part", "Cache-Control": "max-age=600"]))
            origin.script("/three", .text("there", fields: ["Cache-Control": "max-age=600"]))
            let url = origin.url("/one")
            let first = try await larder.crawl([url])
            #expect(first[url]["cache"] == "miss")
            #expect(first[url]["status"] == 200)
            #expect(first[url]["final_url"].string == origin.url("/three?q=1"))
            #expect(first[url]["attempts"] == 3)
            let entries = try await larder.run("ls", "--json")
            #expect(try JSONValue.lines(entries).map { $0["status"].integer }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [200, 301, 308])

            // Every hop comes from the cache.
            let second = try await larder.crawl([url, origin.url("/two")])
            #expect(second.outcomes == ["hit": 2])
            #expect(origin.requestCount == 3)
        }
    }

    @Test func aLoopIsAnError() async throws {
        try await withOrigin { origin in
            origin.script("/a", .redirect(to: "/b"))
            origin.script("/b", .redirect(to: "/a"))
            try await expectRedirectError(origin, "/a", code: "redirect_loop")
            #expect(origin.count(target: "/a") <= 2)
        }
    }

    @Test func aRedirectToItselfIsALoop() async throws {
        try await withOrigin { origin in
            origin.script("/a", .redirect(to: "#part"))
            try await expectRedirectError(origin, "/a", code: "redirect_loop")
        }
    }

    @Test func tooManyRedirectsAreAnError() async throws {
        try await withOrigin { origin in
            for number in 0..<100 { origin.script("/\(number)", .redirect(to: "/\(number + 1)")) }
            try await expectRedirectError(origin, "/0", code: "too_many_redirects")
            #expect(origin.requestCount == 42)
            origin.clearLog()
            let few = try await larder.crawl([origin.url("/0")], "--reload", "--max-redirect", "3")
            #expect(few.status == 7)
            #expect(origin.requestCount == 4)
        }
    }

    @Test(arguments: ["ftp://127.0.0.1/file", "file:///etc/passwd", "javascript:alert(1)", "http://[::1"])
    func aRedirectToAnotherSchemeIsAnError(location: String) async throws {
        try await withOrigin { origin in
            origin.script("/a", .redirect(to: location))
            try await expectRedirectError(origin, "/a", code: "invalid_redirect")
        }
    }

    @Test func withoutRedirectsTheAnswerIsTheRedirect() async throws {
        try await withOrigin { origin in
            origin.script("/a", .redirect(to: "/b"))
            let url = origin.url("/a")
            let report = try await larder.crawl([url], "--max-redirect", "0")
            #expect(report.status == 0)
            #expect(report[url]["status"] == 302)
            #expect(report[url]["final_url"].string == url)
            #expect(origin.count(target: "/b") == 0)
        }
    }

    @Test func aRedirectWithoutLocationIsAnAnswerLikeAnyOther() async throws {
        try await withOrigin { origin in
            origin.script("/a", ScriptedResponse(status: 302, body: .bytes(Array("nowhere".utf8))))
            let report = try await larder.crawl([origin.url("/a")])
            #expect(report.status == 0)
            #expect(report.results.first?["status"] == 302)
        }
    }

    @Test func anEarlierCopyOutlivesARedirectThatFails() async throws {
        try await withOrigin { origin in
            origin.script("/a", .redirect(to: "/b"))
            origin.script("/b", good)
            _ = try await larder.crawl([origin.url("/a")])
            origin.script("/a", .redirect(to: "/a"))
            #expect(try await larder.crawl([origin.url("/a")]).status == 7)
            #expect(try await larder.cat(origin.url("/b")) == Array("the good copy".utf8))
        }
    }

    @Test func aPostBecomesAGetAfterSeeOther() async throws {
        try await withOrigin { origin in
            origin.script("/form", .redirect(to: "/done", status: 303))
            origin.script("/done", .text("done"))
            let result = try await larder.run("get", "-d", "name=value", origin.url("/form"))
            #expect(result.text == "done")
            #expect(origin.requests.map(\.method.rawValue) == ["POST", "GET"])
            #expect(origin.requests.last?.body.isEmpty == true)
        }
    }

    @Test func credentialsStayWithTheirHost() async throws {
        try await withOrigin { origin in
            try await withOrigin { other in
                origin.script("/a", .redirect(to: other.url("/b")))
                other.script("/b", .text("b"))
                let result = try await larder.run(
                    "get", "-H", "Authorization: Bearer secret", "-H", "Cookie: a=b", "-H", "X-Mine: 1", origin.url("/a"))
                #expect(result.status == 0)
                #expect(origin.requests.first?.fields.first("Authorization") == "Bearer secret")
                #expect(other.requests.first?.fields.contains("Authorization") == false)
                #expect(other.requests.first?.fields.contains("Cookie") == false)
                #expect(other.requests.first?.fields.first("X-Mine") == "1")
            }
        }
    }

    private func expectRedirectError(
        _ origin: TestOrigin, _ target: String, code: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let url = origin.url(target)
        let report = try await larder.crawl([url])
        #expect(report.status == 7, sourceLocation: sourceLocation)
        #expect(report[url]["cache"] == "error", sourceLocation: sourceLocation)
        #expect(report[url]["error"]["code"].string == code, sourceLocation: sourceLocation)
        #expect(report.errors.contains("[\(code)]"), sourceLocation: sourceLocation)
        #expect(report.errors.contains("127.0.0.1:\(origin.port)"), sourceLocation: sourceLocation)
        let get = try await larder.run("get", "--json", url)
        #expect(get.status == 7, sourceLocation: sourceLocation)
        #expect(try JSONValue.lines(get).first?["error"]["code"].string == code, sourceLocation: sourceLocation)
    }
}

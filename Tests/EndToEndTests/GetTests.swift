import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder get`: one URL through the cache.
@Suite struct GetTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    @Test func theBodyIsPrintedDecodedAndKept() async throws {
        let site = GeneratedSite(pageCount: 4)
        try await withOrigin(site: site) { origin in
            let url = origin.url("/pages/0.html")
            let first = try await larder.run("get", url)
            #expect(first.status == 0)
            #expect(first.errors.isEmpty)
            #expect(origin.requests.first?.fields.combined("Accept-Encoding") == "gzip, deflate")
            let plain = try await larder.run("get", "--reload", "-H", "Accept-Encoding: identity", url)
            #expect(first.output == plain.output)
            #expect(first.text.contains("<html"))
            // Fresh for an hour.
            origin.clearLog()
            #expect(try await larder.run("get", url).output == first.output)
            #expect(origin.requestCount == 0)
        }
    }

    @Test func outputGoesToAFile() async throws {
        try await withOrigin { origin in
            let file = larder.directory.file("out.bin")
            let result = try await larder.run("get", "-o", file, origin.url("/bytes/100000"))
            #expect(result.status == 0)
            #expect(result.output.isEmpty)
            #expect(try larder.directory.read("out.bin") == GeneratedBody.bytes(from: 0, count: 100_000))
        }
    }

    @Test func aFileAppearsOnlyWhenItIsWhole() async throws {
        try await withOrigin { origin in
            origin.script("/half", ScriptedResponse(fields: ["Content-Length": "1000"], body: .bytes([1, 2, 3]), ending: .close))
            try larder.directory.write("as it was", to: "out")
            let result = try await larder.run("get", "-o", larder.directory.file("out"), origin.url("/half"))
            #expect(result.status == 4)
            #expect(try larder.directory.read("out") == Array("as it was".utf8))
            let names = try FileManager.default.contentsOfDirectory(atPath: larder.directory.path)
            #expect(Set(names) == ["out", "cache"])
        }
    }

    @Test func anOutputThatCannotBeWrittenIsAFileError() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a"))
            let result = try await larder.run("get", "-o", "/nonexistent/directory/out", origin.url("/a"))
            #expect(result.status == 3)
            #expect(result.errors.contains("/nonexistent/directory/out"))
        }
    }

    @Test func theHeadIsAskedForAlone() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("content", fields: ["X-Mark": "yes"]))
            let result = try await larder.run("get", "-I", origin.url("/a"))
            #expect(result.status == 0)
            #expect(result.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(result.text.contains("X-Mark: yes\r\n"))
            #expect(!result.text.contains("content\n") && result.text.hasSuffix("\r\n\r\n"))
            #expect(origin.requests.map(\.method.rawValue) == ["HEAD"])
        }
    }

    @Test func theHeadComesBeforeTheBody() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("content", fields: ["X-Mark": "yes"]))
            for _ in 0..<2 {
                let result = try await larder.run("get", "-i", origin.url("/a"))
                #expect(result.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(result.text.contains("X-Mark: yes\r\n"))
                #expect(result.text.hasSuffix("\r\n\r\ncontent"))
            }
        }
    }

    @Test func contentIsSentWithMethodAndFields() async throws {
        try await withOrigin { origin in
            let url = origin.url(TestOrigin.echoPath)
            let file = try larder.directory.write("from a file", to: "content")
            let result = try await larder.run(
                "get", "-i", "-X", "PUT", "-d", "a=1", "-d", "@\(file)", "-H", "X-Mine: of mine", "--user-agent", "test/1", url)
            #expect(result.status == 0)
            #expect(result.text.hasSuffix("\r\n\r\na=1&from a file"))
            #expect(result.text.contains("Echo-Method: PUT"))
            let request = try #require(origin.requests.first)
            #expect(request.fields.first("X-Mine") == "of mine")
            #expect(request.fields.first("User-Agent") == "test/1")
            #expect(request.fields.first("Content-Length") == "15")
            #expect(request.fields.first("Content-Type") == "application/x-www-form-urlencoded")
            #expect(try await larder.run("get", "-d", "x", url).text == "x")
            #expect(origin.requests.last?.method == .post)
        }
    }

    @Test func aStatusOf400OrMorePrintsTheBodyAllTheSame() async throws {
        try await withOrigin { origin in
            origin.script("/gone", .text("it is gone", status: 410))
            origin.script("/closed", .text("who are you?", status: 401))
            let gone = try await larder.run("get", origin.url("/gone"))
            #expect(gone.status == 8)
            #expect(gone.text == "it is gone")
            #expect(gone.errors.contains("status 410"))
            let closed = try await larder.run("get", origin.url("/closed"))
            #expect(closed.status == 6)
            #expect(closed.text == "who are you?")
        }
    }

    @Test func offlineAMissIsExitCode20() async throws {
        try await withOrigin { origin in
            let url = origin.url("/a")
            origin.script("/a", .text("a"))
            let miss = try await larder.run("get", "--offline", url)
            #expect(miss.status == 20)
            #expect(miss.output.isEmpty)
            #expect(miss.errors.contains("not in the cache"))
            #expect(origin.requestCount == 0)
            _ = try await larder.run("get", url)
            let hit = try await larder.run("get", "--offline", url)
            #expect(hit.status == 0 && hit.text == "a")
            #expect(origin.requestCount == 1)
        }
    }

    @Test func aRedirectIsFollowed() async throws {
        try await withOrigin { origin async throws in
            origin.script("/a", ScriptedResponse(status: 302, fields: ["Location": "/b"], body: .bytes(Array("not this".utf8))))
            origin.script("/b", .text("but this"))
            #expect(try await larder.run("get", origin.url("/a")).text == "but this")
        }
    }

    @Test func jsonDescribesTheAnswerInPlaceOfTheBody() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("content", fields: ["ETag": "\"1\"", "Cache-Control": "max-age=3600"]))
            let url = origin.url("/a")
            let object = try JSONValue.lines(try await larder.run("get", "--json", url)).first ?? .missing
            #expect(object["url"].string == url)
            #expect(object["status"] == 200)
            #expect(object["cache"] == "miss")
            #expect(object["body_bytes"] == 7)
            #expect(object["network_bytes"] == 7)
            #expect(object["etag"] == "\"1\"")
            #expect(object["error"] == .null)
            let names = object["fields"].array.compactMap { $0["name"].string }
            #expect(names.contains("ETag") && names.contains("Date"))
            let again = try JSONValue.lines(try await larder.run("get", "--json", url)).first ?? .missing
            #expect(again["cache"] == "hit")
            #expect(again["network_bytes"] == 0)
        }
    }

    @Test func whatMayNotBeStoredIsPrintedAndNotKept() async throws {
        try await withOrigin { origin in
            origin.script("/secret", .text("for now", fields: ["Cache-Control": "no-store"]))
            let url = origin.url("/secret")
            #expect(try await larder.run("get", url).text == "for now")
            #expect(try await larder.run("cat", url).status == 20)
            let object = try JSONValue.lines(try await larder.run("get", "--json", url)).first ?? .missing
            #expect(object["cache"] == "uncacheable")
            #expect(origin.requestCount == 2)
        }
    }

    @Test func credentialsAreSentAndNeverStored() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=60, public"]))
            let url = "http://somebody:opensesame@127.0.0.1:\(origin.port)/a"
            #expect(try await larder.run("get", "-H", "Cookie: session=abracadabra", url).status == 0)
            #expect(origin.requests.first?.fields.first("Authorization") == "Basic c29tZWJvZHk6b3BlbnNlc2FtZQ==")
            for name in try FileManager.default.subpathsOfDirectory(atPath: larder.cache) {
                // Not of the directories among them.
                guard let content = FileManager.default.contents(atPath: "\(larder.cache)/\(name)") else { continue }
                for secret in ["opensesame", "abracadabra", "c29tZWJvZHk6"] {
                    #expect(content.range(of: Data(secret.utf8)) == nil, "\(name) has \(secret)")
                }
            }
        }
    }

    @Test func verboseSaysWhatTheCacheDid() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=3600"]))
            let url = origin.url("/a")
            let plain = try await larder.run("get", url)
            #expect(plain.errors.isEmpty)
            #expect(try await larder.run("get", "-v", url).errors == "larder: hit 200 \(url) (fresh)\n")
            #expect(try await larder.run("get", "-v", "-q", url).errors.isEmpty)
        }
    }
}

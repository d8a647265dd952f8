import ContentCoding
import HTTPSemantics
import Larder
import TestOrigin
import TestSupport
import Testing

@Suite struct BodyTests {
    private static let largeBytes = 256 << 20

    @Test(arguments: [[], ["late"]])
    func `a large body passes in bounded memory`(mode: [String]) async throws {
        try await withCache { cache, origin, surroundings in
            let url = origin.url("\(TestOrigin.bytesPath)\(Self.largeBytes)")
            let result = try await Program.run(
                Program.built("LarderTestReader"), [surroundings.cacheDirectory, url] + mode, measuresMemory: true)
            #expect(result.text == "miss 200 \(Self.largeBytes)\n" && result.status == 0, "\(result.errors)")
            #expect(try #require(result.peakMemoryBytes) < 150 << 20)
            #expect(try await cache.entry(for: url)?.bodyBytes == Int64(Self.largeBytes))
        }
    }

    @Test func `coded content is decoded unless it is wanted as sent`() async throws {
        try await withCache { cache, origin, _ in
            let text = String(repeating: "The larder keeps what was fetched. ", count: 4000)
            let coded = try Deflater.deflated(Array(text.utf8))
            origin.script(
                "/", ScriptedResponse(fields: ["Content-Encoding": "gzip", "Cache-Control": "max-age=600"], body: .bytes(coded)))
            for _ in 0..<2 {
                #expect(try await cache.fetch(origin.url("/")).text == text)
                #expect(try await cache.fetch(origin.url("/")).rawBody.collect(upTo: 1 << 20) == coded)
            }
            let entry = try #require(try await cache.entry(for: origin.url("/")))
            #expect(try await entry.text == text)
            #expect(try await entry.rawBody.collect(upTo: 1 << 20) == coded)
            var options = FetchOptions()
            options.maximumDecodedBytes = 1000
            let response = try await cache.fetch(origin.url("/"), options: options)
            let error = await failure { try await response.body.drain() }
            #expect(error?.kind == .refused && error?.code == "coding_output_limit")
        }
    }

    @Test func `content that is no gzip says so`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/", .text("plain", fields: ["Content-Encoding": "gzip", "Cache-Control": "max-age=600"]))
            let error = await failure { try await cache.fetch(origin.url("/")).body.drain() }
            #expect(error?.kind == .protocolViolation && error?.code == "coding_corrupt" && error?.url == origin.url("/"))
            let sent = try await cache.fetch(origin.url("/")).rawBody.collect(upTo: 100)
            #expect(sent == Array("plain".utf8))
            origin.script("/br", .text("plain", fields: ["Content-Encoding": "br"]))
            #expect(await failure { try await cache.fetch(origin.url("/br")).body.drain() }?.code == "coding_unsupported")
        }
    }

    @Test func `a body is read once, and by bounds`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/", .text("content", fields: ["Cache-Control": "max-age=600"]))
            let response = try await cache.fetch(origin.url("/"))
            #expect(try await response.text == "content")
            for body in [response.body, response.rawBody] {
                #expect(await failure { try await body.drain() }?.code == "body_already_read")
            }
            let long = await failure { _ = try await cache.fetch(origin.url("/")).body.collect(upTo: 6) }
            #expect(long?.kind == .refused && long?.code == "body_too_large")
            var options = FetchOptions(freshness: .reload)
            options.maximumBodyBytes = 6
            let refused = await failure { try await cache.fetch(origin.url("/"), options: options).body.drain() }
            #expect(refused?.code == "body_too_large" && refused?.message.contains("maximumBodyBytes") == true)
        }
    }

    @Test func `half a body is an error, and what came is completed the next time`() async throws {
        try await withCache { cache, origin, _ in
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            origin.script(
                "/",
                ScriptedResponse(
                    fields: ["Content-Length": "\(bytes.count)", "ETag": "\"1\"", "Cache-Control": "max-age=600"],
                    body: .bytes(Array(bytes[..<60_000])), ending: .close),
                ScriptedResponse(
                    status: 206,
                    fields: ["Content-Range": "bytes 60000-99999/100000", "ETag": "\"1\"", "Cache-Control": "max-age=600"],
                    body: .bytes(Array(bytes[60_000...]))))
            let error = await failure { try await cache.fetch(origin.url("/")).body.drain() }
            #expect(error?.kind == .network && error?.code == "truncated_body")
            let part = try #require(try await cache.entry(for: origin.url("/")))
            #expect(part.isPartial && part.bodyBytes == 60_000)
            #expect(await failure { try await part.body.drain() }?.code == "partial_content")
            #expect(try await part.rawBody.collect(upTo: 1 << 20) == Array(bytes[..<60_000]))
            #expect(try await cache.fetch(origin.url("/")).body.collect(upTo: 1 << 20) == bytes)
            #expect(origin.requests.last?.fields.first("Range") == "bytes=60000-")
        }
    }

    /// More than waits in memory, so that it must go on without its reader. The time limit is for waits that would never end.
    @Test(.timeLimit(.minutes(5)), arguments: ["max-age=600", "max-age=0", "no-store"])
    func `a response that nobody reads holds up nobody`(cacheControl: String) async throws {
        try await withCache { cache, origin, _ in
            let size = 2 << 20
            origin.script("/") { request in
                let fields: FieldSection = ["Cache-Control": cacheControl, "ETag": "\"1\""]
                return request.fields.contains("If-None-Match")
                    ? ScriptedResponse(status: 304, fields: fields)
                    : ScriptedResponse(fields: fields, body: .generated(Int64(size)))
            }
            let unread = try await [cache.fetch(origin.url("/")), cache.fetch(origin.url("/"))]
            let response = try await cache.fetch(origin.url("/"))
            let bytes = try await response.body.collect(upTo: size)
            #expect(bytes.count == size)
            // It is all there for the first ones too.
            for unread in unread { #expect(try await unread.body.collect(upTo: size) == bytes) }
            let sources = (unread + [response]).map(\.source)
            switch cacheControl {
            case "max-age=600": #expect(sources == [.miss, .hit, .hit] && origin.countsByStatus == [200: 1])
            case "max-age=0": #expect(sources == [.miss, .revalidated, .revalidated] && origin.countsByStatus == [200: 1, 304: 2])
            default: #expect(sources == [.uncacheable, .uncacheable, .uncacheable] && origin.countsByStatus == [200: 3])
            }
        }
    }

    @Test func `what is let go of is given up, and what is short is stored all the same`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/endless", ScriptedResponse(body: .endless(Array(repeating: 7, count: 8192))))
            var endless: Response? = try await cache.fetch(origin.url("/endless"))
            #expect(endless?.status == 200)
            endless = nil
            try await eventually { origin.openConnections == 0 }
            origin.script("/short", .text("short", fields: ["Cache-Control": "max-age=600"]))
            _ = try await cache.fetch(origin.url("/short"))
            try await eventually { try await cache.entry(for: origin.url("/short")) != nil }
        }
    }

    @Test func `cancelling the task cancels the fetch`() async throws {
        try await withCache { cache, origin, _ in
            origin.script("/silent", .silence(.stall))
            let silent = Task { try await cache.fetch(origin.url("/silent")) }
            try await eventually { origin.requestCount == 1 }
            silent.cancel()
            #expect(await failure { _ = try await silent.value }?.kind == .cancelled)
            try await eventually { origin.openConnections == 0 }

            origin.script("/half", ScriptedResponse(fields: ["Content-Length": "10"], body: .bytes([1, 2, 3]), ending: .stall))
            let response = try await cache.fetch(origin.url("/half"))
            let reading = Task { try await response.body.drain() }
            reading.cancel()
            #expect(await failure { try await reading.value }?.kind == .cancelled)
        }
    }
}

import HTTPSemantics
import Testing

@testable import TestOrigin

/// What the client sees of each kind of body, framing and ending.
struct MisbehaviourTests {
    /// The origin's bytes in answer to one request, the Date field left out, and how the connection ended.
    private func play(_ response: ScriptedResponse, silentAfter milliseconds: Int = 10_000) async throws -> (String, RawClient.End?)
    {
        try await withOrigin { origin in
            var response = response
            response.sendsDate = false
            origin.script("/x", response)
            let client = try RawClient(origin)
            client.setReadTimeout(milliseconds: milliseconds)
            client.request("/x", fields: "Connection: close\r\n")
            let end = client.readToEnd()
            return (client.text, end)
        }
    }

    @Test func rawBytes() async throws {
        #expect(try await play(.raw("garbage\r\n")) == ("garbage\r\n", .closed))
        #expect(try await play(.raw([[1, 2], [], [3]], ending: .close, pause: .milliseconds(1))) == ("\u{1}\u{2}\u{3}", .closed))
        #expect(try await play(.silence(.close)) == ("", .closed))
    }

    @Test func reset() async throws {
        #expect(try await play(.silence(.reset)) == ("", .reset))
        let (_, end) = try await play(ScriptedResponse(fields: ["Content-Length": "1000"], body: .bytes([0x61]), ending: .reset))
        #expect(end == .reset)
    }

    @Test func stall() async throws {
        #expect(try await play(.silence(.stall), silentAfter: 200) == ("", .silent))
        let half = ScriptedResponse(fields: ["Content-Length": "10"], body: .bytes(Array("half".utf8)), ending: .stall)
        #expect(try await play(half, silentAfter: 200) == ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .silent))
    }

    @Test func halfABody() async throws {
        let half = ScriptedResponse(fields: ["Content-Length": "10"], body: .bytes(Array("half".utf8)), ending: .close)
        #expect(try await play(half) == ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .closed))
        let chunks = ScriptedResponse(body: .pieces([Array("half".utf8)]), ending: .cut)
        #expect(try await play(chunks) == ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", .closed))
    }

    @Test func chunksAndTrailers() async throws {
        let pieces = [Array("one".utf8), [UInt8](repeating: 0x62, count: 16)]
        var response = ScriptedResponse(body: .pieces(pieces), pause: .milliseconds(1))
        response.trailers = ["Check": "sum"]
        let expected = "3\r\none\r\n10\r\nbbbbbbbbbbbbbbbb\r\n0\r\nCheck: sum\r\n\r\n"
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        #expect(try await play(response) == (head + expected, .closed))
        let forced = ScriptedResponse(body: .bytes([0x61]), framing: .chunked)
        #expect(try await play(forced) == (head + "1\r\na\r\n0\r\n\r\n", .closed))
    }

    @Test func aBodyUntilTheEnd() async throws {
        let response = ScriptedResponse(body: .bytes(Array("all".utf8)), framing: .untilClose)
        #expect(try await play(response) == ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall", .closed))
    }

    @Test func statusesWithoutContent() async throws {
        for status in [204, 304] {
            let (text, _) = try await play(ScriptedResponse(status: status, body: .bytes([0x61])))
            #expect(text.hasSuffix("\r\nConnection: close\r\n\r\n"))
            #expect(!text.contains("Content-Length"))
        }
    }

    @Test func theHeadMayWait() async throws {
        let start = ContinuousClock.now
        let (text, _) = try await play(ScriptedResponse(body: .bytes([0x61]), delay: .milliseconds(120)))
        #expect(text.hasSuffix("\r\n\r\na"))
        #expect(start.duration(to: .now) >= .milliseconds(120))
    }

    @Test func anEndlessBodyStopsWithItsClient() async throws {
        try await withOrigin { origin in
            origin.script("/endless", ScriptedResponse(body: .endless([UInt8](repeating: 0x61, count: 1000))))
            do {
                let client = try RawClient(origin)
                client.request("/endless")
                var count = 0
                while count < 2_000_000, let bytes = client.readSome() { count += bytes.count }
                #expect(count >= 2_000_000)
            }
            for _ in 0..<1000 where origin.openConnections > 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(origin.openConnections == 0)
        }
    }

    /// The body is what `GeneratedBody` says, and the origin holds no more of it than a client that stops reading lets it.
    @Test func aBigBody() async throws {
        try await withOrigin { origin in
            let size: Int64 = 40_000_003
            origin.script("/big", ScriptedResponse(body: .generated(size)))
            let (head, body) = try fetch(origin, "/big")
            #expect(field("Content-Length", head) == "\(size)")
            #expect(Int64(body.count) == size)
            #expect(try fetch(origin, "/bytes/\(size)").body == body)
            #expect(try fetch(origin, "/bytes/5", fields: "If-None-Match: \"bytes-5\"\r\n").head.hasPrefix("HTTP/1.1 304 "))
            #expect(try fetch(origin, "/bytes/-1").head.hasPrefix("HTTP/1.1 404 "))
            for offset in [0, 65_520, 65_521, 30_000_000, Int(size) - 100] {
                #expect(Array(body[offset..<offset + 100]) == GeneratedBody.bytes(from: Int64(offset), count: 100))
            }
        }
    }

    /// 8 GiB would not fit; the client reads a little and leaves.
    @Test func aBodyThatIsNotRead() async throws {
        try await withOrigin { origin in
            origin.script("/big", ScriptedResponse(body: .generated(8 << 30)))
            let client = try RawClient(origin)
            client.request("/big")
            _ = client.readSome(1000)
            let other = try fetch(origin, "/nothing")
            #expect(other.head.hasPrefix("HTTP/1.1 404 "))
        }
    }
}

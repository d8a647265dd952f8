import HTTPSemantics
import HTTPTransport
import NIOCore
import Testing

/// What of a response head and of a trailer section is handed out.
@Suite(.timeLimit(.minutes(1))) struct ResponseHeadTests {
    private func fetch(_ response: [UInt8], inPieces: Bool) async throws -> (ResponseHead, String, FieldSection) {
        let steps: [Step] = inPieces ? response.map { .sendBytes([$0]) } : [.sendBytes(response)]
        return try await RawServer.run { _ in
            steps + [.close]
        } body: { server in
            try await withTransport { transport in
                let response = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                #expect(response.body.trailers.isEmpty)
                let body = String(decoding: try await response.body.readAll(), as: UTF8.self)
                return (response.head, body, response.body.trailers)
            }
        }
    }

    private func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    @Test(arguments: [
        ("200 OK", "OK"), ("200 Just fine", "Just fine"), ("200 ", ""), ("200", ""), ("299 caf\u{E9}", "caf\u{F7E9}"),
        ("200 a\tb", "a\tb"),
    ])
    func theReasonIsKept(line: String, reason: String) async throws {
        for inPieces in [false, true] {
            let (head, body, _) = try await fetch(latin("HTTP/1.1 \(line)\r\nContent-Length: 2\r\n\r\nhi"), inPieces: inPieces)
            #expect(head.reason == reason)
            #expect(body == "hi")
        }
    }

    @Test(arguments: [false, true])
    func valuesThatAreNotUTF8AreKeptAsTheyAre(inPieces: Bool) async throws {
        var response = latin("HTTP/1.1 200 OK\r\nA: plain\r\nB:  na\u{EF}ve \u{FF}\t\r\nC: ")
        response += Array("naïve \u{FFFD}".utf8) + latin("\r\nETag: \"\u{80}\"\r\nContent-Length: 2\r\n\r\nhi")
        let (head, body, _) = try await fetch(response, inPieces: inPieces)
        #expect(head.fields.lines.map(\.value) == ["plain", "na\u{F7EF}ve \u{F7FF}", "naïve \u{FFFD}", "\"\u{F780}\"", "2"])
        #expect(body == "hi")
    }

    @Test(arguments: [false, true])
    func trailersComeAfterTheEnd(inPieces: Bool) async throws {
        let response =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nDigest: x\r\nTrailer: a\r\n"
            + "Connection: X-Own\r\nX-Own: 1\r\nKeep-Alive: 1\r\nHost: evil\r\nServer-Timing: a \r\n\r\n"
        let (head, body, trailers) = try await fetch(latin(response), inPieces: inPieces)
        #expect(body == "hi")
        #expect(!head.fields.contains("Digest"))
        #expect(trailers == ["Digest": "x", "Server-Timing": "a"])
    }

    @Test func trailersOfOneResponseAreNotThoseOfTheNext() async throws {
        try await RawServer.run { request in
            request.index == 0
                ? [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nDigest: x\r\n\r\n")] : [okay("hi")]
        } body: { server in
            try await withTransport { transport in
                let (first, _) = try await transport.fetch("http://127.0.0.1:\(server.port)/")
                let (second, _) = try await transport.fetch("http://127.0.0.1:\(server.port)/")
                #expect(first.body.trailers == ["Digest": "x"])
                #expect(second.body.trailers.isEmpty)
                #expect(server.connections == 1)
            }
        }
    }
}

import HTTPTransport
import Testing

/// Responses that break the grammar or the framing rules of RFC 9112: none may pass for a good one.
@Suite(.timeLimit(.minutes(1))) struct MalformedResponseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var response: String
        /// The response is broken behind its head.
        var phase = TransportError.Phase.head

        var testDescription: String { name }

        static func head(_ name: String, _ line: String, body: String = "") -> Case {
            Case(name: name, response: "HTTP/1.1 200 OK\r\n\(line)\r\n\r\n\(body)")
        }

        static func chunks(_ name: String, _ chunks: String) -> Case {
            Case(name: name, response: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)", phase: .body)
        }
    }

    static let cases: [Case] = [
        // Section 4: the status line.
        Case(name: "bytes before the status line", response: "x HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "a space before the status line", response: " HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "a status of four digits", response: "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "a status of two digits", response: "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "a status below 100", response: "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "no status", response: "HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "a version of two digits", response: "HTTP/1.10 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "HTTP in small letters", response: "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Case(name: "the preface of HTTP/2", response: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case(name: "frames of HTTP/2", response: "\0\0\u{6}\u{4}\0\0\0\0\0\0\u{3}\0\0\0d\r\n\r\n"),
        Case(name: "a request", response: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        // Section 5: fields.
        .head("a space before the colon", "X : y\r\nContent-Length: 0"),
        .head("a space before the colon of the length", "Content-Length : 0"),
        .head("a folded line", "X: y\r\n z\r\nContent-Length: 0"),
        .head("a folded line, empty", "X: y\r\n \r\nContent-Length: 0"),
        .head("a folded length", "Content-Length:\r\n 5", body: "hello"),
        .head("white space before the first field", " X: y\r\nContent-Length: 0"),
        .head("a line without colon", "X\r\nContent-Length: 0"),
        .head("an empty name", ": y\r\nContent-Length: 0"),
        .head("a space within a name", "X Y: z\r\nContent-Length: 0"),
        .head("a name that is no token", "X(: z\r\nContent-Length: 0"),
        .head("NUL in a name", "X\0: z\r\nContent-Length: 0"),
        .head("NUL in a value", "X: y\0z\r\nContent-Length: 0"),
        .head("a control character in a value", "X: y\u{1}z\r\nContent-Length: 0"),
        .head("DEL in a value", "X: y\u{7F}z\r\nContent-Length: 0"),
        .head("a bare CR in a value", "X: y\rz\r\nContent-Length: 0"),
        .head("a bare CR that would hide a field", "X: y\rContent-Length: 0"),
        .head("a bare CR in a name", "X\rY: z\r\nContent-Length: 0"),
        // Section 6: framing.
        .head("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n"),
        .head("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 5", body: "0\r\n\r\n"),
        .head("two lengths", "Content-Length: 1\r\nContent-Length: 2", body: "ab"),
        .head("two lengths in a list", "Content-Length: 1, 2", body: "ab"),
        .head("a negative length", "Content-Length: -1", body: "ab"),
        .head("a length with a plus", "Content-Length: +1", body: "a"),
        .head("a hexadecimal length", "Content-Length: 0x1", body: "a"),
        .head("a length with a space inside", "Content-Length: 1 1", body: "hello world"),
        .head("a length of more than 64 bits", "Content-Length: 18446744073709551617", body: "a"),
        .head("a length of more than 63 bits", "Content-Length: 9223372036854775808", body: "a"),
        .head("an empty length", "Content-Length: ", body: "a"),
        .head("an unknown transfer coding", "Transfer-Encoding: identity", body: "a"),
        .head("chunked twice", "Transfer-Encoding: chunked, chunked", body: "0\r\n\r\n"),
        .head("chunked, not at the end", "Transfer-Encoding: chunked, gzip", body: "0\r\n\r\n"),
        .head("nearly chunked", "Transfer-Encoding: xchunked", body: "0\r\n\r\n"),
        .head("chunked behind a vertical tab", "Transfer-Encoding: \u{B}chunked", body: "0\r\n\r\n"),
        // Section 7: chunks.
        .chunks("a chunk size that is none", "g\r\n"), .chunks("no chunk size", "\r\nab\r\n"),
        .chunks("a negative chunk size", "-1\r\n"), .chunks("a chunk size with a prefix", "0x2\r\nab\r\n0\r\n\r\n"),
        .chunks("a space before a chunk size", " 2\r\nab\r\n0\r\n\r\n"),
        .chunks("a chunk size of more than 64 bits", "10000000000000002\r\nab\r\n0\r\n\r\n"),
        .chunks("a chunk size that ends with LF alone", "2\nab\r\n0\r\n\r\n"),
        .chunks("a chunk longer than its size", "2\r\nabc\r\n0\r\n\r\n"),
        .chunks("no line end after a chunk", "2\r\nab0\r\n\r\n"),
        .chunks("a bare CR in a chunk extension", "2;a\rb\r\nab\r\n0\r\n\r\n"),
        .chunks("a control character in a trailer", "0\r\nX: y\u{1}\r\n\r\n"),
        .chunks("a length in the trailers", "0\r\nContent-Length: 5\r\n\r\n"),
        .chunks("a folded trailer", "0\r\nX: y\r\n z\r\n\r\n"),
    ]

    @Test(arguments: cases, [false, true])
    func aMalformedResponseIsAProtocolError(_ test: Case, inPieces: Bool) async throws {
        try await RawServer.run { _ in
            inPieces ? test.response.utf8.map { .sendBytes([$0]) } : [.send(test.response)]
        } body: { server in
            try await withTransport({ $0.maximumTime = .seconds(45) }) { transport in
                let error = try #require(await transport.failure("http://127.0.0.1:\(server.port)/"))
                #expect(error.code == .protocolError)
                #expect(error.phase == test.phase)
                #expect(!error.isRetryable)
                #expect(error.message.contains("127.0.0.1:\(server.port)"))
                await server.waitForClosedConnections(1)
            }
        }
    }

    /// What RFC 9112 lets a recipient tolerate, and what is tolerated.
    @Test(arguments: [
        ("\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("HTTP/1.1 200 OK\r\nContent-Length:\t 2  \r\n\r\nhi", "hi"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\n\r\n0002;a=\"b\"\r\nhi\r\n000\r\n\r\n", "hi"),
        ("HTTP/1.1 200 OK\r\nX:\r\nContent-Length: 2\r\n\r\nhi", "hi"),
    ])
    func whatIsUnusualPasses(response: String, body: String) async throws {
        try await RawServer.run { _ in
            [.send(response)]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect(body, from: "http://127.0.0.1:\(server.port)/")
            }
        }
    }
}

import HTTPSemantics
import HTTPTransport
import NIOCore
import Synchronization
import Testing

/// Content that is streamed, and content that waits for 100 (Continue).
@Suite(.timeLimit(.minutes(1))) struct RequestContentTests {
    private static let sizes: [(Int64?, String)] = [(8, "abcdefgh"), (nil, "3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n")]

    @Test(arguments: sizes, [HTTPMethod.post, .get, HTTPMethod(rawValue: "REPORT")])
    func aStreamArrivesWhole(form: (length: Int64?, wire: String), method: HTTPMethod) async throws {
        try await RawServer.run(answersAtHead: true) { _ in
            [.content(form.wire.utf8.count), okay("thanks")]
        } body: { server in
            try await withTransport { transport in
                for _ in 0..<2 {
                    let (response, body) = try await transport.fetch(
                        "http://127.0.0.1:\(server.port)/", method,
                        content: Pieces(["abc", "", "defgh"]).content(length: form.length))
                    #expect(response.head.status == 200)
                    #expect(body == "thanks")
                }
                #expect(server.contents == [form.wire, form.wire])
                #expect(server.requests[0].line == "\(method.rawValue) / HTTP/1.1")
                let framing = form.length.map { "Content-Length: \($0)" } ?? "Transfer-Encoding: chunked"
                #expect(server.requests[0].head.contains("\r\n\(framing)\r\n"))
                #expect(!server.requests[0].head.contains(form.length == nil ? "Content-Length" : "Transfer-Encoding"))
                #expect(server.connections == 1)
            }
        }
    }

    @Test func anEmptyStreamIsToldSo() async throws {
        try await RawServer.run(answersAtHead: true) { request in
            request.index == 0 ? [okay("none")] : [.content(5), okay("none")]
        } body: { server in
            try await withTransport { transport in
                for length in [0, nil] as [Int64?] {
                    let (_, body) = try await transport.fetch(
                        "http://127.0.0.1:\(server.port)/", content: Pieces([]).content(length: length))
                    #expect(body == "none")
                }
                #expect(server.requests[0].head.contains("\r\nContent-Length: 0\r\n"))
                #expect(server.contents == ["0\r\n\r\n"])
                #expect(server.connections == 1)
            }
        }
    }

    @Test(arguments: [9, 7, 2, -1] as [Int64])
    func aStreamOfAnotherLengthIsAnError(length: Int64) async throws {
        try await RawServer.run(answersAtHead: true) { _ in
            []
        } body: { server in
            try await withTransport { transport in
                let error = await failure {
                    _ = try await transport.fetch(
                        "http://127.0.0.1:\(server.port)/", content: Pieces(["abc", "defgh"]).content(length: length))
                }
                #expect(error?.code == .invalidRequest)
                #expect(error?.phase == .write)
                if length >= 0 { await server.waitForClosedConnections(1) }
                #expect(transport.connectionCounts.idle == 0)
            }
        }
    }

    /// The announced bytes end exactly with a piece, and another comes.
    @Test func aPieceBeyondTheLengthIsAnError() async throws {
        try await RawServer.run(answersAtHead: true) { _ in
            []
        } body: { server in
            try await withTransport { transport in
                let error = await failure {
                    _ = try await transport.fetch(
                        "http://127.0.0.1:\(server.port)/", content: Pieces(["abc", "defgh"]).content(length: 3))
                }
                #expect(error?.code == .invalidRequest)
                await server.waitForClosedConnections(1)
            }
        }
    }

    @Test func anErrorOfTheStreamEndsTheExchange() async throws {
        struct Broken: Error {}
        try await RawServer.run(answersAtHead: true) { _ in
            []
        } body: { server in
            try await withTransport { transport in
                let own = TransportError(.truncatedBody, .body, "the client is gone")
                for (thrown, code) in [(Broken(), .invalidRequest), (own, .truncatedBody)] as [(any Error, TransportError.Code)] {
                    let stream = RequestStream(length: nil) { throw thrown }
                    let error = await failure {
                        _ = try await transport.fetch("http://127.0.0.1:\(server.port)/", content: .stream(stream))
                    }
                    #expect(error?.code == code)
                }
                await server.waitForClosedConnections(2)
            }
        }
    }

    @Test func aRefusalComesBeforeTheContentAndEndsIt() async throws {
        try await RawServer.run(answersAtHead: true) { _ in
            // The rest of the response never comes: its head alone ends the content.
            [.content(3), .send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno")]
        } body: { server in
            try await withTransport { transport in
                let pieces = Pieces(["abc"])
                let url = try #require(WebURL("http://127.0.0.1:\(server.port)/"))
                let content = pieces.content(length: 1_000_000, ends: false)
                let response = try await transport.send(
                    TransportRequest(head: RequestHead(method: .post, url: url), content: content))
                #expect(response.head.status == 413)
                while !pieces.isCancelled { await Task.yield() }
                #expect(try await response.body.next() == [Array("no".utf8)])
                response.body.cancel()
                await server.waitForClosedConnections(1)
            }
        }
    }

    @Test func contentGoesOnWhileAnAcceptingResponseComes() async throws {
        let pieces = Pieces(["abc", "def"])
        try await RawServer.run(answersAtHead: true) { _ in
            [.content(3), .send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc"), .content(3), .send("def")]
        } body: { server in
            try await withTransport { transport in
                let gate = Gate()
                let stream = RequestStream(length: 6) { [content = pieces.content(length: nil)] in
                    guard case .stream(let stream) = content else { return nil }
                    if pieces.asked == 1 { await gate.wait() }
                    return try await stream.next()
                }
                let response = try await transport.send(
                    TransportRequest(
                        head: RequestHead(method: .post, url: try #require(WebURL("http://127.0.0.1:\(server.port)/"))),
                        content: .stream(stream)))
                #expect(response.head.status == 200)
                gate.open()
                #expect(try await response.body.readAll() == Array("abcdef".utf8))
                #expect(server.contents == ["abc", "def"])
                #expect(transport.connectionCounts == (1, 1))
            }
        }
    }

    @Test func aServerThatReadsSlowlyHoldsTheStreamBack() async throws {
        let limit = 1024
        let asked = Mutex(0)
        try await RawServer.run(answersAtHead: true) { _ in
            [.stopReading]
        } body: { server in
            try await withTransport { transport in
                let piece = [UInt8](repeating: 0x61, count: 64 * 1024)
                let stream = RequestStream(length: nil) {
                    asked.withLock { count in
                        count += 1
                        return count > limit ? nil : piece
                    }
                }
                let url = "http://127.0.0.1:\(server.port)/"
                let task = Task { await failure { _ = try await transport.fetch(url, content: .stream(stream)) } }
                // Until nothing more is asked for: what could be sent lies in the sockets' buffers and in ours.
                var before = -1
                while asked.withLock(\.self) != before || before == 0 {
                    before = asked.withLock(\.self)
                    try await Task.sleep(for: .milliseconds(200))
                }
                #expect(before < limit / 2)
                task.cancel()
                #expect(await task.value?.code == .cancelled)
            }
        }
    }

    @Test func aSourceThatIsSlowIsNoTimeOut() async throws {
        try await RawServer.run(answersAtHead: true) { _ in
            [.content(3), okay("thanks")]
        } body: { server in
            try await withTransport({ $0.idleTimeout = .milliseconds(50) }) { transport in
                let pieces = Pieces(["abc"])
                guard case .stream(let source) = pieces.content(length: 3) else { return }
                let stream = RequestStream(length: 3) {
                    try await Task.sleep(for: .milliseconds(200))
                    return try await source.next()
                }
                let (_, body) = try await transport.fetch("http://127.0.0.1:\(server.port)/", content: .stream(stream))
                #expect(body == "thanks")
            }
        }
    }

    @Test func whatHasBeenReadFromIsNotSentAgain() async throws {
        try await RawServer.run(answersAtHead: true) { request in
            request.index == 0 ? [okay("first")] : [.content(3), .close]
        } body: { server in
            try await withTransport { transport in
                let url = "http://127.0.0.1:\(server.port)/"
                try await transport.expect("first", from: url)
                let error = await failure {
                    _ = try await transport.fetch(url, .put, content: Pieces(["abc"]).content(length: 3))
                }
                #expect(error?.code == .connectionClosed)
                #expect(server.requests.count == 2)
            }
        }
    }
}

/// Lets those who wait through once it is open.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    func open() { continuation.finish() }

    func wait() async {
        for await _ in stream {}
    }
}

import CachingClient
import CachingProxy
import HTTPSemantics
import HTTPTransport
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamingTests {
    @Test func streamsAreChunkedWithTrailers() async throws {
        let stream = ScriptedStream(trailers: ["X-Sum": "7"]) { $0 < 3 ? Array("piece\($0)".utf8) : nil }
        try await withServer(ScriptedAnswers(later: { _, _, _ in stream.answer() })) { server in
            let client = try await server.client()
            client.send("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = await client.receive("X-Sum: 7\r\n\r\n")
            #expect(
                answer.hasSuffix(
                    "Transfer-Encoding: chunked\r\n\r\n6\r\npiece0\r\n6\r\npiece1\r\n6\r\npiece2\r\n0\r\nX-Sum: 7\r\n\r\n"))
            #expect(!client.isEnded)
            client.close()
        }
    }

    @Test func oldClientsGetStreamsToTheEndOfTheConnection() async throws {
        let stream = ScriptedStream { $0 < 3 ? Array("piece\($0)".utf8) : nil }
        try await withServer(ScriptedAnswers(later: { _, _, _ in stream.answer() })) { server in
            let answer = try await server.exchange("GET http://a/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(answer.hasSuffix("Connection: close\r\n\r\npiece0piece1piece2"))
        }
    }

    @Test func aCutStreamEndsWithoutItsEnd() async throws {
        let chunked = ScriptedStream { index throws(FetchError) in
            if index == 1 { throw FetchError(code: .init(rawValue: "truncated_body"), message: "", failureClass: .network) }
            return Array("piece".utf8)
        }
        try await withServer(ScriptedAnswers(later: { _, _, _ in chunked.answer() })) { server in
            let answer = try await server.exchange("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasSuffix("\r\n\r\n5\r\npiece\r\n"))
        }
        let short = ScriptedStream { $0 == 0 ? Array("piece".utf8) : nil }
        try await withServer(ScriptedAnswers(later: { _, _, _ in short.answer(["Content-Length": "9"]) })) { server in
            let answer = try await server.exchange(
                "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\nGET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasSuffix("\r\n\r\npiece"))
        }
    }

    @Test func aClientThatDoesNotReadHoldsTheStream() async throws {
        let piece = [UInt8](repeating: 7, count: 64 * 1024)
        let stream = ScriptedStream { $0 < 640 ? piece : nil }
        try await withServer(ScriptedAnswers(later: { _, _, _ in stream.answer() })) { server in
            let client = try await RawClient.connect(port: server.port, autoRead: false)
            client.send("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            var before = -1
            while stream.asked == 0 || stream.asked != before {
                before = stream.asked
                try await Task.sleep(for: .milliseconds(150))
            }
            // What the sockets' buffers take, and one piece more; not 40 MB.
            #expect(stream.asked < 320)
            try await client.channel.setOption(.autoRead, value: true).get()
            let end = Array("\r\n0\r\n\r\n".utf8)
            await client.wait { $0.suffix(end.count) == end[...] }
            #expect(stream.asked == 641)
            client.close()
        }
    }

    @Test func aClientThatGoesCancelsTheStream() async throws {
        let piece = [UInt8](repeating: 7, count: 64 * 1024)
        let stream = ScriptedStream { _ in piece }
        try await withServer(ScriptedAnswers(later: { _, _, _ in stream.answer() })) { server in
            let client = try await server.client()
            client.send("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.receive("\r\n\r\n")
            client.close()
            while !stream.isCancelled { await Task.yield() }
        }
    }

    @Test func longContentInMemoryGoesInPieces() async throws {
        let text = String(repeating: "0123456789", count: 50_000)
        try await withServer(ScriptedAnswers(atOnce: { _ in .text(text) })) { server in
            let answer = try await server.exchange(
                "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\nGET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.utf8.count > 1_000_000)
            #expect(answer.hasSuffix(text))
        }
    }

    // MARK: - Content of requests

    @Test(arguments: [
        "Content-Length: 10\r\n\r\n0123456789",
        "Transfer-Encoding: chunked\r\n\r\n3\r\n012\r\n7;x=\"y\"\r\n3456789\r\n0\r\nX: y\r\n\r\n",
    ])
    func contentIsPassedOn(_ content: String) async throws {
        let answers = ScriptedAnswers(later: { _, content, _ async throws(FetchError) in
            .text("<\(String(decoding: try await readAll(content), as: UTF8.self))>", outcome: .uncacheable)
        })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send("POST http://a/ HTTP/1.1\r\nHost: a\r\n\(content)GET http://a/2 HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = await client.receive("<>")
            #expect(answer.contains("<0123456789>"))
            client.close()
        }
    }

    @Test func contentThatNobodyTakesIsNotRead() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let answers = ScriptedAnswers(later: { _, content, _ async throws(FetchError) in
            for await _ in gate { break }
            return .text("<\(try await readAll(content).count)>", outcome: .uncacheable)
        })
        try await withServer(answers) { server in
            let client = try await server.client()
            let piece = [UInt8](repeating: 0x41, count: 1 << 20)
            client.send("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: \(32 << 20)\r\n\r\n")
            let sent = (0..<32).map { _ in client.channel.writeAndFlush(ByteBuffer(bytes: piece)) }
            try await Task.sleep(for: .milliseconds(300))
            // The buffers of two sockets are full, and the last piece has not gone.
            #expect(!client.channel.isWritable)
            opening.yield()
            for future in sent { try await future.get() }
            #expect(await client.receive(">").hasSuffix("<\(32 << 20)>"))
            client.close()
        }
    }

    @Test func contentCutShortIsAnError() async throws {
        let answers = ScriptedAnswers(later: { _, content, _ async throws(FetchError) in
            .text("<\(try await readAll(content).count)>")
        })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n012")
            while answers.requests.isEmpty { await Task.yield() }
            try await client.endInput()
            #expect(await !client.receiveAll().contains("<"))
            client.close()
        }
    }

    @Test func unreadContentIsDroppedOrEndsTheConnection() async throws {
        try await withServer(ScriptedAnswers(later: { _, _, _ in .text("early") })) { server in
            let client = try await server.client()
            client.send("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            let first = await client.receive("early")
            #expect(!first.contains("Connection: close"))
            client.send(String(repeating: "x", count: 1000) + "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.receive("early", times: 2)
            client.close()
            let large = try await server.exchange("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
            #expect(large.contains("Connection: close\r\n"))
            #expect(large.hasSuffix("early"))
        }
    }

    // MARK: - Informational responses

    @Test func interimResponsesArePassedOn() async throws {
        let answers = ScriptedAnswers(later: { _, _, interim in
            interim?(ResponseHead(status: 103, fields: ["Link": "</a>; rel=preload", "Connection": "x", "X": "y"]))
            interim?(ResponseHead(status: 101))
            interim?(ResponseHead(status: 199))
            return .text("final")
        })
        try await withServer(answers) { server in
            let answer = try await server.exchange("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 199 "))
            #expect(answer.ranges(of: "HTTP/1.1 ").count == 3)
            let old = try await server.exchange("GET http://a/ HTTP/1.0\r\n\r\n")
            #expect(old.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func continueIsSaidWhenTheContentIsWanted() async throws {
        let answers = ScriptedAnswers(later: { request, content, _ async throws(FetchError) in
            request.url.path == "/refuse" ? .text("no") : .text("<\(try await readAll(content).count)>")
        })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send("PUT http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            #expect(await client.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("abc")
            #expect(await client.receive("<3>").hasSuffix("<3>"))
            #expect(!client.isEnded)
            client.close()
            let refused = try await server.exchange(
                "PUT http://a/refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 200 OK\r\n") && refused.contains("Connection: close\r\n"))
        }
    }
}

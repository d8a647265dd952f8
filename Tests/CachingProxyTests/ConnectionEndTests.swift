import CachingClient
import CachingProxy
import HTTPSemantics
import NIOCore
import Synchronization
import Testing

/// How connections come to their end, and when.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ConnectionEndTests {
    private static func piece(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x2A, count: count) }

    @Test(arguments: [6_000_000, 64 * 1024])
    func aClientThatReadsSlowlyIsNotCut(pieceSize: Int) async throws {
        let total = 6_000_000
        let stream = ScriptedStream { $0 * pieceSize < total ? Self.piece(min(pieceSize, total - $0 * pieceSize)) : nil }
        let answers = ScriptedAnswers(later: { _, _, _ in stream.answer(["Content-Length": "\(total)"]) })
        // All in all it takes many times the limit.
        try await withServer(answers, configure: { $0.contentTimeout = .milliseconds(600) }) { server in
            let client = try await RawClient.connectSlowly(port: server.port, takesLittle: false)
            client.send("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            while !client.isEnded {
                client.channel.read()
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(client.receivedBytes.filter { $0 == 0x2A }.count == total)
            client.close()
        }
    }

    @Test func aClientThatTakesNothingIsCutThoughItSends() async throws {
        let ended = AsyncStream<RequestRecord>.makeStream()
        let stream = ScriptedStream { _ in Self.piece(64 * 1024) }
        try await withServer(
            ScriptedAnswers(later: { _, _, _ in stream.answer() }),
            configure: {
                $0.contentTimeout = .milliseconds(400)
                $0.report = { ended.continuation.yield($0) }
            }
        ) { server in
            let client = try await RawClient.connectSlowly(port: server.port)
            client.send("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            let sending = Task {
                while !Task.isCancelled {
                    client.send("x")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            for await record in ended.stream {
                #expect(!record.isWhole)
                break
            }
            sending.cancel()
            client.close()
        }
    }

    /// Some of these have the last answer written to its end, but not out; the client sends on and reads nothing.
    @Test func noConnectionIsHeldByWhatItsClientSends() async throws {
        let answers = ScriptedAnswers(atOnce: { _ in .text(String(repeating: "x", count: 20_000)) })
        try await withServer(answers, configure: { $0.contentTimeout = .milliseconds(400) }) { server in
            let one = "GET http://a/ HTTP/1.1\r\nHost: a\r\n"
            var clients: [RawClient] = []
            for count in 2...24 {
                let client = try await RawClient.connectSlowly(port: server.port)
                client.send(String(repeating: one + "\r\n", count: count) + one + "Connection: close\r\n\r\n")
                clients.append(client)
            }
            let sending = Task { [clients] in
                while !Task.isCancelled {
                    for client in clients { client.send("x") }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            while server.statistics.openConnections > 0 { try await Task.sleep(for: .milliseconds(20)) }
            sending.cancel()
            for client in clients { client.close() }
        }
    }

    @Test func aClientThatEndsItsSideGetsTheRest() async throws {
        let total = 8_000_000
        let stream = ScriptedStream { $0 == 0 ? Self.piece(total) : nil }
        try await withServer(
            ScriptedAnswers(later: { _, _, _ in stream.answer(["Content-Length": "\(total)"]) })
        ) { server in
            let client = try await RawClient.connect(port: server.port, autoRead: false)
            client.send("GET http://a/ HTTP/1.0\r\nHost: a\r\n\r\n")
            while stream.asked < 1 { await Task.yield() }
            try await client.endInput()
            try await Task.sleep(for: .milliseconds(100))
            try await client.channel.setOption(.autoRead, value: true).get()
            _ = await client.receiveAll()
            #expect(client.receivedBytes.filter { $0 == 0x2A }.count == total)
            client.close()
        }
    }

    /// Some of these have the last answer written to its end, but not out, when the client ends its side.
    @Test func aClientThatEndsItsSideBehindTheLastAnswerGetsTheRest() async throws {
        let answers = ScriptedAnswers(atOnce: { _ in .text(String(repeating: "*", count: 20_000)) })
        try await withServer(answers) { server in
            let one = "GET http://a/ HTTP/1.1\r\nHost: a\r\n"
            var clients: [(count: Int, client: RawClient)] = []
            for count in 2...24 {
                let client = try await RawClient.connectSlowly(port: server.port)
                client.send(String(repeating: one + "\r\n", count: count - 1) + one + "Connection: close\r\n\r\n")
                clients.append((count, client))
            }
            try await Task.sleep(for: .milliseconds(200))
            for (_, client) in clients { try await client.endInput() }
            try await Task.sleep(for: .milliseconds(200))
            for (count, client) in clients {
                try await client.channel.setOption(.autoRead, value: true).get()
                _ = await client.receiveAll()
                #expect(client.receivedBytes.filter { $0 == 0x2A }.count == count * 20_000)
                client.close()
            }
        }
    }

    // MARK: - Resets

    @Test func whatEndsWithTheConnectionEndsInAResetWhereItIsCut() async throws {
        let cut = ScriptedStream { index throws(FetchError) in
            if index == 1 { throw FetchError(code: .init(rawValue: "truncated_body"), message: "", failureClass: .network) }
            return Array("piece".utf8)
        }
        try await withServer(ScriptedAnswers(later: { _, _, _ in cut.answer() })) { server in
            let client = try await server.client()
            client.send("GET http://a/ HTTP/1.0\r\n\r\n")
            _ = await client.receiveAll()
            try await client.channel.closeFuture.get()
            #expect(client.isReset)
        }
    }

    @Test func whatEndsWithTheConnectionEndsInAResetWhereTheServerStops() async throws {
        let stream = ScriptedStream { index in
            if index > 0 { try? await Task.sleep(for: .seconds(3600)) }
            return Array("piece".utf8)
        }
        let client = try await withServer(ScriptedAnswers(later: { _, _, _ in stream.answer() })) { server in
            let client = try await server.client()
            client.send("GET http://a/ HTTP/1.0\r\n\r\n")
            await client.receive("piece")
            return client
        }
        try await client.channel.closeFuture.get()
        #expect(client.isReset)
    }

    @Test func whatEndsWithTheConnectionEndsInOrderWhereItIsWhole() async throws {
        let stream = ScriptedStream { $0 < 40 ? Self.piece(64 * 1024) : nil }
        try await withServer(ScriptedAnswers(later: { _, _, _ in stream.answer() })) { server in
            let client = try await server.client()
            client.send("GET http://a/ HTTP/1.0\r\n\r\n")
            _ = await client.receiveAll()
            #expect(client.receivedBytes.filter { $0 == 0x2A }.count == 40 * 64 * 1024)
            client.close()
            try await client.channel.closeFuture.get()
            #expect(!client.isReset)
        }
    }

    // MARK: - Heads

    @Test func eachHeadHasATimeOfItsOwn() async throws {
        try await withServer(configure: { $0.headTimeout = .milliseconds(1500) }) { server in
            let client = try await server.client()
            // There is always a head under way, and none takes long.
            client.send("GET http://a/ HTTP/1.1\r\n")
            for _ in 0..<12 {
                try await Task.sleep(for: .milliseconds(200))
                client.send("Host: a\r\n\r\nGET http://a/ HTTP/1.1\r\n")
            }
            client.send("Host: a\r\nConnection: close\r\n\r\n")
            let all = await client.receiveAll()
            #expect(all.ranges(of: "hello").count == 13)
            #expect(!all.contains(" 408 "))
            client.close()
        }
    }

    @Test(arguments: ["\r\n", "\r", "\r\n\r\n"])
    func anEmptyLineIsNoHead(_ text: String) async throws {
        try await withServer(configure: {
            $0.headTimeout = .milliseconds(50)
            $0.idleTimeout = .milliseconds(200)
        }) { server in
            let answer = try await server.exchange("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n\(text)")
            #expect(answer.hasSuffix("hello"))
        }
    }

    @Test func valuesOfOtherCharactersAreReadBehindEmptyLines() async throws {
        let answers = ScriptedAnswers(atOnce: { _ in .text("hello") })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send(
                Array("\r\nGET http://a:80/ HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xE9]
                    + Array("\r\nY: z\r\nConnection: close\r\n\r\n".utf8))
            _ = await client.receiveAll()
            client.close()
        }
        let fields = try #require(answers.requests.first).fields
        #expect(fields.first("Y") == "z")
        #expect(fields.first("X").flatMap { FieldText.opaqueBytes(of: $0) } == [0xE9])
    }

    // MARK: - Answers and records

    @Test func aResponseOf204HasNoLength() async throws {
        let fields: FieldSection = ["Content-Length": "0", "X": "y"]
        let answers = ScriptedAnswers(atOnce: { _ in
            Answer(head: ResponseHead(status: 204, fields: fields), body: .none, outcome: .miss, reason: "no_entry")
        })
        try await withServer(answers) { server in
            let answer = try await server.exchange("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer == "HTTP/1.1 204 No Content\r\nX: y\r\nVia: 1.1 larder-test\r\nConnection: close\r\n\r\n")
        }
    }

    @Test(arguments: [
        ("ftp://me:secret@a/x", "ftp://a/x"), ("/ftp://me:secret@a/x", "/ftp://a/x"), ("http://me:se/cret@a/x", "http://a/x"),
        ("http:/me:secret@a", "http:/a"), ("me:secret@a:443", "a:443"), ("/@me/x", "/@me/x"), ("a:443", "a:443"),
        ("http://a:b:c/", "http://a:b:c/"), ("me@x:/y", "x:/y"), ("", ""), ("http:/@", "http:/"), ("http://@", "http://"),
    ])
    func loggedTargets(_ target: String, _ expected: String) {
        #expect(LoggedTarget.text(target) == expected)
    }

    @Test func aRefusedTargetIsReportedWithoutItsPassword() async throws {
        let urls = Mutex<[String]>([])
        try await withServer(configure: { $0.report = { record in urls.withLock { $0.append(record.url) } } }) { server in
            let answer = try await server.exchange("GET ftp://me:secret@a/x HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
        #expect(urls.withLock { $0 } == ["ftp://a/x"])
    }
}

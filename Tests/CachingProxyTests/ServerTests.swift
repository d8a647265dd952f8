import CachingClient
import CachingProxy
import HTTPSemantics
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct ServerTests {
    @Test func aHitIsAnsweredAndTheConnectionStays() async throws {
        let answers = ScriptedAnswers(atOnce: { _ in .text("hello", fields: ["Age": "3", "Cache-Status": "larder; hit"]) })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send("GET http://example.test/a?b HTTP/1.1\r\nHost: ignored\r\nProxy-Connection: keep-alive\r\nX: y\r\n\r\n")
            let first = await client.receive("hello")
            #expect(
                first == """
                    HTTP/1.1 200 OK\r\nAge: 3\r\nCache-Status: larder; hit\r\nContent-Length: 5\r\nVia: 1.1 larder-test\r\n\r\nhello
                    """)
            client.send("GET http://example.test/c HTTP/1.1\r\nHost: ignored\r\n\r\n")
            await client.receive("hello", times: 2)
            #expect(!client.isEnded)
            client.close()
        }
        let request = try #require(answers.requests.first)
        #expect(request.url.serialized == "http://example.test/a?b")
        #expect(request.fields == ["X": "y", "Via": "1.1 larder-test"])
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let answers = ScriptedAnswers(
            atOnce: { $0.url.path.hasPrefix("/now") ? .text("[\($0.url.path)]") : nil },
            later: { request, _, _ in
                await Task.yield()
                return .text("[\(request.url.path)]", outcome: .miss)
            })
        try await withServer(answers) { server in
            let client = try await server.client()
            let paths = (0..<40).map { $0 % 3 == 0 ? "/later\($0)" : "/now\($0)" }
            client.send(paths.map { "GET http://a\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            let all = await client.receive("[/later39]")
            let seen = all.split(separator: "[").dropFirst().map { String($0.prefix { $0 != "]" }) }
            #expect(seen == paths)
            client.close()
        }
    }

    @Test func oldClientsGetTheEndOfTheConnection() async throws {
        try await withServer { server in
            let answer = try await server.exchange("GET http://a/ HTTP/1.0\r\n\r\n")
            #expect(answer.hasSuffix("Connection: close\r\n\r\nhello"))
            // RFC 9112 section 9.3: whatever it asks for.
            let kept = try await server.exchange("GET http://a/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(kept.hasSuffix("Connection: close\r\n\r\nhello"))
        }
    }

    @Test(arguments: [
        (
            "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://b/ HTTP/1.1\r\n\r\n",
            "400"
        ),
        ("GET http://a/ HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
        ("GET http://a/ HTTP/1.1\nHost: a\n\n", "400"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
        ("\u{16}\u{3}\u{1}", "400"),
        ("GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "404"),
        ("GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n", "421"),
        ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "400"),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\nVia: 1.1 Larder-Test\r\nConnection: close\r\n\r\n", "508"),
    ])
    func whatIsRefusedIsNotAnswered(_ text: String, _ status: String) async throws {
        let answers = ScriptedAnswers(atOnce: { _ in .text("hello") })
        try await withServer(answers) { server in
            let answer = try await server.exchange(text)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.contains("Cache-Control: no-store\r\n"))
            #expect(!answer.dropFirst(5).contains("HTTP/1.1 2"))
        }
        #expect(answers.requests.isEmpty)
    }

    @Test(arguments: [
        "5\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "-1\r\nhello\r\n", "fffffffffffffffff\r\nhello", "g\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nX : y\r\n\r\n", "5\r\nhello\r\n0\r\n: y\r\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
    ])
    func brokenChunksEndTheConnection(_ chunks: String) async throws {
        let answers = ScriptedAnswers(later: { _, content, _ async throws(FetchError) in
            .text("whole \(try await readAll(content).count)")
        })
        try await withServer(answers) { server in
            let answer = try await server.exchange(
                "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)GET http://b/ HTTP/1.1\r\nHost: b\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(!answer.contains("whole"))
            #expect(answers.requests.allSatisfy { $0.url.host == "a" })
        }
    }

    @Test func headHasNoContent() async throws {
        try await withServer { server in
            let answer = try await server.exchange("HEAD http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("Content-Length: 5\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
            let refused = try await server.exchange("HEAD ftp://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 400 ") && refused.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func errorsBecomeStatuses() async throws {
        let answers = ScriptedAnswers(later: { _, _, _ async throws(FetchError) in
            throw FetchError(
                code: .init(rawValue: "connect_timeout"), message: "a:80: \u{1B}[31m no answer", failureClass: .network)
        })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = await client.receive("no answer\n")
            #expect(answer.hasPrefix("HTTP/1.1 504 Gateway Timeout\r\n"))
            #expect(answer.contains("Cache-Status: larder; detail=connect_timeout\r\n"))
            #expect(!answer.contains("\u{1B}"))
            #expect(!client.isEnded)
            client.close()
        }
    }

    @Test func clientsThatEndTheirSideAreAnswered() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let answers = ScriptedAnswers(later: { _, _, _ in
            for await _ in gate { break }
            return .text("late")
        })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            try await client.endInput()
            opening.yield()
            let answer = await client.receiveAll()
            #expect(answer.hasSuffix("late"))
            client.close()
        }
    }

    @Test func requestsBeforeTheEndOfAClientsSideAreAllAnswered() async throws {
        let answers = ScriptedAnswers(later: { request, _, _ in
            await Task.yield()
            return .text("[\(request.url.path)]")
        })
        try await withServer(answers) { server in
            let client = try await server.client()
            client.send((0..<20).map { "GET http://a/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined() + "GET http://a/part")
            try await client.endInput()
            let all = await client.receiveAll()
            let seen = all.split(separator: "[").dropFirst().map { String($0.prefix { $0 != "]" }) }
            #expect(seen == (0..<20).map { "/\($0)" })
            client.close()
        }
    }

    @Test func statusPages() async throws {
        try await withServer { server in
            _ = try await server.exchange("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let page = try await server.exchange("GET / HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n")
            #expect(page.contains("hit: 1\n"))
            let json = try await server.exchange("GET /larder/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            #expect(json.contains("\"hit\":1"))
        }
    }

    @Test func connectionsBeyondTheLimitAreTurnedAway() async throws {
        try await withServer(configure: { $0.maximumConnections = 1 }) { server in
            let first = try await server.client()
            first.send("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            await first.receive("hello")
            for _ in 0..<20 {
                let next = try await server.client()
                // What is unread as the server closes would make the system reset the connection.
                next.send("GET http://a/\(String(repeating: "x", count: 10_000)) HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = await next.receiveAll()
                #expect(answer.hasPrefix("HTTP/1.1 503 "))
                #expect(answer.contains("Retry-After: 1\r\n"))
                next.send("late")
                next.close()
                try await next.channel.closeFuture.get()
                #expect(!next.isReset)
            }
            first.close()
        }
    }

    @Test func slowHeadsTimeOut() async throws {
        try await withServer(configure: { $0.headTimeout = .milliseconds(50) }) { server in
            let client = try await server.client()
            client.send("GET http://a/ HT")
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 408 "))
            client.close()
        }
    }

    @Test func idleConnectionsEnd() async throws {
        try await withServer(configure: { $0.idleTimeout = .milliseconds(50) }) { server in
            let client = try await server.client()
            #expect(await client.receiveAll() == "")
            client.close()
        }
    }

    @Test func stoppingEndsIdleConnectionsAndFinishesAnswers() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let answers = ScriptedAnswers(later: { _, _, _ in
            for await _ in gate { break }
            return .text("late")
        })
        try await withServer(answers, configure: { $0.stopTimeout = .seconds(20) }) { server in
            let idle = try await server.client()
            let busy = try await server.client()
            busy.send("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
            while answers.requests.isEmpty { await Task.yield() }
            async let stopped: Void = server.stop()
            #expect(await idle.receiveAll() == "")
            idle.close()
            opening.yield()
            let answer = await busy.receiveAll()
            #expect(answer.hasSuffix("late"))
            busy.close()
            await stopped
        }
    }
}

import HTTPSemantics
import HTTPTransport
import Testing

/// Whole exchanges with a server on loopback that plays bytes.
@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
    @Test func aResponseComesWithItsHeadAndBody() async throws {
        try await RawServer.run { _ in
            [okay("hello", fields: "X-Padded:  a b \t \r\nEmpty:\r\n")]
        } body: { server in
            try await withTransport { transport in
                let (response, body) = try await transport.fetch(
                    "http://127.0.0.1:\(server.port)/a?b=c#d", fields: ["Accept": "*/*"])
                #expect(response.head.status == 200)
                #expect(response.head.version == .http1_1)
                #expect(response.head.fields.first("x-padded") == "a b")
                #expect(response.head.fields.first("empty") == "")
                #expect(body == "hello")
                #expect(response.requestTime == testTime)
                #expect(response.responseTime == testTime)
                #expect(response.remoteAddress == "127.0.0.1:\(server.port)")
                #expect(response.timings.connectMilliseconds != nil)
                #expect(response.headBytes == "HTTP/1.1 200 OK\r\nX-Padded: a b\r\nEmpty: \r\nContent-Length: 5\r\n\r\n".utf8.count)
                #expect(
                    server.requests[0].head == "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nAccept: */*\r\n\r\n")
            }
        }
    }

    @Test func oneConnectionServesRequestAfterRequest() async throws {
        try await RawServer.run { request in
            [okay("\(request.index)")]
        } body: { server in
            try await withTransport { transport in
                for index in 0..<20 {
                    let (response, body) = try await transport.fetch("http://127.0.0.1:\(server.port)/")
                    #expect(body == "\(index)")
                    #expect((response.timings.connectMilliseconds == nil) == (index > 0))
                }
                #expect(server.connections == 1)
                #expect(transport.connectionCounts == (1, 1))
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    ])
    func aConnectionThatIsToCloseIsNotUsedAgain(response: String) async throws {
        try await RawServer.run { _ in
            [.send(response)]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("hi", from: "http://127.0.0.1:\(server.port)/")
                try await transport.expect("hi", from: "http://127.0.0.1:\(server.port)/")
                #expect(server.connections == 2)
            }
        }
    }

    @Test func chunksAndTrailers() async throws {
        let response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nDigest: x\r\n\r\n"
        try await RawServer.run { _ in
            response.map { .send(String($0)) }
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("abcdefgh", from: "http://127.0.0.1:\(server.port)/")
                try await transport.expect("abcdefgh", from: "http://127.0.0.1:\(server.port)/")
                #expect(server.connections == 1)
            }
        }
    }

    @Test func manySmallChunksAreJoined() async throws {
        let chunks = String(repeating: "1\r\nx\r\n", count: 20_000)
        try await RawServer.run { _ in
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")]
        } body: { server in
            try await withTransport { transport in
                let response = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                var count = 0
                var bytes = 0
                while let chunks = try await response.body.next() {
                    count += chunks.count
                    bytes += chunks.reduce(0) { $0 + $1.count }
                }
                #expect(bytes == 20_000)
                #expect(count < 200)
            }
        }
    }

    @Test func informationalResponsesArePassedOver() async throws {
        try await RawServer.run { _ in
            [.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), okay("done")]
        } body: { server in
            try await withTransport { transport in
                let (response, body) = try await transport.fetch(
                    "http://127.0.0.1:\(server.port)/", fields: ["Expect": "100-continue"])
                #expect(response.head.status == 200)
                #expect(response.head.fields.first("link") == nil)
                #expect(body == "done")
            }
        }
    }

    @Test(arguments: [
        (HTTPMethod.head, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"), (.head, "HTTP/1.1 200 OK\r\n\r\n"),
        (.get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"), (.get, "HTTP/1.1 204 No Content\r\n\r\n"),
        (.get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ])
    func responsesWithoutBodyKeepTheConnection(method: HTTPMethod, response: String) async throws {
        try await RawServer.run { request in
            request.index < 2 ? [.send(response)] : [okay("after")]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("", from: "http://127.0.0.1:\(server.port)/", method)
                try await transport.expect("", from: "http://127.0.0.1:\(server.port)/", method)
                try await transport.expect("after", from: "http://127.0.0.1:\(server.port)/")
                #expect(server.connections == 1)
            }
        }
    }

    @Test func aBodyMayEndWithTheConnection() async throws {
        try await RawServer.run { _ in
            [.send("HTTP/1.1 200 OK\r\n\r\nall of"), .wait(milliseconds: 10), .send(" it"), .close]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("all of it", from: "http://127.0.0.1:\(server.port)/")
            }
        }
    }

    @Test func aRedirectIsHandedOut() async throws {
        try await RawServer.run { _ in
            [.send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")]
        } body: { server in
            try await withTransport { transport in
                let (response, _) = try await transport.fetch("http://127.0.0.1:\(server.port)/")
                #expect(response.head.status == 302)
                #expect(response.head.fields.first("location") == "/elsewhere")
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test(arguments: [0, 5, 70_000, 3_000_000])
    func aRequestBodyArrives(size: Int) async throws {
        let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await RawServer.run { _ in
            [okay("thanks")]
        } body: { server in
            try await withTransport { transport in
                for _ in 0..<2 {
                    try await transport.expect("thanks", from: "http://127.0.0.1:\(server.port)/", .post, body: sent)
                }
                #expect(server.requests.allSatisfy { $0.body == sent })
                #expect(server.requests[0].head.contains("Content-Length: \(size)\r\n"))
                #expect(server.connections == 1)
            }
        }
    }

    @Test func namesAndIPv6AddressesAreReached() async throws {
        try await RawServer.run(host: "::1") { _ in
            [okay("six")]
        } body: { server in
            try await withTransport { transport in
                let (response, body) = try await transport.fetch("http://[::1]:\(server.port)/")
                #expect(body == "six")
                #expect(response.remoteAddress == "[::1]:\(server.port)")
                #expect(server.requests[0].head.contains("Host: [::1]:\(server.port)\r\n"))
            }
        }
        try await RawServer.run { _ in
            [okay("four")]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("four", from: "http://localhost:\(server.port)/")
            }
        }
    }

    @Test func tasksOnTheEventLoopsThreadAreServed() async throws {
        try await RawServer.run { _ in
            [okay("hello")]
        } body: { server in
            try await withTransport { transport in
                let task = Task(executorPreference: transport.taskExecutor(0)) {
                    for _ in 0..<50 {
                        let (_, body) = try await transport.fetch("http://127.0.0.1:\(server.port)/")
                        #expect(body == "hello")
                    }
                }
                try await task.value
                #expect(server.connections == 1)
            }
        }
    }

    @Test func manyTasksAndEventLoopsAtOnce() async throws {
        try await RawServer.run { request in
            [okay(String(request.line.dropFirst(4).prefix { $0 != " " }))]
        } body: { server in
            try await withTransport({ $0.eventLoops = 3 }) { transport in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<30 {
                        group.addTask(executorPreference: worker % 2 == 0 ? transport.taskExecutor(worker) : nil) {
                            for index in 0..<40 {
                                let path = "/\(worker)/\(index)"
                                let (_, body) = try await transport.fetch("http://127.0.0.1:\(server.port)\(path)")
                                #expect(body == path)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(server.requests.count == 1200)
                #expect(server.connections <= 30)
                #expect(transport.connectionCounts.idle == transport.connectionCounts.open)
            }
        }
    }
}

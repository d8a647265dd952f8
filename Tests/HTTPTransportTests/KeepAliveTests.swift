import HTTPSemantics
import HTTPTransport
import NIOCore
import Testing

/// Connections between two requests.
@Suite(.timeLimit(.minutes(1))) struct KeepAliveTests {
    @Test func aStaleConnectionIsReplacedOnceWhereTheMethodIsIdempotent() async throws {
        // The first connection answers once and dies when the second request is there.
        try await RawServer.run { request in
            request.connection == 0 && request.index > 0 ? [.close] : [okay("\(request.connection)")]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("0", from: "http://127.0.0.1:\(server.port)/")
                try await transport.expect("1", from: "http://127.0.0.1:\(server.port)/")
                #expect(server.requests.map(\.connection) == [0, 0, 1])
            }
        }
    }

    @Test func aStaleConnectionIsReplacedOnlyOnce() async throws {
        try await RawServer.run { request in
            request.index > 0 ? [.reset] : [okay("x")]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/")
                let error = try #require(await transport.failure("http://127.0.0.1:\(server.port)/"))
                #expect(error.code == .connectionReset)
                #expect(server.requests.map(\.connection) == [0, 0, 1])
            }
        }
    }

    @Test func aPostIsNotSentTwice() async throws {
        try await RawServer.run { request in
            request.index > 0 ? [.close] : [okay("x")]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/", .post, body: [1])
                let error = try #require(await transport.failure("http://127.0.0.1:\(server.port)/", .post, body: [1]))
                #expect(error.code == .connectionClosed)
                #expect(error.isRetryable)
                #expect(server.requests.count == 2)
            }
        }
    }

    @Test func aConnectionThatTheServerEndsLeavesThePool() async throws {
        try await RawServer.run { _ in
            [okay("x"), .close]
        } body: { server in
            try await withTransport { transport in
                for count in 1...3 {
                    try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/", .post, body: [1])
                    await server.waitForClosedConnections(count)
                    while transport.connectionCounts != (0, 0) { await Task.yield() }
                }
                #expect(server.connections == 3)
            }
        }
    }

    @Test(arguments: [
        [okay("x"), .send("extra")], [.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 20")],
        [.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny")],
        [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n")],
        [
            .send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            )
        ],
    ])
    func bytesAfterTheResponseEndTheConnection(steps: [Step]) async throws {
        try await RawServer.run { _ in
            steps
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/")
                await server.waitForClosedConnections(1)
                while transport.connectionCounts != (0, 0) { await Task.yield() }
                try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/")
                #expect(server.requests.map(\.connection) == [0, 1])
            }
        }
    }

    @Test func aConnectionWithoutRequestsIsClosedInTheEnd() async throws {
        try await RawServer.run { _ in
            [okay("x")]
        } body: { server in
            try await withTransport({ $0.idleConnectionLifetime = .milliseconds(50) }) { transport in
                try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/")
                await server.waitForClosedConnections(1)
            }
        }
    }

    @Test func noMoreConnectionsAreKeptThanMay() async throws {
        try await RawServer.run { _ in
            [.wait(milliseconds: 50), okay("x")]
        } body: { server in
            try await withTransport({ $0.maximumIdleConnections = 2 }) { transport in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<6 {
                        group.addTask { try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/") }
                    }
                    try await group.waitForAll()
                }
                await server.waitForClosedConnections(server.connections - 2)
                #expect(transport.connectionCounts.idle == 2)
            }
        }
    }

    @Test func requestsBeyondTheLimitOfAnOriginWait() async throws {
        try await RawServer.run { request in
            request.index % 3 == 0 ? [okay("x"), .close] : [okay("x")]
        } body: { server in
            try await withTransport({ $0.maximumConnectionsPerOrigin = 2 }) { transport in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<30 {
                        group.addTask { try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/") }
                    }
                    try await group.waitForAll()
                }
                #expect(transport.connectionCounts.open <= 2)
            }
        }
    }

    @Test func aWaitForAConnectionCanBeCancelled() async throws {
        try await RawServer.run { _ in
            []
        } body: { server in
            try await withTransport({ $0.maximumConnectionsPerOrigin = 1 }) { transport in
                let first = Task { await transport.failure("http://127.0.0.1:\(server.port)/") }
                while server.requests.isEmpty { await Task.yield() }
                let second = Task { await transport.failure("http://127.0.0.1:\(server.port)/") }
                second.cancel()
                #expect(await second.value?.code == .cancelled)
                first.cancel()
                #expect(await first.value?.code == .cancelled)
                await server.waitForClosedConnections(1)
                while transport.connectionCounts != (0, 0) { await Task.yield() }
            }
        }
    }
}

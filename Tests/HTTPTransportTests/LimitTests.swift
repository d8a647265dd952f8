import HTTPSemantics
import HTTPTransport
import NIOCore
import NIOPosix
import Testing

/// Time-outs, cancellation and back-pressure.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    @Test func aServerThatStallsTimesOut() async throws {
        try await RawServer.run { request in
            request.index == 0 ? [] : [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
        } body: { server in
            try await withTransport({ $0.idleTimeout = .milliseconds(100) }) { transport in
                let beforeHead = try #require(await transport.failure("http://127.0.0.1:\(server.port)/"))
                #expect(beforeHead.code == .timeout)
                #expect(beforeHead.phase == .head)
                #expect(beforeHead.isRetryable)
                let withinBody = try #require(await transport.failure("http://127.0.0.1:\(server.port)/"))
                #expect(withinBody.code == .timeout)
                #expect(withinBody.phase == .body)
                #expect(!withinBody.isRetryable)
                await server.waitForClosedConnections(2)
            }
        }
    }

    @Test func aServerThatIsSlowDoesNotTimeOut() async throws {
        let drips = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789".flatMap {
            [Step.send(String($0)), .wait(milliseconds: 10)]
        }
        try await RawServer.run { _ in
            drips
        } body: { server in
            try await withTransport({ $0.idleTimeout = .milliseconds(400) }) { transport in
                try await transport.expect("0123456789", from: "http://127.0.0.1:\(server.port)/")
            }
        }
    }

    @Test func aResponseThatNeverEndsMeetsTheMaximumTime() async throws {
        let drips = (0..<1000).flatMap { _ in [Step.send("1\r\nx\r\n"), .wait(milliseconds: 10)] }
        try await RawServer.run { _ in
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")] + drips
        } body: { server in
            try await withTransport({ $0.maximumTime = .seconds(1) }) { transport in
                let error = try #require(await transport.failure("http://127.0.0.1:\(server.port)/"))
                #expect(error.code == .maximumTime)
                await server.waitForClosedConnections(1)
            }
        }
    }

    @Test(arguments: [(8_000, 60_000), (60_000, 8_000)])
    func theShorterOfBothMaximumTimesCounts(ofRequest: Int, ofConfiguration: Int) async throws {
        try await RawServer.run { request in
            request.index == 0 ? [okay("in time")] : []
        } body: { server in
            try await withTransport({ $0.maximumTime = .milliseconds(ofConfiguration) }) { transport in
                var request = try request("http://127.0.0.1:\(server.port)/")
                #expect(try await transport.send(request).body.readAll() == Array("in time".utf8))
                request.maximumTime = .milliseconds(ofRequest)
                let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
                #expect(error?.code == .maximumTime)
                #expect(error?.phase == .head)
                await server.waitForClosedConnections(1)
            }
        }
    }

    @Test func aRequestWithoutTimeIsNotSent() async throws {
        try await RawServer.run { _ in
            [okay("late")]
        } body: { server in
            try await withTransport({ $0.maximumTime = nil }) { transport in
                for time in [Duration.zero, .seconds(-1)] {
                    var request = try request("http://127.0.0.1:\(server.port)/")
                    request.maximumTime = time
                    let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
                    #expect(error?.code == .maximumTime)
                }
                #expect(server.connections == 0)
            }
        }
    }

    @Test func aConnectionThatIsNotAcceptedTimesOut() async throws {
        // TLS to a server that says nothing: TCP stands, the handshake does not.
        try await RawServer.run { _ in
            []
        } body: { server in
            try await withTransport({ $0.connectTimeout = .milliseconds(100) }) { transport in
                let error = try #require(await transport.failure("https://127.0.0.1:\(server.port)/"))
                #expect(error.code == .connectTimeout)
                #expect(error.phase == .tls)
                await server.waitForClosedConnections(1)
            }
        }
    }

    @Test func cancellationClosesTheConnectionWhereverItIs() async throws {
        try await RawServer.run { request in
            request.index == 0 ? [] : [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
        } body: { server in
            try await withTransport { transport in
                let beforeHead = Task { await transport.failure("http://127.0.0.1:\(server.port)/") }
                while server.requests.isEmpty { await Task.yield() }
                beforeHead.cancel()
                #expect(await beforeHead.value?.code == .cancelled)
                await server.waitForClosedConnections(1)

                let response = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                #expect(try await response.body.next() == [Array("half".utf8)])
                let withinBody = Task { () -> TransportError? in
                    do throws(TransportError) {
                        _ = try await response.body.next()
                        return nil
                    } catch {
                        return error
                    }
                }
                withinBody.cancel()
                #expect(await withinBody.value?.code == .cancelled)
                await server.waitForClosedConnections(2)
            }
        }
    }

    @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
        try await RawServer.run { _ in
            [okay("x")]
        } body: { server in
            try await withTransport { transport in
                try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/")
                let task = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return await transport.failure("http://127.0.0.1:\(server.port)/")
                }
                task.cancel()
                #expect(await task.value?.code == .cancelled)
                await server.waitForClosedConnections(1)
                #expect(server.requests.count == 1)
                try await transport.expect("x", from: "http://127.0.0.1:\(server.port)/")
            }
        }
    }

    @Test func aBodyLetGoOfClosesTheConnection() async throws {
        try await RawServer.run { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
        } body: { server in
            try await withTransport { transport in
                _ = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                await server.waitForClosedConnections(1)
                let response = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                response.body.cancel()
                await server.waitForClosedConnections(2)
                await #expect(throws: TransportError.self) { _ = try await response.body.next() }
            }
        }
    }

    @Test func aShutdownEndsWhatIsUnderWay() async throws {
        try await RawServer.run { _ in
            []
        } body: { server in
            let transport = NIOTransport(clock: { testTime })
            let task = Task { await transport.failure("http://127.0.0.1:\(server.port)/") }
            while server.requests.isEmpty { await Task.yield() }
            await transport.shutdown()
            #expect(await task.value != nil)
        }
    }

    @Test(arguments: [false, true])
    func aReaderThatIsSlowHoldsTheServerBack(onLoop: Bool) async throws {
        let size = 64 * 1024 * 1024
        try await FloodServer.run(bytes: size) { server in
            try await withTransport { transport in
                let task = Task(executorPreference: onLoop ? transport.taskExecutor(0) : nil) {
                    let response = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                    // Nothing is read until the server stands still: what it could write lies in the sockets' buffers and ours.
                    try await server.waitUntilBlocked()
                    #expect(server.written < size / 2)
                    var bytes = 0
                    var largest = 0
                    while let chunks = try await response.body.next() {
                        let count = chunks.reduce(0) { $0 + $1.count }
                        bytes += count
                        largest = max(largest, count)
                    }
                    #expect(bytes == size)
                    // The limit, and what the event loop had in hand when it was passed.
                    #expect(largest < 2 * 1024 * 1024)
                }
                try await task.value
                #expect(transport.connectionCounts == (1, 1))
            }
        }
    }

    @Test func aPauseOfTheReaderIsNoTimeOut() async throws {
        try await FloodServer.run(bytes: 32 * 1024 * 1024) { server in
            try await withTransport({ $0.idleTimeout = .milliseconds(100) }) { transport in
                let response = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                try await server.waitUntilBlocked()
                try await Task.sleep(for: .milliseconds(300))
                #expect(try await response.body.readAll().count == 32 * 1024 * 1024)
            }
        }
    }
}

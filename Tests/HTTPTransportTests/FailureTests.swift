import HTTPSemantics
import HTTPTransport
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Servers that break the rules or the connection, and what becomes of it.
@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [Step]
        var code: TransportError.Code
        var phase: TransportError.Phase
        var isRetryable = false

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "half a body", steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .close], code: .truncatedBody,
            phase: .body),
        Case(
            name: "half a chunk", steps: [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), .close],
            code: .truncatedBody, phase: .body),
        Case(
            name: "no last chunk", steps: [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"), .close],
            code: .truncatedBody, phase: .body),
        Case(name: "closed without a word", steps: [.close], code: .connectionClosed, phase: .head, isRetryable: true),
        Case(
            name: "half a head", steps: [.send("HTTP/1.1 200 OK\r\nContent-Le"), .close], code: .connectionClosed, phase: .head),
        Case(name: "reset without a word", steps: [.reset], code: .connectionReset, phase: .head, isRetryable: true),
        Case(
            name: "reset within a body",
            steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .wait(milliseconds: 50), .reset],
            code: .connectionReset, phase: .body),
        Case(
            name: "reset of a body that ends with the connection",
            steps: [.send("HTTP/1.1 200 OK\r\n\r\nhalf"), .wait(milliseconds: 50), .reset], code: .connectionReset, phase: .body),
        Case(name: "another protocol", steps: [.send("SSH-2.0-OpenSSH_9.2\r\n")], code: .protocolError, phase: .head),
        Case(name: "HTTP/0.9", steps: [.send("<html>hello</html>\r\n"), .close], code: .protocolError, phase: .head),
        Case(name: "HTTP/2.0", steps: [.send("HTTP/2.0 200 OK\r\n\r\n")], code: .protocolError, phase: .head),
        Case(
            name: "two lengths", steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")],
            code: .protocolError, phase: .head),
        Case(
            name: "a length that is none", steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\nab")], code: .protocolError,
            phase: .head),
        Case(
            name: "length and chunks",
            steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")],
            code: .protocolError, phase: .head),
        Case(
            name: "a transfer coding nobody asked for",
            steps: [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")], code: .protocolError,
            phase: .head),
        Case(
            name: "a chunk size that is none", steps: [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")],
            code: .protocolError, phase: .body),
        Case(
            name: "another protocol by 101",
            steps: [.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")], code: .protocolError,
            phase: .head),
        Case(
            name: "100,000 fields",
            steps: [.send("HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 100_000) + "\r\n")], code: .headTooLarge,
            phase: .head),
        Case(
            name: "one huge field", steps: [.send("HTTP/1.1 200 OK\r\na: " + String(repeating: "b", count: 300_000) + "\r\n\r\n")],
            code: .headTooLarge, phase: .head),
        Case(
            name: "a field name without end", steps: [.send("HTTP/1.1 200 OK\r\n" + String(repeating: "b", count: 1_000_000))],
            code: .headTooLarge, phase: .head),
        Case(
            name: "a reason without end", steps: [.send("HTTP/1.1 200 " + String(repeating: "b", count: 1_000_000))],
            code: .headTooLarge, phase: .head),
        Case(
            name: "informational responses without end",
            steps: [.send(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 20_000))], code: .headTooLarge, phase: .head),
        Case(
            name: "100,000 trailers",
            steps: [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "a: b\r\n", count: 100_000))
            ], code: .headTooLarge, phase: .body),
        Case(
            name: "a trailer that is spaces without end",
            steps: [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX:" + String(repeating: " ", count: 1_000_000))
            ], code: .headTooLarge, phase: .body),
    ]

    @Test(arguments: cases)
    func aBrokenResponseHasItsCode(of test: Case) async throws {
        try await RawServer.run { _ in
            test.steps
        } body: { server in
            try await withTransport { transport in
                let error = try #require(await transport.failure("http://127.0.0.1:\(server.port)/"))
                #expect(error.code == test.code)
                #expect(error.phase == test.phase)
                #expect(error.isRetryable == test.isRetryable)
                #expect(error.message.contains("127.0.0.1:\(server.port)"))
                #expect(server.requests.count == 1)
                await server.waitForClosedConnections(1)
                #expect(transport.connectionCounts.idle == 0)
            }
        }
    }

    @Test func whatCameOfATruncatedBodyIsHandedOut() async throws {
        try await RawServer.run { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .wait(milliseconds: 20), .close]
        } body: { server in
            try await withTransport { transport in
                let response = try await transport.send(try request("http://127.0.0.1:\(server.port)/"))
                var received: [UInt8] = []
                await #expect(throws: TransportError.self) {
                    while let chunks = try await response.body.next() { for chunk in chunks { received += chunk } }
                }
                #expect(received == Array("half".utf8))
            }
        }
    }

    @Test func aPortWithoutServerRefuses() async throws {
        let port = try RefusingPort()
        try await withTransport { transport in
            let error = try #require(await transport.failure("http://127.0.0.1:\(port.number)/"))
            #expect(error.code == .connectionRefused)
            #expect(error.phase == .connect)
            #expect(error.isRetryable)
            let named = try #require(await transport.failure("http://localhost:\(port.number)/"))
            #expect(named.code == .connectionRefused)
            #expect(transport.connectionCounts == (0, 0))
        }
    }

    @Test func aNameWithoutAddressIsADNSFailure() async throws {
        try await withTransport { transport in
            let error = try #require(await transport.failure("http://no-such-host.invalid/"))
            #expect(error.code == .dnsFailed)
            #expect(error.phase == .resolve)
            #expect(error.message.contains("no-such-host.invalid"))
        }
    }

    @Test func requestsThatAreNoneAreRefused() async throws {
        try await withTransport { transport in
            #expect(await transport.failure("ftp://127.0.0.1/")?.code == .invalidRequest)
            #expect(await transport.failure("http://127.0.0.1:9/", HTTPMethod(rawValue: "GET /"))?.code == .invalidRequest)
            #expect(await transport.failure("http://127.0.0.1:9/", .connect)?.code == .invalidRequest)
            #expect(await transport.failure("http://127.0.0.1:9/", fields: ["X": "a\r\nY: b"])?.code == .invalidRequest)
            #expect(await transport.failure("http://127.0.0.1:9/", fields: ["X Y": "a"])?.code == .invalidRequest)
        }
    }

    @Test func nothingIsSentAfterTheShutdown() async throws {
        let transport = NIOTransport(clock: { testTime })
        await transport.shutdown()
        #expect(await transport.failure("http://127.0.0.1:9/")?.code == .internal)
    }
}

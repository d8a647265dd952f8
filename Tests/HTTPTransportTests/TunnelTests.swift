import HTTPSemantics
import HTTPTransport
import NIOCore
import TestSupport
import Testing

/// Channels for whatever bytes, as CONNECT asks for.
@Suite(.timeLimit(.minutes(1))) struct TunnelTests {
    /// Collects what comes until the peer ends its side.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var bytes: [UInt8] = []
        private let promise: EventLoopPromise<String>
        private let count: Int?

        init(_ promise: EventLoopPromise<String>, until count: Int?) {
            self.promise = promise
            self.count = count
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
            if let count, bytes.count >= count { promise.succeed(String(decoding: bytes, as: UTF8.self)) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event {
                promise.succeed(String(decoding: bytes, as: UTF8.self) + "<end>")
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            promise.succeed(String(decoding: bytes, as: UTF8.self) + "<closed>")
        }
    }

    /// Adds the reader on the channel's loop, lets it read and sends `text`.
    private func talk(_ channel: any Channel, sending text: String? = nil, until count: Int? = nil) async throws -> String {
        let promise = channel.eventLoop.makePromise(of: String.self)
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(Collector(promise, until: count))
            try channel.syncOptions?.setOption(.autoRead, value: true)
            channel.read()
        }.get()
        if let text { try await channel.writeAndFlush(ByteBuffer(string: text)) }
        let received = try await promise.futureResult.get()
        try? await channel.close()
        return received
    }

    @Test func bytesGoBothWays() async throws {
        try await RawServer.run { request in
            [.send("you said \(request.line)")]
        } body: { server in
            try await withTransport { transport in
                for host in ["127.0.0.1", "localhost"] {
                    let channel = try await transport.openTunnel(host: host, port: server.port)
                    #expect(try await talk(channel, sending: "ping\r\n\r\n", until: 13) == "you said ping")
                }
                await server.waitForClosedConnections(2)
            }
        }
    }

    @Test func whatComesBeforeAnybodyReadsIsKept() async throws {
        try await RawServer.run(greeting: [.send("SSH-2.0-x\r\n"), .close], answer: { _ in [] }) { server in
            try await withTransport { transport in
                let channel = try await transport.openTunnel(host: "127.0.0.1", port: server.port)
                await server.waitForClosedConnections(1)
                #expect(try await talk(channel) == "SSH-2.0-x\r\n<end>")
            }
        }
    }

    @Test(arguments: [true, false])
    func aProxyOpensTheTunnel(inOnePiece: Bool) async throws {
        try await RawServer.run { _ in
            inOnePiece
                ? [.send("HTTP/1.1 200 OK\r\nX: y\r\n\r\nHTTP/1.1 greeting"), .wait(milliseconds: 20), .send(" and more"), .close]
                : [.send("HTTP/1.1 200 OK\r\n\r\n"), .wait(milliseconds: 20), .send("HTTP/1.1 greeting and more"), .close]
        } body: { proxy in
            let environment = ProxyEnvironment(["https_proxy": "http://me:pw@127.0.0.1:\(proxy.port)"])
            try await withTransport({
                $0.proxies = environment
                $0.viaPseudonym = "larder-1"
            }) { transport in
                let channel = try await transport.openTunnel(host: "one.example", port: 22, via: "1.0 before")
                #expect(proxy.requests[0].line == "CONNECT one.example:22 HTTP/1.1")
                #expect(proxy.requests[0].head.lowercased().contains("\r\nvia: 1.0 before, 1.1 larder-1\r\n"))
                await proxy.waitForClosedConnections(1)
                #expect(try await talk(channel) == "HTTP/1.1 greeting and more<end>")
            }
        }
    }

    @Test func failuresHaveTheirCodes() async throws {
        let port = try RefusingPort()
        try await withTransport { transport in
            func code(_ host: String, _ port: Int) async -> TransportError.Code? {
                await failure { _ = try await transport.openTunnel(host: host, port: port) }?.code
            }
            #expect(await code("127.0.0.1", port.number) == .connectionRefused)
            #expect(await code("no-such-host.invalid", 443) == .dnsFailed)
            #expect(await code("", 443) == .invalidRequest)
            #expect(await code("127.0.0.1", 0) == .invalidRequest)
        }
        try await RawServer.run { request in
            request.index == 0 ? [.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!")] : []
        } body: { proxy in
            let environment = ProxyEnvironment(["https_proxy": "http://127.0.0.1:\(proxy.port)"])
            try await withTransport({ $0.proxies = environment }) { transport in
                let refused = await failure { _ = try await transport.openTunnel(host: "one.example", port: 443) }
                #expect(refused?.code == .proxyFailed)
                let late = await failure {
                    _ = try await transport.openTunnel(host: "one.example", port: 443, maximumTime: .milliseconds(50))
                }
                #expect(late?.code == .maximumTime)
                await proxy.waitForClosedConnections(2)
            }
        }
    }

    @Test func aTunnelRunsOnTheLoopThatIsGiven() async throws {
        try await RawServer.run { _ in
            []
        } body: { server in
            try await withTransport({ $0.eventLoops = 2 }) { transport in
                for loop in transport.eventLoopGroup.makeIterator() {
                    let channel = try await transport.openTunnel(host: "127.0.0.1", port: server.port, on: loop)
                    #expect(channel.eventLoop === loop)
                    try await channel.close()
                }
            }
        }
    }
}

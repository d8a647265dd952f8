import CachingProxy
import HTTPTransport
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(1))) struct TunnelTests {
    /// Runs with a server that sends back what it gets, and ends its side when its client does.
    private func withEcho<Result>(_ body: (Int) async throws -> Result) async throws -> Result {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(channel.localAddress?.port ?? 0)) } catch { result = .failure(error) }
        try await channel.close().get()
        return try result.get()
    }

    private func withTunnels<Result>(
        configure: (inout ProxyConfiguration) -> Void = { _ in }, _ body: (ProxyServer) async throws -> Result
    ) async throws -> Result {
        let transport = NIOTransport(clock: { testTime })
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(
                try await withServer(
                    configure: configure,
                    openTunnel: { host, port, time, _ in
                        try await transport.openTunnel(host: host, port: port, maximumTime: time)
                    }
                ) { try await body($0) })
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        return try result.get()
    }

    @Test func bytesGoBothWaysAndEachEndsForItself() async throws {
        try await withEcho { echo in
            try await withTunnels { server in
                let client = try await server.client()
                // The first bytes come along with the head.
                client.send("CONNECT 127.0.0.1:\(echo) HTTP/1.1\r\nHost: 127.0.0.1:\(echo)\r\n\r\nearly GET / \u{0}")
                #expect(await client.receive("\u{0}") == "HTTP/1.1 200 Connection established\r\n\r\nearly GET / \u{0}")
                let large = [UInt8](repeating: 0x2A, count: 3 << 20)
                client.send(large)
                try await client.endInput()
                _ = await client.receiveAll()
                #expect(client.receivedBytes.filter { $0 == 0x2A }.count == large.count)
                #expect(server.statistics.openedTunnels == 1)
                client.close()
            }
        }
    }

    @Test func failuresHaveStatuses() async throws {
        try await withTunnels(configure: { $0.rules.tunnelPorts = [1] }) { server in
            let refused = try await server.exchange("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 502 "))
            let forbidden = try await server.exchange("CONNECT 127.0.0.1:2 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(forbidden.hasPrefix("HTTP/1.1 403 "))
        }
        try await withTunnels { server in
            let loop = try await server.exchange("CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(loop.hasPrefix("HTTP/1.1 508 "))
        }
    }

    @Test func idleTunnelsEnd() async throws {
        try await withEcho { echo in
            try await withTunnels(configure: { $0.tunnelIdleTimeout = .milliseconds(80) }) { server in
                let client = try await server.client()
                client.send("CONNECT 127.0.0.1:\(echo) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await client.receiveAll().hasPrefix("HTTP/1.1 200 "))
                client.close()
            }
        }
    }

    @Test func aTunnelThatIsUsedInOneDirectionIsNotIdle() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Ticker()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await withTunnels(configure: { $0.tunnelIdleTimeout = .milliseconds(600) }) { server in
            let client = try await server.client()
            client.send("CONNECT 127.0.0.1:\(channel.localAddress?.port ?? 0) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await client.receiveAll().hasSuffix("\r\n\r\n" + String(repeating: ".", count: 30)))
            client.close()
        }
        try await channel.close().get()
    }

    /// Sends 30 bytes in 1.5 seconds, and ends.
    private final class Ticker: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelActive(context: ChannelHandlerContext) {
            tick(context.channel, left: 30)
        }

        private func tick(_ channel: any Channel, left: Int) {
            guard left > 0 else { return channel.close(promise: nil) }
            channel.writeAndFlush(ByteBuffer(string: "."), promise: nil)
            let next = NIOLoopBound(self, eventLoop: channel.eventLoop)
            channel.eventLoop.scheduleTask(in: .milliseconds(50)) { next.value.tick(channel, left: left - 1) }
        }
    }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .inputClosed? = event as? ChannelEvent else { return }
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(mode: .output, promise: nil) }
        }
    }
}

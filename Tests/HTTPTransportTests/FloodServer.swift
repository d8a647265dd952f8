import NIOCore
import NIOPosix
import Synchronization

/// A server that writes one body as fast as the client takes it, in pieces, and counts them.
final class FloodServer: Sendable {
    let port: Int
    private let counter: Counter

    final class Counter: Sendable {
        fileprivate let written = Mutex(0)
    }

    private init(port: Int, counter: Counter) {
        self.port = port
        self.counter = counter
    }

    /// How many bytes of the body the kernel has taken.
    var written: Int { counter.written.withLock { $0 } }

    /// Waits until the kernel has taken something, and nothing more for a while.
    func waitUntilBlocked() async throws {
        var before = -1
        while written != before || written == 0 {
            before = written
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    static func run(bytes: Int, body: (FloodServer) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let counter = Counter()
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FloodHandler(bytes: bytes, counter: counter))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(FloodServer(port: channel.localAddress?.port ?? 0, counter: counter)))
        } catch {
            result = .failure(error)
        }
        try await group.shutdownGracefully()
        try result.get()
    }

    private final class FloodHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var left: Int
        private let total: Int
        private let counter: Counter
        private let piece = ByteBuffer(repeating: 0x61, count: 64 * 1024)

        init(bytes: Int, counter: Counter) {
            left = bytes
            total = bytes
            self.counter = counter
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
            writeNext(context)
        }

        private func writeNext(_ context: ChannelHandlerContext) {
            guard left > 0 else { return }
            let count = piece.readableBytes
            left -= count
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess {
                self.counter.written.withLock { $0 += count }
                self.writeNext(context)
            }
            context.writeAndFlush(wrapOutboundOut(piece), promise: written)
        }
    }
}

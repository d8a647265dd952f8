import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A client that sends bytes as they are given and collects what comes.
final class RawClient: Sendable {
    private struct State {
        var received: [UInt8] = []
        var isEnded = false
        var isReset = false
        var waiters: [(isDone: @Sendable ([UInt8], Bool) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    let channel: any Channel
    private let state: SharedState

    private final class SharedState: Sendable {
        let value = Mutex(State())

        func change(_ change: (inout State) -> Void) {
            let ready = value.withLock { state in
                change(&state)
                let ready = state.waiters.filter { $0.isDone(state.received, state.isEnded) }.map(\.continuation)
                state.waiters.removeAll { $0.isDone(state.received, state.isEnded) }
                return ready
            }
            for continuation in ready { continuation.resume() }
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let state: SharedState

        init(_ state: SharedState) {
            self.state = state
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            state.change { $0.received += bytes.readableBytesView }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { state.change { $0.isEnded = true } }
        }

        func channelInactive(context: ChannelHandlerContext) {
            state.change { $0.isEnded = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if (error as? IOError)?.errnoCode == ECONNRESET { state.change { $0.isReset = true } }
            context.close(promise: nil)
        }
    }

    private init(channel: any Channel, state: SharedState) {
        self.channel = channel
        self.state = state
    }

    /// A client that reads only as it is told, up to 16 KiB each time.
    ///
    /// - Parameter takesLittle: whether its system takes only a few of those ahead.
    static func connectSlowly(port: Int, takesLittle: Bool = true) async throws -> RawClient {
        let state = SharedState()
        var bootstrap = bootstrap(state, autoRead: false)
        if takesLittle { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: 16 * 1024) }
        bootstrap =
            bootstrap
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 * 1024))
        return RawClient(channel: try await bootstrap.connect(host: "127.0.0.1", port: port).get(), state: state)
    }

    private static func bootstrap(_ state: SharedState, autoRead: Bool) -> ClientBootstrap {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: autoRead)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(state)) }
            }
    }

    static func connect(port: Int, autoRead: Bool = true) async throws -> RawClient {
        let state = SharedState()
        return RawClient(
            channel: try await bootstrap(state, autoRead: autoRead).connect(host: "127.0.0.1", port: port).get(), state: state)
    }

    static func connect(path: String) async throws -> RawClient {
        let state = SharedState()
        return RawClient(
            channel: try await bootstrap(state, autoRead: true).connect(unixDomainSocketPath: path).get(), state: state)
    }

    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    var received: String { String(decoding: receivedBytes, as: UTF8.self) }
    var receivedBytes: [UInt8] { state.value.withLock(\.received) }
    /// Whether the server has reset the connection. To be read when it has ended.
    var isReset: Bool { state.value.withLock(\.isReset) }
    var isEnded: Bool { state.value.withLock(\.isEnded) }

    /// Waits until what has come satisfies the condition, or the server has ended.
    func wait(until isDone: @escaping @Sendable ([UInt8]) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.value.withLock { state in
                    if state.isEnded || isDone(state.received) { return true }
                    state.waiters.append(({ isDone($0) || $1 }, continuation))
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            // A test that takes too long is to fail, not to hang.
            channel.close(promise: nil)
        }
    }

    /// What has come when `text` has come so many times; everything where the server ends before.
    @discardableResult
    func receive(_ text: String, times: Int = 1) async -> String {
        let wanted = Array(text.utf8)
        await wait { bytes in
            var count = 0
            var rest = bytes[...]
            while count < times, let range = rest.firstRange(of: wanted) {
                count += 1
                rest = rest[range.upperBound...]
            }
            return count == times
        }
        return received
    }

    /// Everything until the server ends.
    func receiveAll() async -> String {
        await wait { _ in false }
        return received
    }

    func endInput() async throws {
        try await channel.close(mode: .output).get()
    }

    func close() {
        channel.close(promise: nil)
    }
}

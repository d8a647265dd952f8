import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a test server does after a request, in order.
enum Step: Sendable {
    case send(String)
    case sendBytes([UInt8])
    case wait(milliseconds: Int64)
    /// Ends the connection in order: over TLS with close_notify.
    case close
    /// Ends TCP without telling TLS.
    case cut
    /// Ends the connection with a TCP reset.
    case reset
    /// Passes bytes on to that port of this machine and back, as a proxy's tunnel does.
    case tunnel(port: Int)
    /// Goes on when that many bytes have come after the head of the request; the server must answer at heads.
    case content(Int)
    /// Reads nothing more.
    case stopReading
}

/// A request as a test server saw it.
struct SeenRequest: Sendable {
    /// The how manieth connection, from 0.
    var connection: Int
    /// The how manieth request of all, from 0.
    var index: Int
    var head: String
    var body: [UInt8]

    var line: Substring { head.prefix { $0 != "\r\n" } }
}

/// A server on loopback that plays bytes: nothing of HTTP but the end of a request is known to it.
final class RawServer: Sendable {
    fileprivate struct Record {
        var requests: [SeenRequest] = []
        var connections = 0
        var closedConnections = 0
        var contents: [[UInt8]] = []
        var waiters: [(count: Int, CheckedContinuation<Void, Never>)] = []
    }

    let port: Int
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup
    private let record: RecordBox

    /// Shared with the handlers of the connections.
    final class RecordBox: Sendable {
        fileprivate let value = Mutex(Record())

        func connected() -> Int {
            value.withLock { record in
                defer { record.connections += 1 }
                return record.connections
            }
        }

        func closed() {
            let ready = value.withLock { record in
                record.closedConnections += 1
                let count = record.closedConnections
                let ready = record.waiters.filter { $0.count <= count }
                record.waiters.removeAll { $0.count <= count }
                return ready.map(\.1)
            }
            for waiter in ready { waiter.resume() }
        }

        func addContent(_ content: [UInt8]) {
            value.withLock { $0.contents.append(content) }
        }

        func add(connection: Int, head: String, body: [UInt8]) -> SeenRequest {
            value.withLock { record in
                let request = SeenRequest(connection: connection, index: record.requests.count, head: head, body: body)
                record.requests.append(request)
                return request
            }
        }
    }

    private init(port: Int, channel: any Channel, group: MultiThreadedEventLoopGroup, record: RecordBox) {
        self.port = port
        self.channel = channel
        self.group = group
        self.record = record
    }

    var requests: [SeenRequest] { record.value.withLock(\.requests) }
    /// What `Step.content` waited for.
    var contents: [String] { record.value.withLock { $0.contents.map { String(decoding: $0, as: UTF8.self) } } }
    var connections: Int { record.value.withLock(\.connections) }

    /// Waits until that many connections have ended.
    func waitForClosedConnections(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = record.value.withLock { record in
                if record.closedConnections >= count { return true }
                record.waiters.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Runs `body` with a server that answers each request with the steps that `answer` gives.
    ///
    /// - Parameters:
    ///   - answersAtHead: whether it answers as soon as the head is there; the content is then for `Step.content`.
    ///   - greeting: what it does when a connection is opened.
    static func run<Result>(
        tls: NIOSSLContext? = nil, host: String = "127.0.0.1", port: Int = 0, answersAtHead: Bool = false, greeting: [Step] = [],
        answer: @escaping @Sendable (SeenRequest) -> [Step],
        body: (RawServer) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let record = RecordBox()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(
                        RawServerHandler(record: record, answersAtHead, greeting, answer))
                }
            }
            .bind(host: host, port: port).get()
        let server = RawServer(port: channel.localAddress?.port ?? 0, channel: channel, group: group, record: record)
        do {
            let result = try await body(server)
            try await group.shutdownGracefully()
            return result
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }
}

final class RawServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let record: RawServer.RecordBox
    private let answer: @Sendable (SeenRequest) -> [Step]
    private let answersAtHead: Bool
    private let greeting: [Step]
    private var connection = 0
    /// How many bytes of content are waited for, and what follows then.
    private var waiting: (count: Int, steps: ArraySlice<Step>)?
    private var received: [UInt8] = []
    private var tunnel: (any Channel)?

    init(
        record: RawServer.RecordBox, _ answersAtHead: Bool, _ greeting: [Step],
        _ answer: @escaping @Sendable (SeenRequest) -> [Step]
    ) {
        self.record = record
        self.answersAtHead = answersAtHead
        self.greeting = greeting
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = record.connected()
        play(greeting[...], context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        record.closed()
        tunnel?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let tunnel {
            tunnel.writeAndFlush(bytes, promise: nil)
            return
        }
        received += bytes.readableBytesView
        if let (count, steps) = waiting {
            guard received.count >= count else { return }
            waiting = nil
            record.addContent(Array(received.prefix(count)))
            received.removeFirst(count)
            play(steps, context)
        }
        while waiting == nil, let (head, body) = takeRequest() {
            let request = record.add(connection: connection, head: head, body: body)
            play(answer(request)[...], context)
        }
    }

    private func takeRequest() -> (String, [UInt8])? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return nil }
        let head = String(decoding: received[..<end], as: UTF8.self)
        if answersAtHead {
            received.removeFirst(end)
            return (head, [])
        }
        let length = head.lowercased().firstRange(of: "content-length: ").flatMap {
            Int(head[$0.upperBound...].prefix { $0.isNumber })
        }
        guard received.count >= end + (length ?? 0) else { return nil }
        defer { received.removeFirst(end + (length ?? 0)) }
        return (head, Array(received[end..<(end + (length ?? 0))]))
    }

    private func play(_ steps: ArraySlice<Step>, _ context: ChannelHandlerContext) {
        guard let step = steps.first, context.channel.isActive else { return }
        let rest = steps.dropFirst()
        switch step {
        case .send(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .sendBytes(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .wait(let milliseconds):
            _ = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { self.play(rest, context) }
            return
        case .close:
            context.close(promise: nil)
        case .cut:
            if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLHandler.self) {
                tls.close(promise: nil)
            } else {
                context.close(promise: nil)
            }
        case .reset:
            let options = context.channel as? any SocketOptionProvider
            options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            return
        case .tunnel(let port):
            openTunnel(port, context)
        case .content(let count):
            guard received.count >= count else {
                waiting = (count, rest)
                return
            }
            record.addContent(Array(received.prefix(count)))
            received.removeFirst(count)
        case .stopReading:
            _ = context.channel.setOption(.autoRead, value: false)
        }
        play(rest, context)
    }

    private func openTunnel(_ port: Int, _ context: ChannelHandlerContext) {
        let outside = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(TunnelEnd(outside)) }
            }
            .connect(host: "127.0.0.1", port: port).assumeIsolated().whenSuccess { self.tunnel = $0 }
    }
}

/// The far side of a test proxy's tunnel.
private final class TunnelEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let outside: any Channel

    init(_ outside: any Channel) {
        self.outside = outside
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        outside.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        outside.close(promise: nil)
    }
}

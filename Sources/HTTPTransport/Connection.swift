import HTTPSemantics
import NIOCore

/// One open connection, as every thread may hold it; what it does happens on its event loop.
final class Connection: Sendable {
    let channel: any Channel
    private let eventLoop: any EventLoop
    let route: Route
    /// The index of the event loop within the transport.
    let loopIndex: Int
    let remoteAddress: String
    /// Name look-up, TCP, proxy and TLS together.
    let connectMilliseconds: Int64
    private let handler: NIOLoopBound<ConnectionHandler>

    /// To be called on the channel's event loop.
    init(channel: any Channel, handler: ConnectionHandler, route: Route, loopIndex: Int, connectMilliseconds: Int64) {
        self.channel = channel
        eventLoop = channel.eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        self.route = route
        self.loopIndex = loopIndex
        self.connectMilliseconds = connectMilliseconds
        remoteAddress = channel.remoteAddress.map(Self.text) ?? ""
    }

    /// Host and port of the origin, for messages.
    var authority: String { route.authority }

    func start(_ exchange: Exchange, _ request: SerializedRequest, deadline: NIODeadline?) {
        // Without `onLoop`, whose closure would hold a copy of everything: a task of the loop's own is the usual caller.
        if eventLoop.inEventLoop {
            handler.value.start(exchange, request, deadline: deadline)
        } else {
            eventLoop.execute { self.handler.value.start(exchange, request, deadline: deadline) }
        }
    }

    /// The reader of `exchange` has caught up.
    func resumeReading(_ exchange: Exchange) {
        onLoop { $0.resumeReading(exchange) }
    }

    /// Closes the connection if it still serves `exchange`.
    func abandon(_ exchange: Exchange) {
        onLoop { $0.abandon(exchange) }
    }

    /// Sends a piece of a streamed content.
    ///
    /// - Returns: whether more is wanted, as soon as it can be taken; false also where the exchange is over.
    func sendContent(_ piece: [UInt8], isLast: Bool, for exchange: Exchange) async -> Bool {
        await withUnsafeContinuation { continuation in
            onLoop { $0.sendContent(piece, isLast: isLast, for: exchange, continuation) }
        }
    }

    /// The content of `exchange` can't be sent to its end.
    func contentFailed(_ error: TransportError, for exchange: Exchange) {
        onLoop { $0.contentFailed(error, for: exchange) }
    }

    func close() {
        channel.close(promise: nil)
    }

    private func onLoop(_ work: @escaping @Sendable (ConnectionHandler) -> Void) {
        if eventLoop.inEventLoop {
            work(handler.value)
        } else {
            eventLoop.execute { work(self.handler.value) }
        }
    }

    private static func text(_ address: SocketAddress) -> String {
        guard let host = address.ipAddress, let port = address.port else { return address.description }
        return host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

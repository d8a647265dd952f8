package import HTTPSemantics
package import NIOCore
import NIOHTTP1

/// What reads the responses of one connection: the parser, and the handler that makes heads and contents of what it finds. To be
/// used on the connection's event loop.
package struct ResponseReading {
    private let decoder: ResponseDecoder
    private let handler: ConnectionHandler

    package init(configuration: TransportConfiguration, clock: @escaping @Sendable () -> UnixTime) {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.maximumHeadBytes
        limits.maxHeaderListSize = configuration.maximumHeadBytes
        limits.maxHeaderFieldCount = configuration.maximumFieldCount
        decoder = ResponseDecoder(limits: limits)
        handler = ConnectionHandler(
            limits: ConnectionMachine.Limits(
                idleTimeout: TimeAmount(configuration.idleTimeout),
                idleConnectionLifetime: TimeAmount(configuration.idleConnectionLifetime),
                maximumHeadBytes: configuration.maximumHeadBytes),
            decoder: decoder, clock: clock)
    }

    /// For the pipeline, in this order.
    package var handlers: [any ChannelHandler] { [decoder, handler] }

    /// Begins to wait for a response as though its request had been sent. Nobody is told of the response: it is read and dropped.
    /// For measurements.
    ///
    /// - Parameter isHead: whether the method is HEAD, so that a head is the whole response.
    /// - Returns: whether the connection was free: the response before has come to its end, and another may follow it.
    package func expectResponse(isHead: Bool) -> Bool {
        guard handler.machine.start(isHead: isHead, deadline: nil, isWriting: false, now: .now()) else { return false }
        decoder.expectResponse(isHead: isHead)
        return true
    }
}

import HTTPSemantics
import NIOCore
import NIOSSL
import NIOTLS

/// Waits until a new connection is ready for requests: connected, tunnelled and its TLS handshake done, as it needs.
final class OpeningHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let route: Route
    private let clock: @Sendable () -> UnixTime
    /// Kept until it has been told; fails with a `TransportError`.
    private var promise: EventLoopPromise<Void>?

    init(route: Route, clock: @escaping @Sendable () -> UnixTime, promise: EventLoopPromise<Void>) {
        self.route = route
        self.clock = clock
        self.promise = promise
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // One of several addresses that were tried at once, and not the first to answer.
        fail(TransportError(.connectionClosed, .connect, "\(route.authority): the connection was closed", isRetryable: true))
    }

    func channelActive(context: ChannelHandlerContext) {
        if !route.isSecure, route.tunnel == nil { succeed(context) }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            guard isCertificateForHost(context) else {
                fail(.wrongHost(authority: route.authority))
                context.close(promise: nil)
                return
            }
            succeed(context)
        } else if event is TunnelIsOpen {
            succeed(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard promise != nil else {
            context.fireErrorCaught(error)
            return
        }
        if let error = error as? TransportError {
            fail(error)
        } else if let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self) {
            let isTLS = error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError
            fail(
                isTLS
                    ? .handshake(error, certificate: tls.peerCertificate, authority: route.authority, now: clock())
                    : .connecting(error, authority: route.authority))
        } else {
            fail(.connecting(error, authority: route.authority))
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let phase: TransportError.Phase = route.isSecure ? .tls : .connect
        fail(TransportError(.connectionClosed, phase, "\(route.authority): the connection was closed at once", isRetryable: true))
        context.fireChannelInactive()
    }

    /// What the handshake itself has not made sure of.
    private func isCertificateForHost(_ context: ChannelHandlerContext) -> Bool {
        let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)
        guard let certificate = tls?.peerCertificate else { return false }
        if let address = route.foreignAddress { return certificate.isFor(address: address) }
        return ipAddressBytes(route.certificateHost) != nil || !certificate.isForAddressOnly(name: route.certificateHost)
    }

    private func succeed(_ context: ChannelHandlerContext) {
        guard let promise else { return }
        self.promise = nil
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        promise.succeed()
    }

    private func fail(_ error: TransportError) {
        promise?.fail(error)
        promise = nil
    }
}

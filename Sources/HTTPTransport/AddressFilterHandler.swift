import NIOCore

/// Judges the address of a new connection at the last moment, after the name look-up, so that no answer of a name server gets
/// past the filter.
final class AddressFilterHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = Never

    private let authority: String
    private let filter: @Sendable (SocketAddress) -> Bool

    init(authority: String, filter: @escaping @Sendable (SocketAddress) -> Bool) {
        self.authority = authority
        self.filter = filter
    }

    func connect(context: ChannelHandlerContext, to address: SocketAddress, promise: EventLoopPromise<Void>?) {
        guard filter(address) else {
            promise?.fail(TransportError.addressRefused(authority: authority))
            return
        }
        context.connect(to: address, promise: promise)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

extension ConnectionOpener {
    /// Runs on the channel's event loop. A connection through a proxy goes to the proxy, whose address nobody forbids.
    func addAddressFilter(to channel: any Channel, _ route: Route) throws {
        guard let filter = configuration.addressFilter, !route.isConfigured, route.tunnel == nil else { return }
        try channel.pipeline.syncOperations.addHandler(AddressFilterHandler(authority: route.authority, filter: filter))
    }
}

extension TransportConfiguration {
    /// Judges the address that a URL names itself, for a connection that will go to a proxy: nobody else can be asked there.
    func judge(host: String, port: Int) throws(TransportError) {
        guard let addressFilter, ipAddressBytes(host) != nil, let address = try? SocketAddress(ipAddress: host, port: port),
            !addressFilter(address)
        else { return }
        throw .addressRefused(authority: Route.authority(host, port))
    }
}

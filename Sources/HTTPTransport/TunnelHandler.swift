import NIOCore
import NIOHTTP1

/// Asks a proxy for a tunnel (RFC 9110 section 9.3.6) and makes way for TLS when it stands.
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let authority: String
    private let proxy: Proxy
    /// The value of Via; nil: none.
    private let via: String?
    /// Takes the handlers of the tunnel away and goes on with what comes next: TLS, or whoever asked for the tunnel.
    private let whenOpen: (ChannelHandlerContext) -> Void
    private var status: Int?
    private var isAnswered = false

    init(authority: String, proxy: Proxy, via: String?, whenOpen: @escaping (ChannelHandlerContext) -> Void) {
        self.authority = authority
        self.proxy = proxy
        self.via = via
        self.whenOpen = whenOpen
    }

    func channelActive(context: ChannelHandlerContext) {
        var head = HTTPRequestHead(version: .http1_1, method: .CONNECT, uri: authority)
        head.headers.add(name: "Host", value: authority)
        if let authorization = proxy.authorization {
            head.headers.add(name: "Proxy-Authorization", value: authorization)
        }
        if let via { head.headers.add(name: "Via", value: via) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Where the channel does not read by itself.
        if !isAnswered { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
        case .body:
            break
        case .end:
            isAnswered = true
            guard let status, (200..<300).contains(status) else {
                refuse("answered \(status ?? 0)" + (status == 407 ? "; check its user name and password" : ""), context)
                return
            }
            whenOpen(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        refuse("gave no valid answer (\(error))", context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        refuse("closed the connection", context)
        context.fireChannelInactive()
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        context.fireErrorCaught(
            TransportError(
                .proxyFailed, .connect,
                "\(authority): the proxy \(Route.authority(proxy.host, proxy.port)) opened no tunnel: it \(reason)"))
    }
}

import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Opens listeners.
enum Listening {
    static func bind(
        _ address: ListenAddress, group: any EventLoopGroup, acceptor: ConnectionAcceptor
    ) async throws(ProxyServerError) -> any Channel {
        do {
            switch address {
            case .tcp(let host, let port):
                let bootstrap = bootstrap(group, acceptor, isLocalSocket: false)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                return try await bootstrap.bind(host: host, port: port).get()
            case .unix(let path):
                switch UnixSocketFile.state(path) {
                case .free: break
                case .stale: UnixSocketFile.removeStale(path)
                case .inUse: throw ProxyServerError.inUse(address)
                case .foreign: throw ProxyServerError.notASocket(path)
                }
                let bootstrap = bootstrap(group, acceptor, isLocalSocket: true)
                return try await bootstrap.withBoundSocket(try UnixSocketFile.listen(path, backlog: backlog)).get()
            }
        } catch let error as ProxyServerError {
            throw error
        } catch {
            throw ProxyServerError(listening: address, error)
        }
    }

    private static let backlog: Int32 = 1024

    /// A listener that accepts nothing before it is asked to read.
    private static func bootstrap(
        _ group: any EventLoopGroup, _ acceptor: ConnectionAcceptor, isLocalSocket: Bool
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ListenerReads()) }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 64 * 1024)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try acceptor.accept(channel, isLocalSocket: isLocalSocket) }
            }
    }

    /// The listener as people write it.
    static func text(_ address: ListenAddress, _ channel: any Channel) -> String {
        switch address {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port):
            "http://\(host.contains(":") ? "[\(host)]" : host):\(channel.localAddress?.port ?? port)"
        }
    }

    /// The names by which URLs may call the listener.
    static func hosts(_ address: ListenAddress, _ channel: any Channel) -> [String] {
        guard case .tcp(let host, _) = address else { return [] }
        return [host, channel.localAddress?.ipAddress].compactMap { $0 }.map { $0.contains(":") ? "[\($0)]" : $0 }
    }
}

/// Goes on accepting once it has begun: a listener whose `autoRead` is off asks for each round itself.
private final class ListenerReads: ChannelInboundHandler {
    typealias InboundIn = any Channel

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // No descriptor left, or a connection that was gone already: the next round may fare better.
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { context.read() }
    }
}

extension ProxyServerError {
    static func inUse(_ address: ListenAddress) -> ProxyServerError {
        ProxyServerError(
            code: .addressInUse,
            message: "\(address.text) is in use by another program. Stop it, or listen elsewhere with --listen.")
    }

    static func notASocket(_ path: String) -> ProxyServerError {
        ProxyServerError(
            code: .notASocket, message: "'\(path)' exists and is no socket. Remove it, or listen elsewhere with --listen.")
    }

    static func remoteNotAllowed(_ address: ListenAddress) -> ProxyServerError {
        ProxyServerError(
            code: .remoteNotAllowed,
            message: "\(address.text) can be reached from other machines. Give --allow-remote if that is meant.")
    }

    init(listening address: ListenAddress, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            self = .inUse(address)
        case EADDRNOTAVAIL:
            self.init(code: .addressNotAvailable, message: "\(address.text) is no address of this machine.")
        case EACCES, EPERM:
            self.init(code: .permissionDenied, message: "not allowed to listen at \(address.text). Take a port above 1023.")
        default:
            self.init(code: .cannotListen, message: "cannot listen at \(address.text): \(error).")
        }
    }
}

extension ListenAddress {
    /// As on the command line.
    package var text: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

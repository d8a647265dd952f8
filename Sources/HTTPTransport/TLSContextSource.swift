import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The TLS settings of all connections, made when the first is needed and on a thread of its own: reading a trust store of
/// some hundred certificates takes longer than an event loop may stand still.
final class TLSContextSource: Sendable {
    private let trust: TrustStore
    private let eventLoop: any EventLoop
    private let context = Mutex<EventLoopFuture<NIOSSLContext>?>(nil)

    init(trust: TrustStore, eventLoop: any EventLoop) {
        self.trust = trust
        self.eventLoop = eventLoop
    }

    /// - Throws: `tls_failed` where the trust store can't be read.
    func get() async throws(TransportError) -> NIOSSLContext {
        let future = context.withLock { context in
            if let context { return context }
            let made = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [trust] in
                try NIOSSLContext(configuration: Self.configuration(trust))
            }
            context = made
            return made
        }
        do {
            return try await future.get()
        } catch {
            throw TransportError(
                .tlsFailed, .tls,
                "the trust store can't be read (\(error)); install ca-certificates, or check SSL_CERT_FILE and SSL_CERT_DIR")
        }
    }

    private static func configuration(_ trust: TrustStore) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        // A peer that does not answer our close_notify must not hold the socket for long.
        configuration.shutdownTimeout = .milliseconds(500)
        switch trust {
        case .system:
            configuration.trustRoots = .default
        case .files(let file, let directory):
            // A directory is understood in this place alone.
            configuration.trustRoots = (directory ?? file).map { .file($0) } ?? .certificates([])
            if directory != nil, let file { configuration.additionalTrustRoots = [.file(file)] }
        }
        return configuration
    }
}

import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The TLS settings of all connections, made when the first is needed and on a thread of its own: reading a trust store of
/// some hundred certificates takes longer than an event loop may stand still.
final class TLSContextSource: Sendable {
    private let trust: TrustStore
    private let eventLoop: any EventLoop
    private let contexts = Mutex<[Bool: EventLoopFuture<NIOSSLContext>]>([:])

    init(trust: TrustStore, eventLoop: any EventLoop) {
        self.trust = trust
        self.eventLoop = eventLoop
    }

    /// - Parameter checksHost: whether the handshake holds the certificate against the name given to it, or the peer's address.
    ///   Where it does not, the caller must do it before anything is sent. Authority and validity are always checked.
    /// - Throws: `tls_failed` where the trust store can't be read.
    func get(checksHost: Bool) async throws(TransportError) -> NIOSSLContext {
        let future = contexts.withLock { contexts in
            if let context = contexts[checksHost] { return context }
            let made = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [trust] in
                try NIOSSLContext(configuration: Self.configuration(trust, checksHost: checksHost))
            }
            contexts[checksHost] = made
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

    private static func configuration(_ trust: TrustStore, checksHost: Bool) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = checksHost ? .fullVerification : .noHostnameVerification
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

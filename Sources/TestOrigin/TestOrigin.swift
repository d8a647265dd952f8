package import HTTPSemantics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A web server on loopback for tests and demonstrations. It has two faces: a generated site that behaves as well-kept sites
/// do (`GeneratedSite`), and scripts (`ScriptedResponse`) that misbehave in any way a test wants. A script goes before the site.
///
/// It keeps an account of what it was asked, so that a test can say what must not have been sent.
package final class TestOrigin: Sendable {
    /// Answers any request with the request's own content, unless it is scripted.
    package static let echoPath = "/echo"

    /// With a number behind it, `/bytes/2147483648`: a `GeneratedBody` of so many bytes, with an ETag, unless it is scripted.
    package static let bytesPath = "/bytes/"

    /// The largest number that `bytesPath` takes: 1 TiB.
    package static let maximumBytes: Int64 = 1 << 40

    /// PEM files with a certificate chain and its key.
    package struct TLSIdentity: Hashable, Sendable {
        package var certificateFile: String
        package var keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    package struct Configuration: Sendable {
        /// The address to listen on; 127.0.0.1 unless told.
        package var host = "127.0.0.1"
        /// The port to listen on; 0, the default, lets the system choose.
        package var port = 0
        /// nil, the default, means plain HTTP.
        package var tls: TLSIdentity?
        /// nil, the default, means that all that is not scripted is 404.
        package var site: GeneratedSite?
        /// Pages under `/web/`; nil, the default, means none.
        package var web: LinkedSite?
        /// Whether there are traps under `/trap/`.
        package var traps = false
        /// How many event loops serve connections; 1 unless told.
        package var threads = 1
        /// How many requests are kept, the latest ones; with 0 no count per target is kept either. 10,000 unless told.
        package var maximumLoggedRequests = 10_000
        /// The clock of Date fields and of the log; the system's unless told.
        package var clock: @Sendable () -> UnixTime = { SystemTime.now() }

        package init() {}
    }

    /// The port on which it listens.
    package let port: Int
    /// Scheme and authority, `http://127.0.0.1:8080`, without a slash at the end.
    package let baseURL: String

    private let state: OriginState
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel

    private init(state: OriginState, group: MultiThreadedEventLoopGroup, listener: any Channel, port: Int, baseURL: String) {
        self.state = state
        self.group = group
        self.listener = listener
        self.port = port
        self.baseURL = baseURL
    }

    /// Starts to listen; connections are accepted when this returns.
    ///
    /// - Throws: `TestOriginError`: the address is taken or not of this machine, a certificate cannot be read.
    package static func start(_ configuration: Configuration = Configuration()) async throws(TestOriginError) -> TestOrigin {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads))
        do {
            let tls = try await tlsContext(configuration.tls)
            let state = OriginState(
                sites: Sites(configuration), maximumLoggedRequests: configuration.maximumLoggedRequests, clock: configuration.clock)
            let listener = try await bind(configuration, tls: tls, state: state, group: group)
            let port = listener.localAddress?.port ?? configuration.port
            let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            return TestOrigin(
                state: state, group: group, listener: listener, port: port,
                baseURL: "\(tls == nil ? "http" : "https")://\(host):\(port)")
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// The absolute URL of `target`, which begins with a slash.
    package func url(_ target: String) -> String {
        baseURL + target
    }

    /// Closes the listener and every connection, whatever they are doing.
    package func stop() async {
        try? await listener.close()
        for channel in state.openChannels {
            try? await channel.close()
        }
        try? await group.shutdownGracefully()
    }

    // MARK: - Scripts

    /// Answers requests for `target` with these responses in turn; the last one stays. None takes the script away.
    ///
    /// - Parameter target: a path, or a path with its query; the longer form goes first.
    package func script(_ target: String, _ responses: ScriptedResponse...) {
        state.script(target, responses)
    }

    /// Answers requests for `target` by a rule, called on an event loop: it must not block.
    package func script(_ target: String, rule: @escaping @Sendable (OriginRequest) -> ScriptedResponse) {
        state.script(target, rule)
    }

    /// Answers all requests whose Host field names this host, on whatever port, with one response; scripts of targets do not count
    /// there. For an origin that stands for many hosts, some of them bad.
    package func script(host: String, _ response: ScriptedResponse) {
        state.script(host: host.lowercased(), response)
    }

    // MARK: - The account

    /// The latest requests, oldest first, each noted when it was complete.
    package var requests: [OriginRequest] { state.log.requests }

    /// All requests since the start or `clearLog()`.
    package var requestCount: Int { state.withLog { $0.requestCount } }

    /// The requests for exactly this target; kept for the first 100,000 different ones.
    package func count(target: String) -> Int {
        state.withLog { $0.count(target: target) }
    }

    /// The requests whose Host field named this host; kept for the first 100,000 different ones.
    package func count(host: String) -> Int {
        state.withLog { $0.count(host: host) }
    }

    /// Responses by status, raw ones not among them.
    package var countsByStatus: [Int: Int] { state.withLog { $0.countsByStatus } }

    /// Connections that are open now.
    package var openConnections: Int { state.withLog { $0.openConnections } }

    /// The most connections that were open at one time.
    package var maximumOpenConnections: Int { state.withLog { $0.maximumOpenConnections } }

    /// All connections ever accepted.
    package var acceptedConnections: Int { state.withLog { $0.acceptedConnections } }

    /// Forgets requests and counts; `maximumOpenConnections` begins at what is open.
    package func clearLog() {
        state.withLog { $0.clear() }
    }

    // MARK: - Starting

    private static func tlsContext(_ identity: TLSIdentity?) async throws(TestOriginError) -> NIOSSLContext? {
        guard let identity else { return nil }
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                let chain = try NIOSSLCertificate.fromPEMFile(identity.certificateFile).map {
                    NIOSSLCertificateSource.certificate($0)
                }
                let key = try NIOSSLPrivateKey(file: identity.keyFile, format: .pem)
                var configuration = TLSConfiguration.makeServerConfiguration(
                    certificateChain: chain, privateKey: .privateKey(key))
                configuration.applicationProtocols = ["http/1.1"]
                return try NIOSSLContext(configuration: configuration)
            }
        } catch {
            throw TestOriginError(
                code: .badCertificate, message: "cannot use the certificate \(identity.certificateFile): \(error)")
        }
    }

    private static func bind(
        _ configuration: Configuration, tls: NIOSSLContext?, state: OriginState, group: MultiThreadedEventLoopGroup
    ) async throws(TestOriginError) -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(ConnectionHandler(state: state))
                }
            }
        do {
            return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw TestOriginError(
                code: .cannotListen, message: "cannot listen on \(configuration.host) port \(configuration.port): \(error)")
        }
    }
}

import ArgumentParser
import CacheStore
import CachingClient
import CachingProxy
import CrawlPolicy
import HTTPCaching
import HTTPSemantics
import HTTPTransport

/// `larder serve`: the cache as an HTTP proxy.
struct Serve: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the cache to any program on this machine, as an HTTP proxy.",
        discussion: """
            As a forward proxy, for programs that take one: http_proxy=http://127.0.0.1:8118. HTTPS is tunnelled (CONNECT) and not \
            cached; ask for http://127.0.0.1:8118/https://example.com/x to have it fetched over TLS and cached. With --upstream it \
            is a reverse proxy in front of one server or several. Every answer says in Cache-Status where it came from and why.

            It is a shared cache: what a server marks as private, or answers to a password, is served to nobody else. SIGTERM and \
            SIGINT stop it in order.

            Examples:
              larder serve
              http_proxy=http://127.0.0.1:8118 curl -i http://example.com/
              curl -i http://127.0.0.1:8118/https://example.com/
              larder serve --listen unix:/run/user/1000/larder.sock --json
              larder serve --upstream http://127.0.0.1:8001 --upstream http://127.0.0.1:8002 --balance least-requests
            """)

    @OptionGroup(title: "Listening") var listening: ListenOptions
    @OptionGroup(title: "Upstreams") var upstreams: UpstreamOptions

    @Option(
        help: ArgumentHelp("Memory for what is asked for most, in front of the database: 64M, 1G; 0 for none.", valueName: "size"))
    var memory = ByteSize(bytes: 64 << 20)

    @OptionGroup(title: "Freshness") var freshness: FreshnessOptions

    @Option(help: ArgumentHelp("The longest time to reach a server, TLS included.", valueName: "time"))
    var connectTimeout = TimeSpan(seconds: 10)

    @Option(help: ArgumentHelp("The longest time with no byte arriving from a server.", valueName: "time"))
    var timeout = TimeSpan(seconds: 30)

    @Option(
        help: ArgumentHelp(
            "The longest time to wait for another process that is fetching the same URL, or keeps its host busy.",
            valueName: "time"))
    var lockTimeout = TimeSpan(seconds: 10)

    @Option(
        help: ArgumentHelp(
            "Ask one host for at most this many things at once; 0 for no limit. Crawls on this cache count too.",
            valueName: "count"))
    var maxPerHost = 0

    @Option(help: ArgumentHelp("Refuse bodies larger than this, as sent: 500k, 20M, 4G. Default: no limit.", valueName: "size"))
    var maxFilesize: ByteSize?

    @OptionGroup(title: "Storage") var storage: StorageOptions
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        guard connectTimeout.milliseconds > 0 else { throw ValidationError("--connect-timeout must be more than 0.") }
        guard timeout.milliseconds > 0 else { throw ValidationError("--timeout must be more than 0.") }
        guard lockTimeout.milliseconds > 0 else { throw ValidationError("--lock-timeout must be more than 0.") }
        guard (0...10_000).contains(maxPerHost) else { throw ValidationError("--max-per-host must be from 0 to 10000.") }
    }

    func run() async throws {
        let console = Console(shared)
        let log = RequestLog(shared, console: console)
        let directory = try shared.cacheDirectory()
        let store = try storage.open(directory, memoryTierBytes: Int(clamping: memory.bytes), lockTimeout: lockTimeout)
        let pseudonym = Self.pseudonym()
        let transport = TransportFactory.transport(transportConfiguration(pseudonym))
        TransportFactory.ignoreServers(of: store, in: transport, console: console)
        let balanced = try upstreams.group().map { BalancedTransport(transport, .all($0)) }
        let client = CachingClient(
            store: store, transport: balanced ?? transport,
            configuration: ClientConfiguration(
                reuse: freshness.reuse, kind: .shared, revalidatesInBackground: true, maximumBodyBytes: maxFilesize?.bytes,
                politeness: politeness(before: balanced), lockTimeout: .milliseconds(lockTimeout.milliseconds)),
            now: SystemClock.now)
        var configuration = ProxyConfiguration(pseudonym: pseudonym, now: SystemClock.now)
        configuration.rules.site = try upstreams.siteURL()
        configuration.rules.allowsRemote = listening.allowRemote
        configuration.rules.tunnelPorts = listening.tunnelPorts
        configuration.maximumConnections = min(listening.maxConnections, DescriptorLimit.clients)
        if let balanced { configuration.upstreams = { UpstreamStatus.all(of: balanced) } }
        configuration.report = log.report
        let openTunnel: TunnelOpener = { host, port, maximumTime, eventLoop in
            try await transport.openTunnel(host: host, port: port, maximumTime: maximumTime, on: eventLoop)
        }
        let stopping = AsyncStream<String>.makeStream()
        let watch = SignalWatch { stopping.continuation.yield($0) }
        let failure: (any Error)?
        do {
            let server = try await ProxyServer.start(
                listening.addresses, configuration: configuration, answering: client, group: transport.eventLoopGroup,
                executors: ProxyServer.executors(of: transport),
                // A tunnel is the network, which --offline never touches.
                openTunnel: freshness.offline ? nil : openTunnel,
                willServe: { rules in
                    for proxy in transport.ignoreProxies(where: rules.names) {
                        console.notice("the proxy \(proxy) of the environment is this server itself; it is not used.")
                    }
                })
            let registration = store.register(ports: server.ports)
            for address in server.addresses {
                console.line("larder: serving \(address) (cache \(TerminalText.escaped(directory)))")
            }
            console.flush()
            for await signal in stopping.stream {
                log.notice("\(signal): finishing what is under way.")
                break
            }
            await server.stop()
            registration?.end()
            failure = nil
        } catch {
            failure = CommandFailure(error.message, exit: .generic, code: error.code.rawValue)
        }
        withExtendedLifetime(watch) {}
        await transport.shutdown()
        let closing = await store.close()
        log.finish()
        if let failure { throw failure }
        if let closing { throw CommandFailure(closing) }
    }

    /// Servers of one's own (`--upstream`) need no sparing; their balancer knows what they bear.
    private func politeness(before balanced: BalancedTransport?) -> PolitenessPolicy? {
        guard balanced == nil else { return nil }
        return PolitenessPolicy(
            maximumConcurrent: maxPerHost == 0 ? .max : maxPerHost, maximumHoldMilliseconds: lockTimeout.milliseconds)
    }

    private func transportConfiguration(_ pseudonym: String) -> TransportConfiguration {
        var configuration = TransportFactory.configuration()
        configuration.connectTimeout = .milliseconds(connectTimeout.milliseconds)
        configuration.idleTimeout = .milliseconds(timeout.milliseconds)
        // A download may take as long as it likes while bytes come.
        configuration.maximumTime = nil
        configuration.eventLoops = listening.eventLoops
        configuration.viaPseudonym = pseudonym
        if listening.allowRemote, !listening.allowPrivateDestinations { configuration.addressFilter = PrivateNetworks.areNot }
        return configuration
    }

    /// A name in Via that no other instance has, so that a request that comes back is known.
    private static func pseudonym() -> String {
        "larder-" + String(UInt32.random(in: .min ... .max), radix: 36)
    }
}

extension TargetRules {
    /// Whether that proxy is one of the server's own listeners.
    fileprivate func names(_ proxy: Proxy) -> Bool {
        let host = proxy.host.contains(":") ? "[\(proxy.host)]" : proxy.host
        return isOwnAddress(host: WebURL("http://\(host)/")?.host ?? host, port: proxy.port)
    }
}

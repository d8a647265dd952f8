import CacheStore
import CachingClient
import HTTPTransport

/// Makes the network side from options and environment.
enum TransportFactory {
    static func transport(_ times: TimeOptions) -> NIOTransport {
        var configuration = configuration()
        configuration.connectTimeout = .milliseconds(times.connectTimeout.milliseconds)
        configuration.idleTimeout = .milliseconds(times.timeout.milliseconds)
        configuration.maximumTime = times.maximumTime
        return transport(configuration)
    }

    /// The defaults, with the proxies and certificates of the environment, within what this process may have open.
    static func configuration() -> TransportConfiguration {
        TransportConfiguration { ProcessEnvironment.current[$0] }
    }

    static func transport(_ configuration: TransportConfiguration) -> NIOTransport {
        NIOTransport(configuration: configuration, clock: SystemClock.now)
    }

    /// The same, with requests for mirrored hosts spread over their servers.
    static func transport(_ base: NIOTransport, mirrors: [HostMirror]) -> any Transport {
        mirrors.isEmpty ? base : BalancedTransport(base, .mirrors(mirrors))
    }

    /// Uses no proxy that is a `larder serve` of the same cache: the request would wait there for itself.
    static func ignoreServers(of store: CacheStore, in transport: NIOTransport, console: Console) {
        for proxy in transport.ignoreServers(of: store) {
            console.notice("the proxy \(proxy) serves this very cache, which is asked directly.")
        }
    }
}

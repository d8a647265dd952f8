import CacheStore
import CachingClient
import Foundation
import HTTPTransport

/// Makes the network side from options and environment.
enum TransportFactory {
    /// - Parameter requests: how many are made at a time, at most. From a few dozen on one event loop is what they wait for, and with
    ///   workers on two a crawl on two cores is a sixth faster; more of them bring nothing, as the store has one writer.
    static func transport(_ times: TimeOptions, requests: Int = 1) -> NIOTransport {
        var configuration = configuration()
        configuration.eventLoops = max(1, min(2, ProcessInfo.processInfo.activeProcessorCount, requests / 32))
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

package import CacheStore
import HTTPSemantics
package import HTTPTransport

extension NIOTransport {
    /// Uses no proxy of the environment that is a `larder serve` of the same cache: there the request would wait for its sender, who
    /// holds the lease of what is asked for.
    ///
    /// - Returns: the authorities, `host:port`, of the proxies that were to be used.
    package func ignoreServers(of store: CacheStore) -> [String] {
        let ports = store.servedPorts()
        guard !ports.isEmpty else { return [] }
        return ignoreProxies { proxy in
            ports.contains(proxy.port) && (LoopbackHost.matches(proxy.host) || LoopbackHost.isUnspecified(proxy.host))
        }
    }
}

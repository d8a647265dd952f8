import HTTPTransport

/// Makes the network side from options and environment.
enum TransportFactory {
    static func transport(_ times: TimeOptions) -> NIOTransport {
        var configuration = TransportConfiguration(environment: environment())
        configuration.connectTimeout = .milliseconds(times.connectTimeout.milliseconds)
        configuration.idleTimeout = .milliseconds(times.timeout.milliseconds)
        configuration.maximumTime = times.maximumTime
        configuration.maximumIdleConnections = min(configuration.maximumIdleConnections, DescriptorLimit.connections)
        return NIOTransport(configuration: configuration, clock: SystemClock.now)
    }

    /// The variables that name proxies and certificates; `http_proxy` counts in lower case only.
    private static func environment() -> [String: String] {
        let names = [
            "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE",
            "SSL_CERT_DIR",
        ]
        var variables: [String: String] = [:]
        for name in names { variables[name] = ProcessEnvironment.current[name] }
        return variables
    }
}

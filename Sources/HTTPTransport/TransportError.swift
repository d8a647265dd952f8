/// Why an exchange failed: a stable code, the phase it was in, and a sentence that says where and what to do.
///
/// The text names host and port, never a path, a field value or a credential.
package struct TransportError: Error, Hashable, Sendable {
    /// What happened. The raw values are a contract: they appear in `--json` and choose the exit code.
    package enum Code: String, CaseIterable, Sendable {
        /// The host name has no address.
        case dnsFailed = "dns_failed"
        /// Nothing listens on that port.
        case connectionRefused = "connection_refused"
        /// No route to the host or its network.
        case networkUnreachable = "network_unreachable"
        /// Name look-up, TCP, proxy and TLS took longer than `TransportConfiguration.connectTimeout` together.
        case connectTimeout = "connect_timeout"
        /// The peer reset the connection.
        case connectionReset = "connection_reset"
        /// The peer closed the connection before its response head was complete.
        case connectionClosed = "connection_closed"
        /// No byte arrived for `TransportConfiguration.idleTimeout`.
        case timeout = "timeout"
        /// The exchange took longer than the `maximumTime` of the configuration or of the request.
        case maximumTime = "max_time"
        /// The connection ended before the framing proved the body complete (RFC 9112 section 8).
        case truncatedBody = "truncated_body"
        /// What came is not HTTP/1.1, or breaks its framing rules.
        case protocolError = "protocol_error"
        /// The response head, or a trailer section, is larger than the configuration allows.
        case headTooLarge = "head_too_large"
        /// The server's certificate is outside of its validity period.
        case tlsCertificateExpired = "tls_certificate_expired"
        /// The server's certificate is for another name or address.
        case tlsWrongHost = "tls_wrong_host"
        /// No trusted authority vouches for the server's certificate.
        case tlsUntrusted = "tls_untrusted"
        /// The TLS handshake failed for another reason, or the trust store can't be read.
        case tlsFailed = "tls_failed"
        /// The proxy can't be used, or refused to open a tunnel.
        case proxyFailed = "proxy_failed"
        /// No descriptor is left for another connection, in this process or on this machine.
        case tooManyOpenFiles = "too_many_open_files"
        /// The address of the host is one that `TransportConfiguration.addressFilter` forbids.
        case addressRefused = "address_refused"
        /// Every server of a group is out of service, and the time to try one again has not come.
        case allServersDown = "all_servers_down"
        /// The request can't be written as HTTP/1.1: the caller's mistake.
        case invalidRequest = "invalid_request"
        /// The task was cancelled, or the body given up.
        case cancelled
        /// The transport is shut down, or an error of the system that has no code of its own.
        case `internal`
    }

    /// How far the exchange had come.
    package enum Phase: String, CaseIterable, Sendable {
        case resolve, connect, tls, write, head, body
    }

    package var code: Code
    package var phase: Phase
    /// One sentence for people: what, where (host:port), what to do.
    package var message: String
    /// Whether no byte of a response came and another attempt may fare better. It says nothing about the method: a request
    /// that is not idempotent may still have been carried out (RFC 9110 section 9.2.2).
    package var isRetryable: Bool

    package init(_ code: Code, _ phase: Phase, _ message: String, isRetryable: Bool = false) {
        self.code = code
        self.phase = phase
        self.message = message
        self.isRetryable = isRetryable
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String { "\(code.rawValue) (\(phase.rawValue)): \(message)" }
}

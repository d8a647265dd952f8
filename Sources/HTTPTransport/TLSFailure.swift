import HTTPSemantics
import NIOSSL

extension TransportError {
    /// What a failed TLS handshake means.
    ///
    /// - Parameters:
    ///   - certificate: the server's own, where it came that far.
    ///   - now: against which its validity period is held.
    static func handshake(
        _ error: any Error, certificate: NIOSSLCertificate?, authority: String, now: UnixTime
    ) -> TransportError {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch {
            return wrongHost(authority: authority)
        }
        guard isVerificationFailure(error) else {
            return TransportError(
                .tlsFailed, .tls, "\(authority): the TLS handshake failed (\(text(error)))", isRetryable: isEndOfInput(error))
        }
        if let certificate {
            if Int64(certificate.notValidAfter) < now.seconds {
                return TransportError(
                    .tlsCertificateExpired, .tls,
                    "\(authority): the server's certificate has expired; its owner must renew it, or this machine's clock is wrong")
            }
            if Int64(certificate.notValidBefore) > now.seconds {
                return TransportError(
                    .tlsCertificateExpired, .tls,
                    "\(authority): the server's certificate is not valid yet; this machine's clock may be wrong")
            }
        }
        return TransportError(
            .tlsUntrusted, .tls,
            "\(authority): no trusted authority vouches for the server's certificate; name your own with SSL_CERT_FILE")
    }

    static func wrongHost(authority: String) -> TransportError {
        TransportError(.tlsWrongHost, .tls, "\(authority): the server's certificate is for another name; check the host")
    }

    private static func isVerificationFailure(_ error: any Error) -> Bool {
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let stack)):
            stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") }
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate: true
        default: false
        }
    }

    private static func isEndOfInput(_ error: any Error) -> Bool {
        if case NIOSSLError.handshakeFailed(.sslError(let stack)) = error { stack.contains(.eofDuringHandshake) } else { false }
    }

    /// The reasons alone: BoringSSL's own text carries its source lines as well.
    private static func text(_ error: any Error) -> String {
        guard case NIOSSLError.handshakeFailed(.sslError(let stack)) = error, !stack.isEmpty else { return "\(error)" }
        return stack.map { entry in
            let parts = entry.description.split(separator: ":")
            return parts.count > 4 ? String(parts[4].prefix { $0 != " " }) : entry.description
        }.joined(separator: ", ")
    }
}

extension NIOSSLCertificate {
    /// Whether the certificate is for an IP address, 4 or 16 bytes: only a subject alternative name of that kind counts, compared
    /// octet by octet (RFC 9110 section 4.3.5). The library checks it itself only for the peer of the TCP connection.
    func isFor(address: [UInt8]) -> Bool {
        _subjectAlternativeNames().contains { $0.nameType == .ipAddress && $0.contents.elementsEqual(address) }
    }

    /// Whether the certificate is for an address but not for that name. The library takes the peer's address for as good as the
    /// name that was asked for; then whoever answers in the place of a server would need no more than a certificate for its own
    /// address (RFC 9525 section 6.1: what is not in the URL does not count).
    func isForAddressOnly(name: String) -> Bool {
        let names = _subjectAlternativeNames()
        guard names.contains(where: { $0.nameType == .ipAddress }) else { return false }
        let wanted = Array((name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased().utf8)
        return !names.contains { $0.nameType == .dnsName && Self.isMatch(Array($0.contents), wanted) }
    }

    /// Equal without regard to case, or with an asterisk for the whole first label (RFC 9525 section 6.3).
    private static func isMatch(_ presented: [UInt8], _ wanted: [UInt8]) -> Bool {
        var presented = presented.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }[...]
        if presented.last == UInt8(ascii: ".") { presented.removeLast() }
        if presented.elementsEqual(wanted) { return true }
        guard presented.starts(with: "*.".utf8), let dot = wanted.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
        return presented.dropFirst().elementsEqual(wanted[dot...])
    }
}

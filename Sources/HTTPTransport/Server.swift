/// A server that is spoken to in the place of the one that the URL names.
///
/// The request stays the same: its Host field is the URL's authority (RFC 9110 section 7.2).
package struct Server: Hashable, Sendable {
    /// Whether TLS is spoken with it, whatever the URL's scheme.
    package var isSecure: Bool
    /// A name, or an address with or without brackets.
    package var host: String
    /// 1 to 65535.
    package var port: Int
    /// The name or address that the certificate must be for, a name also sent as SNI (RFC 6066 section 3); nil: `host`. For a
    /// mirror of an https URL it is the URL's host. Without meaning where no TLS is spoken.
    package var tlsName: String?

    package init(isSecure: Bool = false, host: String, port: Int, tlsName: String? = nil) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.tlsName = tlsName
    }

    /// Host and port, for people: "192.0.2.1:8001", "[2001:db8::1]:80".
    package var label: String { Route.authority(Route.withoutBrackets(host), port) }
}

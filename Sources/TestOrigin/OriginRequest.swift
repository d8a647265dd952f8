package import HTTPSemantics

/// A request as the origin received it, complete.
package struct OriginRequest: Hashable, Sendable {
    package var method: HTTPMethod
    /// The request target as sent: usually path and query (RFC 9112 section 3.2).
    package var target: String
    package var fields: FieldSection
    /// The content. In the log only its first `RequestLog.maximumLoggedBodyBytes` bytes.
    package var body: [UInt8]
    /// When the head was complete.
    package var time: UnixTime
    /// Which connection it came on: 1 is the first that was accepted.
    package var connection: Int
    /// Whether the connection may serve another request after this one (RFC 9112 section 9.3).
    package var keepsAlive: Bool

    /// The name in the Host field, in small letters and without a port; empty where there is none.
    package var host: String {
        String((fields.first("Host") ?? "").prefix { $0 != ":" }).lowercased()
    }

    /// The target without its query.
    package var path: String {
        String(target.prefix { $0 != "?" })
    }
}

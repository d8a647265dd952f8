/// Why a user's field cannot be sent with a request.
package enum RequestFieldFault: Error, Hashable, Sendable {
    /// The name is no token (RFC 9110 section 5.1).
    case invalidName
    /// The field follows from the URL, the content and the connection; a value given by hand would break the request's framing.
    case reserved(name: String)
    /// The value has a control character other than a tab (RFC 9110 section 5.5).
    case controlCharacter

    private static let reservedNames = [
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade",
    ]

    /// What is wrong with a field; nil: nothing.
    package init?(_ line: FieldLine) {
        if line.name.isEmpty || !line.name.utf8.allSatisfy(Grammar.isTokenByte) {
            self = .invalidName
        } else if let name = Self.reservedNames.first(where: line.isNamed) {
            self = .reserved(name: name)
        } else if line.value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) {
            self = .controlCharacter
        } else {
            return nil
        }
    }
}

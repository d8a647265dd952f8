/// Where the components of a URL lie in its serialisation, in bytes.
///
/// ```
/// https://user:secret@example.com:8080/path?query#fragment
///      |      |       |          |    |    |     |
///      |      |       hostStart  |    |    |     queryEnd
///      |      usernameEnd        |    |    pathEnd
///      schemeEnd           hostEnd    pathStart
/// ```
/// A URL without authority has `usernameEnd`, `hostStart` and `hostEnd` right behind the scheme's colon. Only such a URL can
/// have something else than a port between `hostEnd` and `pathStart`: the "/." that keeps a path of "//" apart from an
/// authority.
struct WebURLLayout: Sendable {
    /// Offset of the colon behind the scheme.
    var schemeEnd: UInt32 = 0
    var usernameEnd: UInt32 = 0
    var hostStart: UInt32 = 0
    var hostEnd: UInt32 = 0
    var pathStart: UInt32 = 0
    /// End of the path: offset of the question mark where there is a query.
    var pathEnd: UInt32 = 0
    /// End of the query, or of the path where there is none: offset of the number sign where there is a fragment.
    var queryEnd: UInt32 = 0
    /// The port; nil where it is absent or the scheme's default.
    var port: UInt16?
    var scheme: WebURLScheme = .other
    /// Whether the URL has a host, be it an empty one (URL standard: host is not null).
    var hasAuthority = false
    /// Whether the path is an opaque string as in "mailto:x@example.com".
    var hasOpaquePath = false

    /// The given port or the scheme's own; 0 where there is neither.
    var effectivePort: UInt16 { port ?? scheme.defaultPort ?? 0 }
}

/// The special schemes (URL standard section 4.2), and all others as one.
enum WebURLScheme: UInt8, Sendable {
    case http, https, ws, wss, ftp, file, other

    /// The scheme of that name in lower case.
    init(_ name: UnsafeBufferPointer<UInt8>) {
        func matches(_ text: StaticString) -> Bool {
            guard text.utf8CodeUnitCount == name.count else { return false }
            for index in 0..<name.count where text.utf8Start[index] != name[index] { return false }
            return true
        }
        if matches("https") {
            self = .https
        } else if matches("http") {
            self = .http
        } else if matches("ws") {
            self = .ws
        } else if matches("wss") {
            self = .wss
        } else if matches("ftp") {
            self = .ftp
        } else if matches("file") {
            self = .file
        } else {
            self = .other
        }
    }

    var isSpecial: Bool { self != .other }

    /// The port that is left out of a serialisation; nil where the scheme has none.
    var defaultPort: UInt16? {
        switch self {
        case .http, .ws: 80
        case .https, .wss: 443
        case .ftp: 21
        case .file, .other: nil
        }
    }
}

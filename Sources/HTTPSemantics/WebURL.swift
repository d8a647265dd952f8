/// A URL as the WHATWG URL standard defines it: parsed, normalised and serialised as a browser does.
///
/// The parser is total and linear: every text gives a URL or nil, never a trap. A text longer than
/// `maximumLength` bytes, and a reference whose resolved URL would be, is refused. A serialised URL is ASCII only, and
/// parsing it gives the same URL again.
///
/// Two URLs are equal where their serialisations are, user information and fragment included.
///
/// International host names are mapped as far as the standard library's Unicode data allow; see `DomainName` for what is
/// refused instead.
package struct WebURL: Hashable, Sendable, CustomStringConvertible {
    /// The longest input and the longest serialisation accepted, in bytes.
    package static let maximumLength = 65_536

    /// The href: the WHATWG serialisation with user information and fragment where given. Always ASCII.
    package let serialized: String
    /// Where the components lie in `serialized`.
    let layout: WebURLLayout

    init(serialized: String, layout: WebURLLayout) {
        self.serialized = serialized
        self.layout = layout
    }

    /// Parses an absolute URL (URL standard section 4.4, the basic URL parser); nil where the text is none.
    ///
    /// White space around the text, tabs and line ends inside it are removed, as the standard asks.
    package init?(_ text: String) {
        self.init(parsing: text, base: nil)
    }

    /// Resolves a reference, relative or absolute, against `base` (URL standard section 4.4); nil where that gives no URL.
    ///
    /// The empty text gives `base` without its fragment.
    package init?(_ text: String, base: WebURL) {
        self.init(parsing: text, base: base)
    }

    package static func == (left: WebURL, right: WebURL) -> Bool {
        left.serialized == right.serialized
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(serialized)
    }

    /// The same as `serialized`, a password included: not for logs where there is one.
    package var description: String { serialized }
}

// MARK: - Components

extension WebURL {
    /// The scheme in lower case, without its colon: "http".
    package var scheme: String {
        switch layout.scheme {
        case .http: "http"
        case .https: "https"
        default: text(0, layout.schemeEnd)
        }
    }

    /// Whether the scheme is http or https.
    package var isHTTP: Bool {
        layout.scheme == .http || layout.scheme == .https
    }

    /// The user name as serialised (percent-encoded); empty where there is none.
    package var username: String {
        layout.hasAuthority ? text(layout.schemeEnd + 3, layout.usernameEnd) : ""
    }

    /// The password as serialised (percent-encoded); empty where there is none.
    package var password: String {
        hasPassword ? text(layout.usernameEnd + 1, layout.hostStart - 1) : ""
    }

    /// The host as serialised: a domain or IPv4 address in ASCII, an IPv6 address in brackets; empty where there is none.
    package var host: String { text(layout.hostStart, layout.hostEnd) }

    /// The port, 0 to 65535; nil where none was given or it is the scheme's default.
    package var port: Int? { layout.port.map(Int.init) }

    /// The path as serialised. For http and https it begins with a slash.
    package var path: String { text(layout.pathStart, layout.pathEnd) }

    /// The query without its question mark; nil where there is none, empty where only the mark is there.
    package var query: String? {
        layout.pathEnd < layout.queryEnd ? text(layout.pathEnd + 1, layout.queryEnd) : nil
    }

    /// The fragment without its number sign; nil where there is none, empty where only the sign is there.
    package var fragment: String? {
        hasFragment ? text(layout.queryEnd + 1, UInt32(serialized.utf8.count)) : nil
    }

    private var hasPassword: Bool {
        // Between user name and host stands "@", or ":", the password and "@".
        layout.hostStart > layout.usernameEnd + 1
    }

    private var hasFragment: Bool { Int(layout.queryEnd) < serialized.utf8.count }

    private func text(_ start: UInt32, _ end: UInt32) -> String {
        serialized.withBytes { String(decoding: UnsafeBufferPointer(rebasing: $0[Int(start)..<Int(end)]), as: UTF8.self) }
    }
}

// MARK: - What a request is made of

extension WebURL {
    /// Host and, where it is not the scheme's default, port: the value of the Host field (RFC 9110 section 7.2).
    package var authority: String {
        layout.hasAuthority ? text(layout.hostStart, layout.pathStart) : ""
    }

    /// Path and query: the origin-form of the request target (RFC 9112 section 3.2.1). Never empty.
    package var requestTarget: String {
        layout.pathStart == layout.pathEnd
            ? "/" + text(layout.pathStart, layout.queryEnd)
            : text(layout.pathStart, layout.queryEnd)
    }

    /// Scheme, host and effective port (RFC 9110 section 4.3.1).
    package var origin: Origin {
        Origin(scheme: scheme, host: host, port: Int(layout.effectivePort))
    }

    /// The same as comparing `origin`, without making one.
    package func hasOrigin(of other: WebURL) -> Bool {
        guard layout.scheme == other.layout.scheme, layout.effectivePort == other.layout.effectivePort else { return false }
        let isSameHost = hostBytes { host in
            other.hostBytes { Grammar.isEqual($0, host) }
        }
        return isSameHost && (layout.scheme != .other || scheme == other.scheme)
    }

    private func hostBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        serialized.withBytes { body(UnsafeBufferPointer(rebasing: $0[Int(layout.hostStart)..<Int(layout.hostEnd)])) }
    }

    /// Whether `requestTarget` is that text, byte for byte, without making it.
    package func hasRequestTarget(_ text: Substring) -> Bool {
        serialized.withBytes { bytes in
            let target = bytes[Int(layout.pathStart)..<Int(layout.queryEnd)]
            guard layout.pathStart == layout.pathEnd else { return text.utf8.elementsEqual(target) }
            return text.utf8.first == UInt8(ascii: "/") && text.utf8.dropFirst().elementsEqual(target)
        }
    }

    /// This URL without its fragment, as it is requested and cached; costs nothing where there is none.
    package func withoutFragment() -> WebURL {
        guard hasFragment else { return self }
        return WebURL(serialized: text(0, layout.queryEnd), layout: layout)
    }

    /// This URL without user name and password; costs nothing where there are none.
    package func withoutUserinfo() -> WebURL {
        guard layout.hasAuthority else { return self }
        let start = layout.schemeEnd + 3
        let removed = layout.hostStart - start
        guard removed > 0 else { return self }
        var layout = layout
        layout.usernameEnd = start
        layout.hostStart = start
        layout.hostEnd -= removed
        layout.pathStart -= removed
        layout.pathEnd -= removed
        layout.queryEnd -= removed
        let kept = text(0, start) + text(self.layout.hostStart, UInt32(serialized.utf8.count))
        return WebURL(serialized: kept, layout: layout)
    }
}

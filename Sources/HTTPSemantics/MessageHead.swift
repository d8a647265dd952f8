/// A request method (RFC 9110 section 9); compared with regard to case.
package struct HTTPMethod: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let get = HTTPMethod(rawValue: "GET")
    package static let head = HTTPMethod(rawValue: "HEAD")
    package static let post = HTTPMethod(rawValue: "POST")
    package static let put = HTTPMethod(rawValue: "PUT")
    package static let delete = HTTPMethod(rawValue: "DELETE")
    package static let options = HTTPMethod(rawValue: "OPTIONS")
    package static let trace = HTTPMethod(rawValue: "TRACE")
    package static let connect = HTTPMethod(rawValue: "CONNECT")
    package static let patch = HTTPMethod(rawValue: "PATCH")

    /// Whether the method asks for no change on the server (RFC 9110 section 9.2.1).
    package var isSafe: Bool {
        self == .get || self == .head || self == .options || self == .trace
    }

    /// Whether sending the request twice has the effect of sending it once (RFC 9110 section 9.2.2).
    package var isIdempotent: Bool {
        isSafe || self == .put || self == .delete
    }

    /// Whether the text is a token, as a method must be (RFC 9110 section 9.1).
    package var isToken: Bool {
        !rawValue.isEmpty && rawValue.utf8.allSatisfy(Grammar.isTokenByte)
    }
}

/// A protocol version as two digits (RFC 9110 section 2.5).
package struct HTTPVersion: Hashable, Sendable {
    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    package static let http1_0 = HTTPVersion(major: 1, minor: 0)
    package static let http1_1 = HTTPVersion(major: 1, minor: 1)
}

/// What a request says before its content (RFC 9110 section 6.2): method, target, fields.
package struct RequestHead: Hashable, Sendable {
    package var method: HTTPMethod
    /// The target URI (RFC 9110 section 7.1), fragment and user information left out of what is sent.
    package var url: WebURL
    /// Path and query as they shall be sent, or `*`; nil: as `url` has them. A proxy passes them on as they came, dot segments and
    /// all (RFC 9110 section 7.7), while the URL is brought into its normal form.
    package var target: String?
    package var fields: FieldSection

    package init(method: HTTPMethod = .get, url: WebURL, target: String? = nil, fields: FieldSection = [:]) {
        self.method = method
        self.url = url
        self.target = target
        self.fields = fields
    }
}

/// What a response says before its content: version, status, fields.
package struct ResponseHead: Hashable, Sendable {
    package var version: HTTPVersion
    /// The status code, 100 to 999 (RFC 9110 section 15).
    package var status: Int
    /// The reason phrase as sent; often empty, never meaningful (RFC 9112 section 4).
    package var reason: String
    package var fields: FieldSection

    package init(version: HTTPVersion = .http1_1, status: Int, reason: String = "", fields: FieldSection = [:]) {
        self.version = version
        self.status = status
        self.reason = reason
        self.fields = fields
    }
}

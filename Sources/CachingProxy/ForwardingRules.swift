package import HTTPSemantics

/// What a request and an answer become on their way through this proxy (RFC 9110 section 7.6); pure.
package struct ForwardingRules: Sendable {
    /// What becomes of a request.
    package enum Decision: Hashable, Sendable {
        case forward(RequestHead)
        /// `Max-Forwards` has come to 0: this proxy is the one that is asked.
        case answerHere
    }

    /// The name in Via, which no other instance has: by it a request that comes back is known.
    package let pseudonym: String

    package init(pseudonym: String) {
        self.pseudonym = pseudonym
    }

    /// The request as the cache and the origin get it: end-to-end fields, and Via. Host is left to the target URI, the length of
    /// the content to its frame.
    ///
    /// - Parameter request: as received, with the target URI found.
    package func decide(_ request: RequestHead, version: HTTPVersion) throws(Refusal) -> Decision {
        if request.fields.contains("Via"), Via.contains(pseudonym, in: request.fields) { throw .loop }
        guard case .forward(var forwarded) = MaxForwards.decide(request) else { return .answerHere }
        forwarded.fields = ForwardingFields.withoutHopByHop(forwarded.fields)
        forwarded.fields.removeAll { line in
            switch line.name.utf8.count {
            case 4: line.isNamed("Host")
            case 14: line.isNamed("Content-Length") || line.isNamed("HTTP2-Settings")
            default: false
            }
        }
        Via.append(pseudonym, version: version, to: &forwarded.fields)
        return .forward(forwarded)
    }

    /// The answer of TRACE (RFC 9110 section 9.3.8): the request as it came, without what may be secret.
    package static func echo(_ request: RequestHead, version: HTTPVersion) -> String {
        var fields = request.fields
        for name in ["Authorization", "Proxy-Authorization", "Cookie"] { fields.remove(name) }
        return "TRACE \(request.url.serialized) HTTP/\(version.major).\(version.minor)\r\n\(fields.serialized)\r\n"
    }
}

package import HTTPSemantics

/// How an answer's content is delimited for a client (RFC 9112 section 6).
package enum AnswerFraming: Hashable, Sendable {
    /// None follows, whatever Content-Length says: HEAD, 204, 304.
    case none
    /// Content-Length; it stands in the fields.
    case length(Int64)
    case chunked
    /// To the end of the connection: HTTP/1.0.
    case untilClose

    /// - Parameters:
    ///   - head: of the answer; its Content-Length counts.
    ///   - hasContent: whether content follows, be it empty.
    package init(_ head: ResponseHead, to method: HTTPMethod, isHTTP11: Bool, hasContent: Bool) {
        if method == .head || head.status == 204 || head.status == 304 || !hasContent {
            self = .none
        } else if let text = head.fields.first("Content-Length"), let length = Int64(text), length >= 0 {
            self = .length(length)
        } else {
            self = isHTTP11 ? .chunked : .untilClose
        }
    }

    /// Whether `Content-Length: 0` has to be added: no content follows, and the client could not know.
    package static func needsZeroLength(_ head: ResponseHead, to method: HTTPMethod) -> Bool {
        method != .head && head.status >= 200 && head.status != 204 && head.status != 304 && !head.fields.contains("Content-Length")
    }
}

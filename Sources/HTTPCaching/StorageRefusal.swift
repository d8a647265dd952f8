/// Why a response is not stored. The raw value is the stable name for machines.
package enum StorageRefusal: String, Hashable, Sendable, CaseIterable {
    /// The request's method is not GET.
    case method = "method_not_stored"
    /// The status is of an interim response.
    case interim = "interim_response"
    /// 304: it freshens what is stored, and is nothing by itself.
    case notModified = "not_modified"
    /// 206: parts are not stored.
    case partialContent = "partial_content"
    /// The request says `no-store`.
    case requestNoStore = "request_no_store"
    /// The response says `no-store`.
    case responseNoStore = "no_store"
    /// The response says `must-understand`, and its status is not known here.
    case mustUnderstand = "must_understand"
    /// The response says `private`, and the cache is shared.
    case privateResponse = "private"
    /// The request had credentials, and no directive lets a shared cache store the response.
    case authorization = "authorization"
    /// Vary has the member `*`.
    case varyStar = "vary_star"
    /// Neither the status nor a directive makes the response cacheable.
    case status = "status_not_cacheable"
    /// A shared cache could never reuse it: it has neither a lifetime nor a validator.
    case neverReusable = "never_reusable"

    /// The stable name for machines, in small letters with underscores.
    package var name: String { rawValue }

    /// The standard's section that the refusal rests on.
    package var section: String {
        switch self {
        case .method, .interim, .status: "RFC 9111 section 3"
        case .notModified: "RFC 9111 section 4.3.4"
        case .partialContent: "RFC 9111 section 3.3"
        case .requestNoStore: "RFC 9111 section 5.2.1.5"
        case .responseNoStore: "RFC 9111 section 5.2.2.5"
        case .mustUnderstand: "RFC 9111 section 5.2.2.3"
        case .privateResponse: "RFC 9111 section 5.2.2.7"
        case .authorization: "RFC 9111 section 3.5"
        case .varyStar: "RFC 9111 section 4.1"
        case .neverReusable: "RFC 9111 section 4.2.2"
        }
    }

    /// One sentence for people.
    package var sentence: String {
        switch self {
        case .method: "Only responses to GET are stored."
        case .interim: "An interim response is not stored."
        case .notModified: "A 304 freshens a stored response and is not stored itself."
        case .partialContent: "Partial content is not stored."
        case .requestNoStore: "The request forbids storing (no-store)."
        case .responseNoStore: "The response forbids storing (no-store)."
        case .mustUnderstand: "The response may only be stored where its status is understood (must-understand)."
        case .privateResponse: "The response is for one user only (private), and the cache is shared."
        case .authorization: "The request had credentials, and nothing lets a shared cache store the response."
        case .varyStar: "The response varies by more than the request (Vary: *), so that no request would match it."
        case .status: "The status is not cacheable by itself, and the response does not say how long it is fresh."
        case .neverReusable: "The response has neither a lifetime nor a validator, so that a shared cache could not reuse it."
        }
    }
}

/// Why a response is not stored. The raw value is the stable name for machines.
package enum StorageRefusal: String, Hashable, Sendable, CaseIterable {
    /// The request's method is neither GET nor a POST whose answer is the target's own representation.
    case method = "method_not_stored"
    /// The status is of an interim response.
    case interim = "interim_response"
    /// 304: it freshens what is stored, and is nothing by itself.
    case notModified = "not_modified"
    /// 206: a part that can't be told from others, or can't be added to what is stored.
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
    /// The response sets a cookie and says neither how long it is fresh nor `public`, and the cache is shared.
    case setCookie = "set_cookie"
    /// Vary has the member `*`.
    case varyStar = "vary_star"
    /// Neither the status nor a directive makes the response cacheable.
    case status = "status_not_cacheable"
    /// A shared cache could never reuse it: it has neither a lifetime nor a validator.
    case neverReusable = "never_reusable"
    /// 412 or 416: it answers the request's condition or range, and no plain request.
    case requestSpecific = "answer_to_condition_or_range"
    /// A server error does not take the place of what is stored.
    case serverError = "server_error_keeps_stored_copy"

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
        case .setCookie: "RFC 9111 section 7.3"
        case .varyStar: "RFC 9111 section 4.1"
        case .neverReusable: "RFC 9111 section 4.2.2"
        case .requestSpecific: "RFC 9111 section 4"
        case .serverError: "RFC 9111 section 4.3.3"
        }
    }

    /// One sentence for people.
    package var sentence: String {
        switch self {
        case .method:
            "Only responses to GET are stored, and to POST where they are the target itself and say how long they are fresh."
        case .interim: "An interim response is not stored."
        case .notModified: "A 304 freshens a stored response and is not stored itself."
        case .partialContent:
            "The part was not asked for, is held already, or could never be added to another one."
        case .requestNoStore: "The request forbids storing (no-store)."
        case .responseNoStore: "The response forbids storing (no-store)."
        case .mustUnderstand: "The response may only be stored where its status is understood (must-understand)."
        case .privateResponse: "The response is for one user only (private), and the cache is shared."
        case .authorization: "The request had credentials, and nothing lets a shared cache store the response."
        case .setCookie:
            "The response sets a cookie, and nothing says that others may have it: neither a lifetime nor public."
        case .varyStar: "The response varies by more than the request (Vary: *), so that no request would match it."
        case .status: "The status is not cacheable by itself, and the response does not say how long it is fresh."
        case .neverReusable: "The response has neither a lifetime nor a validator, so that a shared cache could not reuse it."
        case .requestSpecific: "The response speaks of the request's condition or range, and answers no other request."
        case .serverError: "A server error does not take the place of a stored response."
        }
    }
}

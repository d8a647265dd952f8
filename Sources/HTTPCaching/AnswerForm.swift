package import HTTPSemantics

/// An answer from the store.
package struct Serving: Hashable, Sendable {
    /// Which of the stored responses answers.
    package let index: Int
    /// What the Age field says, in seconds.
    package let age: Int64
    /// Whether it is past its freshness lifetime.
    package let isStale: Bool
    package let reason: ReuseReason
    /// What of it the client gets.
    package let form: AnswerForm
    /// The stored head as this exchange has brought it up to date; nil where it is as it was stored.
    package let updatedHead: ResponseHead?

    /// The head that goes to the client.
    ///
    /// - Parameter stored: the stored response at `index`, as it was looked up.
    package func head(from stored: StoredResponse) -> ResponseHead {
        switch form {
        case .whole: AnswerHead.fromStore(updatedHead ?? stored.head, age: age)
        case .notModified(let head), .range(_, let head), .ranges(_, let head), .rangeNotSatisfiable(let head): head
        }
    }
}

/// What of a stored response the client gets, as its conditions and ranges say. The heads are complete, Age included.
package enum AnswerForm: Hashable, Sendable {
    /// All of it. For HEAD the head alone.
    case whole
    /// A 304 without content (RFC 9111 section 4.3.2).
    case notModified(ResponseHead)
    /// A 206 with these bytes (RFC 9110 section 14.2).
    case range(ByteRange, ResponseHead)
    /// A 206 with several ranges. The head is that of the whole; `RangeSelection.multipartHead` makes the answer's of it, with a
    /// boundary that the caller chooses.
    case ranges([ByteRange], ResponseHead)
    /// A 416 without content (RFC 9110 section 15.5.17).
    case rangeNotSatisfiable(ResponseHead)
}

/// What of a response that has just been received the client gets. It matters where the origin was asked for more than the client
/// asked for: unconditionally, or on a condition of ours, or for everything in place of a range.
package enum ReceivedForm: Hashable, Sendable {
    /// What was received, as it was received; the head is `AnswerHead.fromOrigin`.
    case whole
    /// A 304 without content: the client has it already.
    case notModified(ResponseHead)
    /// A 206 with these bytes of the content.
    case range(ByteRange, ResponseHead)

    /// - Parameters:
    ///   - request: the client's.
    ///   - response: the answer to what was sent in its place.
    init(request: CacheRequest, response: ResponseHead, receivedAt: UnixTime) {
        self = .whole
        guard !request.traits.isDisjoint(with: [.conditions, .range]) else { return }
        let head = AnswerHead.fromOrigin(response, receivedAt: receivedAt)
        if ClientConditions(request: request.head).evaluate(response, receivedAt: receivedAt) == .notModified {
            self = .notModified(ClientConditions.notModifiedHead(from: head))
        } else if let length = PartialContent.contentLength(of: response), !response.fields.contains(.transferEncoding),
            case .single(let range) = RangeSelection.decide(request: request.head, head: response, length: length),
            let head = RangeSelection.partialHead(from: head, range: range, length: length)
        {
            self = .range(range, head)
        }
    }
}

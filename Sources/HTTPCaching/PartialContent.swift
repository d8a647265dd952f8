package import HTTPSemantics

/// A part of a representation that may be stored and put together with others (RFC 9111 sections 3.3 and 3.4, RFC 9110
/// section 15.3.7).
package struct PartialContent: Hashable, Sendable {
    /// The bytes that the message carries.
    package let range: ByteRange
    /// The length of the whole representation in bytes.
    package let completeLength: Int64
    /// By which other parts are known to be of the same representation.
    package let validator: StrongValidator

    /// The part that a 206 carries. Nil where it is none to store:
    ///
    /// - its Content-Range is missing or invalid (RFC 9110 section 14.4), or doesn't say how long the whole is;
    /// - its Content-Length says something else than its Content-Range;
    /// - it has several ranges (`multipart/byteranges`);
    /// - it has no strong validator, so that nothing could ever be added to it.
    package init?(_ head: ResponseHead) {
        guard head.status == 206, let contentRange = ContentRange(head.fields), let range = contentRange.range,
            let completeLength = contentRange.completeLength, let validator = StrongValidator(head)
        else { return nil }
        if head.fields.contains(.contentLength), Self.contentLength(of: head) != range.length { return nil }
        if let type = head.fields.first(.contentType).flatMap(MediaType.init), type.essence == "multipart/byteranges" {
            return nil
        }
        self.range = range
        self.completeLength = completeLength
        self.validator = validator
    }

    /// Whether it is an answer to that request: a GET with a Range of bytes, one of which it has (RFC 9110 section 15.3.7). A 206
    /// that nobody asked for is not to be trusted.
    package func answers(_ request: RequestHead) -> Bool {
        guard request.method == .get, let asked = RangeRequest(request.fields),
            case .ranges(let ranges) = asked.resolve(length: completeLength)
        else { return false }
        return ranges.contains { $0.overlaps(range) }
    }

    /// What it amounts to in the store.
    package var heldRanges: HeldRanges? { HeldRanges(range, completeLength: completeLength) }

    // MARK: - Cut short

    /// What is held of a response whose content broke off, so that the rest can be asked for (RFC 9111 section 3.3).
    ///
    /// Whether the response may be stored at all is for `StoragePolicy` to say. Nil where a part of it may not be: the request was
    /// no GET, the status neither 200 nor a 206 that could be stored whole, there is no strong validator, the length is not known
    /// from Content-Length or had nothing to do with it (Transfer-Encoding), nothing was received, or more than the length says.
    ///
    /// - Parameter received: how many bytes of content came, as they were sent, content coding included.
    package static func cutShort(request: RequestHead, head: ResponseHead, received: Int64) -> HeldRanges? {
        guard request.method == .get, received > 0, !head.fields.contains(.transferEncoding) else { return nil }
        switch head.status {
        case 200:
            guard StrongValidator(head) != nil, !head.fields.contains(.contentRange), let length = contentLength(of: head),
                received <= length, let range = ByteRange(length: received)
            else { return nil }
            return HeldRanges(range, completeLength: length)
        case 206:
            guard let part = PartialContent(head), part.answers(request), received <= part.range.length,
                let range = ByteRange(first: part.range.first, last: part.range.first + received - 1)
            else { return nil }
            return HeldRanges(range, completeLength: part.completeLength)
        default:
            return nil
        }
    }

    /// The number in Content-Length. Several lines or members are let pass where all say the same (RFC 9110 section 8.6); nil where
    /// they differ, are no numbers, or there are none.
    static func contentLength(of head: ResponseHead) -> Int64? {
        guard let value = head.fields.combined(.contentLength) else { return nil }
        let numbers = Set(Grammar.listElements(value).map { Grammar.decimal($0) })
        guard numbers.count == 1, let number = numbers.first else { return nil }
        return number
    }
}

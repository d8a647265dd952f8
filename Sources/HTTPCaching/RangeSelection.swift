package import HTTPSemantics

/// Which bytes of a complete response answer a request (RFC 9110 section 14.2).
///
/// Conditions come first: where `ClientConditions.evaluate` says that the client has the representation, its ranges are of no
/// interest (section 13.2.2).
package enum RangeSelection: Hashable, Sendable {
    /// All of it, as without a Range field.
    case whole
    /// One range: 206 with `partialHead`.
    case single(ByteRange)
    /// Two ranges or more in the order in which they are sent: 206 with `multipartHead`.
    case several([ByteRange])
    /// None that the representation has: 416 with `unsatisfiableHead`.
    case unsatisfiable

    /// Decides for a GET that would be answered with 200; any other method and any other status is answered as a whole, and so is
    /// a request whose If-Range doesn't hold (section 13.1.5) or whose Range is to be ignored (section 14.2).
    ///
    /// Several ranges of a representation with a content coding are answered as a whole too: the coding would have to be named
    /// in each part, where no client looks for it, and not for the message, whose content is a multipart.
    ///
    /// - Parameter length: of the whole content in bytes, as stored.
    package static func decide(request: RequestHead, head: ResponseHead, length: Int64) -> RangeSelection {
        guard request.method == .get, head.status == 200, let ranges = RangeRequest(request.fields),
            ClientConditions(request: request).ifRangeMatches(head)
        else { return .whole }
        switch ranges.resolve(length: length) {
        case .whole: return .whole
        case .unsatisfiable: return .unsatisfiable
        case .ranges(let ranges):
            if ranges.count == 1, let range = ranges.first { return .single(range) }
            return hasContentCoding(head) ? .whole : .several(ranges)
        }
    }

    private static func hasContentCoding(_ head: ResponseHead) -> Bool {
        head.fields.values(.contentEncoding).contains { value in
            Grammar.listElements(value).contains { Grammar.lowercased($0) != "identity" }
        }
    }

    // MARK: - Heads

    /// The head of a 206 with one range (section 15.3.7.1): the fields of the 200, with Content-Range and the Content-Length of
    /// the range. Nil where the range doesn't lie within the length.
    package static func partialHead(from head: ResponseHead, range: ByteRange, length: Int64) -> ResponseHead? {
        guard let contentRange = ContentRange(range: range, completeLength: length) else { return nil }
        var fields = withoutContentFields(head.fields)
        fields.append(.contentRange, contentRange.text)
        fields.append(.contentLength, String(range.length))
        return ResponseHead(version: head.version, status: 206, fields: fields)
    }

    /// The head of a 206 with several ranges (section 15.3.7.2): the Content-Range of each stands in its part.
    package static func multipartHead(from head: ResponseHead, multipart: MultipartByteRanges) -> ResponseHead {
        var fields = withoutContentFields(head.fields)
        fields.set(.contentType, multipart.contentType)
        fields.append(.contentLength, String(multipart.contentLength))
        return ResponseHead(version: head.version, status: 206, fields: fields)
    }

    /// The head of a 416 without content (section 15.5.17). Nothing of it invites anybody to store it; Age and Date stay where the head has them.
    ///
    /// - Parameter length: of the representation in bytes; a negative one counts as 0.
    package static func unsatisfiableHead(from head: ResponseHead, length: Int64) -> ResponseHead {
        var fields = head.fields
        fields.removeAll { line in
            !(line.isNamed(oneOf: unsatisfiableNames) || Grammar.lowercased(line.name).hasPrefix("access-control-"))
        }
        fields.append(.contentRange, "bytes */\(max(0, length))")
        fields.append(.contentLength, "0")
        return ResponseHead(version: head.version, status: 416, fields: fields)
    }

    private static let unsatisfiableNames = FieldNameSet(.acceptRanges, .age, .cacheStatus, .date, .vary, .via)

    /// Without the fields that were true of the content of the 200 and are not of a part of it.
    private static func withoutContentFields(_ fields: FieldSection) -> FieldSection {
        ForwardingFields.withoutHopByHop(fields, andWithout: PartialContent.contentNames)
    }
}

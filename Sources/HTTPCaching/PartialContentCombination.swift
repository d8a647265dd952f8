package import HTTPSemantics

/// How parts are kept, put together and completed.
extension PartialContent {
    /// The head as the 200 with the whole content would have had it: in this form a part is stored. Without the fields of one
    /// connection and without those that speak of the part alone.
    package func storableHead(from head: ResponseHead) -> ResponseHead {
        var fields = ForwardingFields.withoutHopByHop(head.fields, andWithout: Self.contentNames)
        fields.append(.contentLength, String(completeLength))
        return ResponseHead(version: head.version, status: 200, fields: fields)
    }

    /// Fields that are true of the content of one message, not of the representation (RFC 9110 section 8.6, RFC 9530 section 2).
    static let contentNames = FieldNameSet(.contentLength, .contentRange, .contentMD5, .contentDigest)

    /// Whether the part belongs to what is stored (RFC 9111 section 3.4, RFC 9110 section 15.3.7.3): the same strong validator, the
    /// same length of the whole, and where both name a content coding, the same one.
    ///
    /// - Parameters:
    ///   - stored: the stored head, as `storableHead` made it or as a 200 came.
    ///   - held: what is held of it.
    ///   - head: the head of the 206 that this part was read from.
    package func mayBeCombined(withStored stored: ResponseHead, held: HeldRanges, head: ResponseHead) -> Bool {
        guard let own = StrongValidator(stored), own.matches(validator), held.completeLength == completeLength else { return false }
        guard let new = head.fields.combined(.contentEncoding) else { return true }
        return Grammar.lowercased(new) == Grammar.lowercased(stored.fields.combined(.contentEncoding) ?? "")
    }

    /// The stored head brought up to date by that of a 206 whose part was added (RFC 9111 sections 3.2 and 3.4): the new fields
    /// take the place of the old ones, but what describes the stored content stays, and the status too.
    package static func combinedHead(stored: ResponseHead, new: ResponseHead) -> ResponseHead {
        let update = ForwardingFields.withoutHopByHop(new.fields, andWithout: keptNames)
        var head = stored
        // The stored Age told of the way of the stored message, not of this one.
        head.fields.remove(.age)
        head.fields = head.fields.updated(with: update)
        return head
    }

    private static let keptNames = contentNames.union(
        FieldNameSet(.contentEncoding, .contentType, .reprDigest, .digest, .entityTag, .lastModified))

    /// The fields that ask for what is missing, in one range, on condition that the representation is still the same (RFC 9110
    /// sections 13.1.5 and 14.2): Range and If-Range. If it has changed, the answer is a 200 with all of the new one.
    ///
    /// Nil where nothing is missing, or where the stored head has no strong validator. The range may cover bytes between two gaps
    /// that are held already.
    ///
    /// - Parameter wanted: what of the representation is wanted; nil means all of it.
    package static func completion(stored: ResponseHead, held: HeldRanges, wanted: ByteRange? = nil) -> [FieldLine]? {
        guard let validator = StrongValidator(stored), let span = held.missingSpan(in: wanted) else { return nil }
        let isRest = span.last == held.completeLength - 1
        return [
            FieldLine(.range, isRest ? "bytes=\(span.first)-" : "bytes=\(span.text)"), FieldLine(.ifRange, validator.text),
        ]
    }
}

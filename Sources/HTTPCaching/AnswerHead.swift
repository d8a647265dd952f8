package import HTTPSemantics

/// The heads of what a cache answers (RFC 9111 sections 4 and 5).
package enum AnswerHead {
    /// The head of an answer from the store: with one Age field, the Date as stored, and without Warning, which is obsolete
    /// (sections 4, 5.1 and 5.5).
    ///
    /// - Parameter age: in seconds; written as no less than 0 and no more than 2^31 (section 1.2.2).
    package static func fromStore(_ stored: ResponseHead, age: Int64) -> ResponseHead {
        var head = stored
        head.fields.remove(replaced)
        head.fields.append(.age, String(min(max(0, age), Grammar.maximumDeltaSeconds)))
        return head
    }

    /// The head of an answer that comes from the origin: without the fields of one connection and without Warning, with the Date
    /// of receipt where it has none (RFC 9110 sections 6.6.1 and 7.6.1). Its Age is that of the caches on the way, and stays.
    package static func fromOrigin(_ received: ResponseHead, receivedAt: UnixTime) -> ResponseHead {
        var head = received
        head.fields = StoragePolicy.storedFields(received.fields, receivedAt: receivedAt, andWithout: FieldNameSet(.warning))
        return head
    }

    /// The same of a head that is in stored form already, as `StoragePolicy.storedHead` gives it.
    package static func fromOrigin(stored: ResponseHead) -> ResponseHead {
        var head = stored
        head.fields.remove(.warning)
        return head
    }

    private static let replaced = FieldNameSet(.age, .warning)
}

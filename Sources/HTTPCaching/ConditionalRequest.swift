package import HTTPSemantics

/// How a stored response is validated (RFC 9111 section 4.3.1).
package enum ConditionalRequest {
    /// The precondition fields that ask the server whether the stored response still holds: `If-None-Match` with its entity tag
    /// and `If-Modified-Since` with its Last-Modified, both as they were received.
    ///
    /// Empty where there is no validator, and for a stored status other than 2xx: a server evaluates preconditions only where it
    /// would answer 2xx (RFC 9110 section 13.2.1), so a 304 would say nothing about a stored 404 or 301.
    package static func fields(validating stored: StoredResponse) -> [FieldLine] {
        var fields = FieldSection()
        append(to: &fields, validating: stored)
        return fields.lines
    }

    /// Adds these fields to those of a request.
    static func append(to fields: inout FieldSection, validating stored: StoredResponse) {
        if let entityTag = entityTag(of: stored.head) { fields.append(.ifNoneMatch, entityTag) }
        if let date = lastModified(of: stored.head) { fields.append(.ifModifiedSince, date) }
    }

    /// Whether there is anything to validate the stored response by.
    package static func isPossible(validating stored: StoredResponse) -> Bool {
        entityTag(of: stored.head) != nil || lastModified(of: stored.head) != nil
    }

    /// A tag without quotes is sent back as it came, for its server knows it again; not so what would be read as a list or as
    /// "any".
    private static func entityTag(of head: ResponseHead) -> String? {
        guard head.status / 100 == 2, let text = head.fields.first(.entityTag) else { return nil }
        if EntityTag.isValid(text) { return text }
        let isHarmless = Grammar.isToken(text) && !text.utf8.contains(UInt8(ascii: "*"))
        return isHarmless ? text : nil
    }

    private static func lastModified(of head: ResponseHead) -> String? {
        guard head.status / 100 == 2, let text = head.fields.first(.lastModified) else { return nil }
        // The century of a year of two digits plays no part in whether the text is a date.
        return HTTPDate.parse(text, now: UnixTime(milliseconds: 0)) == nil ? nil : text
    }
}

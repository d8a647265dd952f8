package import HTTPSemantics

/// What tells that two messages speak of the same bytes (RFC 9110 section 8.8.1): parts of a representation may be put together,
/// and more of it asked for, only by a strong validator.
package enum StrongValidator: Hashable, Sendable {
    /// An entity tag that is not weak (section 8.8.3).
    case entityTag(EntityTag)
    /// A Last-Modified date that is strong by section 8.8.2.2: as it was received, and the time that it means.
    case lastModified(text: String, time: UnixTime)

    /// How much later than Last-Modified the Date has to be, in seconds. Section 8.8.2.2 asks for enough difference to make doubts
    /// about the clocks unlikely; a minute is what its predecessors named.
    package static let minimumDifference: Int64 = 60

    /// The strong validator of a response: its entity tag, and only where it has none at all its Last-Modified. Nil where there is
    /// no strong one: next to a weak tag a date says nothing better.
    package init?(_ head: ResponseHead) {
        if let text = head.fields.first(.entityTag) {
            guard let tag = EntityTag(text), !tag.isWeak else { return nil }
            self = .entityTag(tag)
        } else {
            guard let text = head.fields.first(.lastModified), let time = Self.strongLastModified(of: head) else { return nil }
            self = .lastModified(text: text, time: time)
        }
    }

    /// As it stands in If-Range (section 13.1.5).
    package var text: String {
        switch self {
        case .entityTag(let tag): tag.text
        case .lastModified(let text, _): text
        }
    }

    /// Whether both name the same bytes: tags compared strongly, dates as the times they mean.
    package func matches(_ other: StrongValidator) -> Bool {
        switch (self, other) {
        case (.entityTag(let left), .entityTag(let right)):
            left.stronglyMatches(right)
        case (.lastModified(_, let left), .lastModified(_, let right)):
            left == right
        default:
            false
        }
    }

    /// The Last-Modified of a response, if its Date shows that nothing can have been changed again in the same second
    /// (section 8.8.2.2); nil otherwise, and where one of the two is missing or no date.
    static func strongLastModified(of head: ResponseHead) -> UnixTime? {
        // Date decides the century of a Last-Modified with a year of two digits. For a Date with such a year it is 1970 that does:
        // the wrong century then makes a date weak, or unequal to others, but never strong or equal.
        guard let made = head.fields.first(.date).flatMap({ HTTPDate.parse($0, now: UnixTime(milliseconds: 0)) }),
            let modified = head.fields.first(.lastModified).flatMap({ HTTPDate.parse($0, now: made) }),
            made.seconds - modified.seconds >= minimumDifference
        else { return nil }
        return modified
    }
}

/// An opaque validator of a representation (RFC 9110 section 8.8.3).
package struct EntityTag: Hashable, Sendable {
    /// Whether it was given as `W/"..."`: equal tags then mean equivalent content, not the same bytes.
    package let isWeak: Bool
    /// What stands between the quotes. May be empty.
    package let opaque: String

    /// Reads `"..."` or `W/"..."`; nil for any other text, so for `*` and for a tag without quotes. Spaces between the quotes
    /// are let pass: servers send them, and nothing is gained by refusing.
    package init?(_ text: String) {
        var rest = Grammar.trimmed(text[...]).utf8
        let isWeak = rest.starts(with: "W/".utf8)
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.count >= 2, rest.first == UInt8(ascii: "\""), rest.last == UInt8(ascii: "\"") else { return nil }
        rest = rest.dropFirst().dropLast()
        guard rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") }) else { return nil }
        self.isWeak = isWeak
        self.opaque = String(Substring(rest))
    }

    /// As it stands in a field.
    package var text: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// Whether both name equivalent content, whichever of them is weak (RFC 9110 section 8.8.3.2).
    package func weaklyMatches(_ other: EntityTag) -> Bool {
        opaque == other.opaque
    }

    /// Whether both name the same bytes: equal, and neither weak (RFC 9110 section 8.8.3.2).
    package func stronglyMatches(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && opaque == other.opaque
    }
}

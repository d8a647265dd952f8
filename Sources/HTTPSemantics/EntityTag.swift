/// An opaque validator of a representation (RFC 9110 section 8.8.3).
package struct EntityTag: Hashable, Sendable {
    /// Whether it was given as `W/"..."`: equal tags then mean equivalent content, not the same bytes.
    package let isWeak: Bool
    /// What stands between the quotes. May be empty.
    package let opaque: String

    /// Reads `"..."` or `W/"..."`; nil for any other text, so for `*` and for a tag without quotes. Spaces between the quotes
    /// are let pass: servers send them, and nothing is gained by refusing.
    package init?(_ text: String) {
        guard let tag = text.withBytes({ EntityTag($0) }) else { return nil }
        self = tag
    }

    private init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let (isWeak, opaque) = Self.parts(text) else { return nil }
        self.isWeak = isWeak
        self.opaque = String(decoding: opaque, as: UTF8.self)
    }

    /// Whether the text is an entity tag.
    package static func isValid(_ text: String) -> Bool {
        text.withBytes { parts($0) != nil }
    }

    private static func parts(_ text: UnsafeBufferPointer<UInt8>) -> (isWeak: Bool, opaque: UnsafeBufferPointer<UInt8>)? {
        let text = Grammar.trimmed(text)
        let isWeak = text.count >= 2 && text[0] == UInt8(ascii: "W") && text[1] == UInt8(ascii: "/")
        let quote = isWeak ? 2 : 0
        let end = text.count - 1
        guard end > quote, text[quote] == UInt8(ascii: "\""), text[end] == UInt8(ascii: "\"") else { return nil }
        for index in quote + 1..<end where text[index] < 0x20 || text[index] == 0x7F || text[index] == UInt8(ascii: "\"") {
            return nil
        }
        return (isWeak, UnsafeBufferPointer(rebasing: text[quote + 1..<end]))
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

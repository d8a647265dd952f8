/// Whom a crawler obeys in robots.txt: its product tokens (RFC 9309 section 2.2.1).
package struct RobotsAgent: Hashable, Sendable {
    /// In small letters, the most specific first.
    let tokens: [String]

    /// Larder's own token.
    package static let larder = RobotsAgent("larder")

    /// A crawler of one token, or of several, the most specific first, as "example-images" and "example": the first of them
    /// that a file names is the one that counts. Case does not matter. Without any, and for a file that names none of them, the
    /// group of "*" counts.
    package init(_ tokens: String...) {
        self.tokens = tokens.map(Self.token(of:)).filter { !$0.isEmpty && $0 != "*" }
    }

    /// The crawler that a `User-Agent` field names (RFC 9110 section 10.1.5): its first product. Where it calls itself compatible with a
    /// browser, as in "Mozilla/5.0 (compatible; ExampleBot/2.1)", the one that does so goes before. Nil where no product is named.
    package init?(userAgent: String) {
        let text = userAgent.lowercased()
        var tokens = [Self.token(of: text)]
        if tokens == ["mozilla"], let mark = text.firstRange(of: "(compatible;") {
            tokens.insert(Self.token(of: String(text[mark.upperBound...].drop { $0 == " " })), at: 0)
        }
        self.tokens = tokens.filter { !$0.isEmpty && $0 != "*" }
        if self.tokens.isEmpty { return nil }
    }

    private static func token(of text: String) -> String {
        var text = text
        return text.withUTF8 { token(startingLine: $0) }
    }

    /// The product token with which the value of a user-agent line begins, in small letters: "larder" of "Larder/1.0"; "*" of
    /// "*"; "" where it begins with none.
    ///
    /// Digits count as part of a token, which the standard does not allow for but which crawlers have: "larder2" is not "larder".
    static func token(startingLine value: UnsafeBufferPointer<UInt8>) -> String {
        if value.first == UInt8(ascii: "*"), value.count == 1 || RobotsLine.isWhitespace(value[1]) { return "*" }
        let end = value.firstIndex { !isTokenByte($0) } ?? value.count
        return String(decoding: value[..<end].lazy.map(RobotsLine.lowercased), as: UTF8.self)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

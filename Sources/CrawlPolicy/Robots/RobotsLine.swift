/// One line of robots.txt as far as it says something (RFC 9309 section 2.2).
struct RobotsLine {
    enum Kind {
        case userAgent, allow, disallow, crawlDelay, sitemap
    }

    var kind: Kind
    /// Where the value lies in the file, without the white space around it.
    var value: Range<Int>

    /// Reads the line that lies at `line`, without its line end; nil where it is empty, a comment, or a record that is not known.
    ///
    /// Frequent misspellings of names count as what they were meant to be, and so does a line of two words without a colon: a
    /// slip of the pen is no leave to fetch. The list is that of the parser which Google has published.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, at line: Range<Int>) {
        var end = line.upperBound
        var colon: Int?
        for index in line {
            if bytes[index] == UInt8(ascii: "#") {
                end = index
                break
            }
            if colon == nil, bytes[index] == UInt8(ascii: ":") { colon = index }
        }
        let content = Self.trimmed(bytes, line.lowerBound..<end)
        let key: Range<Int>
        if let colon {
            key = Self.trimmed(bytes, content.lowerBound..<colon)
            value = Self.trimmed(bytes, colon + 1..<content.upperBound)
        } else {
            guard let space = content.first(where: { Self.isWhitespace(bytes[$0]) }) else { return nil }
            key = content.lowerBound..<space
            value = Self.trimmed(bytes, space..<content.upperBound)
            if value.contains(where: { Self.isWhitespace(bytes[$0]) }) { return nil }
        }
        guard let kind = Self.kind(UnsafeBufferPointer(rebasing: bytes[key])) else { return nil }
        self.kind = kind
    }

    private static func kind(_ key: UnsafeBufferPointer<UInt8>) -> Kind? {
        func isNamed(_ names: StaticString...) -> Bool {
            names.contains { name in
                guard name.utf8CodeUnitCount == key.count else { return false }
                for index in key.indices where lowercased(key[index]) != name.utf8Start[index] { return false }
                return true
            }
        }
        // No name is longer: binary data are passed over at once.
        guard key.count >= 5, key.count <= 11 else { return nil }
        switch lowercased(key[0]) {
        case UInt8(ascii: "a"): return isNamed("allow") ? .allow : nil
        case UInt8(ascii: "c"): return isNamed("crawl-delay") ? .crawlDelay : nil
        case UInt8(ascii: "d"):
            return isNamed("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw") ? .disallow : nil
        case UInt8(ascii: "s"): return isNamed("sitemap", "site-map") ? .sitemap : nil
        case UInt8(ascii: "u"): return isNamed("user-agent", "useragent", "user agent") ? .userAgent : nil
        default: return nil
        }
    }

    private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isWhitespace(bytes[start]) { start += 1 }
        while end > start, isWhitespace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

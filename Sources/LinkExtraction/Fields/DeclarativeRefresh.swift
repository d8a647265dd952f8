/// The value of `meta http-equiv=refresh` and of the Refresh field: "5; url=page" (HTML standard section 4.2.5.3, shared
/// declarative refresh steps).
enum DeclarativeRefresh {
    /// The reference that the value names; nil where it is malformed, or means the document itself.
    static func target(of value: Bytes) -> Bytes? {
        var index = 0
        skipWhitespace(value, &index)
        let start = index
        while index < value.count, isASCIIDigit(value[index]) { index += 1 }
        guard index > start || index < value.count && value[index] == UInt8(ascii: ".") else { return nil }
        while index < value.count, isASCIIDigit(value[index]) || value[index] == UInt8(ascii: ".") { index += 1 }
        guard index < value.count else { return nil }
        guard value[index] == UInt8(ascii: ";") || value[index] == UInt8(ascii: ",") || isASCIIWhitespace(value[index]) else {
            return nil
        }
        skipWhitespace(value, &index)
        if index < value.count, value[index] == UInt8(ascii: ";") || value[index] == UInt8(ascii: ",") { index += 1 }
        skipWhitespace(value, &index)
        guard index < value.count else { return nil }
        return withoutQuotes(withoutPrefix(value.slice(index, value.count)))
    }

    /// The rest behind "url=". Where that is not all there, everything belongs to the URL, and nothing is quoted.
    private static func withoutPrefix(_ value: Bytes) -> (rest: Bytes, mayBeQuoted: Bool) {
        guard lowercased(value[0]) == UInt8(ascii: "u") else { return (value, true) }
        guard value.startsIgnoringCase(with: "url") else { return (value, false) }
        var index = 3
        skipWhitespace(value, &index)
        guard index < value.count, value[index] == UInt8(ascii: "=") else { return (value, false) }
        index += 1
        skipWhitespace(value, &index)
        return (value.slice(index, value.count), true)
    }

    private static func withoutQuotes(_ value: (rest: Bytes, mayBeQuoted: Bool)) -> Bytes {
        guard value.mayBeQuoted, let quote = value.rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return value.rest
        }
        return value.rest.slice(1, value.rest.offset(of: quote, from: 1))
    }

    private static func skipWhitespace(_ value: Bytes, _ index: inout Int) {
        while index < value.count, isASCIIWhitespace(value[index]) { index += 1 }
    }
}

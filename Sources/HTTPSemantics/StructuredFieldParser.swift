/// Reads structured fields (RFC 9651 section 4.2). Each step moves over what it reads, and gives nil where the text breaks the
/// grammar; then the field as a whole is invalid. Nothing recurses: inner lists hold items only.
struct StructuredFieldParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The members of a dictionary (4.2.2); none for empty text.
    static func dictionary(_ bytes: UnsafeBufferPointer<UInt8>) -> [String: StructuredFieldDictionary.Member]? {
        var parser = StructuredFieldParser(bytes)
        return parser.dictionary()
    }

    private mutating func dictionary() -> [String: StructuredFieldDictionary.Member]? {
        var members: [String: StructuredFieldDictionary.Member] = [:]
        skip { $0 == UInt8(ascii: " ") }
        guard next != nil else { return members }
        while true {
            guard let key = key(), let member = consume("=") ? member() : .item(.boolean(true)), parameters() else { return nil }
            members[key] = member
            skip(Grammar.isWhitespaceByte)
            guard next != nil else { return members }
            guard consume(",") else { return nil }
            skip(Grammar.isWhitespaceByte)
            // A comma at the end makes the field invalid.
            guard next != nil else { return nil }
        }
    }

    private mutating func member() -> StructuredFieldDictionary.Member? {
        next == UInt8(ascii: "(") ? innerList() : bareItem()
    }

    /// `(item item)` (4.2.1.2).
    private mutating func innerList() -> StructuredFieldDictionary.Member? {
        guard consume("(") else { return nil }
        while true {
            skip { $0 == UInt8(ascii: " ") }
            if consume(")") { return .other }
            guard bareItem() != nil, parameters() else { return nil }
            guard next == UInt8(ascii: " ") || next == UInt8(ascii: ")") else { return nil }
        }
    }

    /// `;key=value` any number of times (4.2.3.2); false where one is broken.
    private mutating func parameters() -> Bool {
        while consume(";") {
            skip { $0 == UInt8(ascii: " ") }
            guard key() != nil else { return false }
            if consume("="), bareItem() == nil { return false }
        }
        return true
    }

    /// 4.2.3.3
    private mutating func key() -> String? {
        guard let first = next, StructuredFieldGrammar.isKeyStart(first) else { return nil }
        return take(StructuredFieldGrammar.isKeyByte)
    }

    // MARK: - Items

    /// 4.2.3.1
    private mutating func bareItem() -> StructuredFieldDictionary.Member? {
        guard let first = next else { return nil }
        switch first {
        case UInt8(ascii: "\""): return string().map { .item(.string($0)) }
        case UInt8(ascii: "?"): return boolean().map { .item(.boolean($0)) }
        case UInt8(ascii: ":"): return byteSequence() ? .other : nil
        case UInt8(ascii: "%"): return displayString() ? .other : nil
        case UInt8(ascii: "@"):
            offset += 1
            guard case .item = number() else { return nil }
            return .other
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        default:
            guard StructuredFieldGrammar.isTokenStart(first) else { return nil }
            return .item(.token(take(StructuredFieldGrammar.isTokenByte)))
        }
    }

    /// An integer of 1 to 15 digits, or a decimal of 1 to 12 and 1 to 3 (4.2.4).
    private mutating func number() -> StructuredFieldDictionary.Member? {
        let isNegative = consume("-")
        let digits = take(isASCIIDigit)
        guard (1...15).contains(digits.utf8.count) else { return nil }
        if consume(".") {
            return digits.utf8.count <= 12 && (1...3).contains(take(isASCIIDigit).utf8.count) ? .other : nil
        }
        return Grammar.decimal(digits[...]).map { .item(.integer(isNegative ? -$0 : $0)) }
    }

    /// 4.2.5
    private mutating func string() -> String? {
        guard consume("\"") else { return nil }
        var result: [UInt8] = []
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next, escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else { return nil }
                offset += 1
                result.append(escaped)
            default:
                guard StructuredFieldGrammar.isPrintable(byte) else { return nil }
                result.append(byte)
            }
        }
        return nil
    }

    /// 4.2.8
    private mutating func boolean() -> Bool? {
        guard consume("?") else { return nil }
        if consume("1") { return true }
        return consume("0") ? false : nil
    }

    /// 4.2.7: the letters of base 64 between colons; whether they decode is of no interest, since the value is not kept.
    private mutating func byteSequence() -> Bool {
        guard consume(":") else { return false }
        skip {
            isASCIILetter($0) || isASCIIDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=")
        }
        return consume(":")
    }

    /// `%"..."` with `%xx` in small letters, UTF-8 (4.2.10).
    private mutating func displayString() -> Bool {
        guard consume("%"), consume("\"") else { return false }
        var text: [UInt8] = []
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(validating: text, as: UTF8.self) != nil
            case UInt8(ascii: "%"):
                guard let high = hexadecimalDigit(), let low = hexadecimalDigit() else { return false }
                text.append(high << 4 | low)
            default:
                guard StructuredFieldGrammar.isPrintable(byte) else { return false }
                text.append(byte)
            }
        }
        return false
    }

    private mutating func hexadecimalDigit() -> UInt8? {
        guard let byte = next else { return nil }
        offset += 1
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
        default: return nil
        }
    }

    // MARK: - Bytes

    /// The byte that comes next; nil at the end.
    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func consume(_ character: Unicode.Scalar) -> Bool {
        guard let byte = next, UInt32(byte) == character.value else { return false }
        offset += 1
        return true
    }

    private mutating func skip(_ belongs: (UInt8) -> Bool) {
        while let byte = next, belongs(byte) { offset += 1 }
    }

    private mutating func take(_ belongs: (UInt8) -> Bool) -> String {
        let start = offset
        skip(belongs)
        return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
    }
}

/// Writes the query of a URL that stood in a document in a legacy encoding: percent-encoded after encoding, a code point that the
/// encoding lacks as a character reference (URL standard sections 1.3 and 4.4, query state).
struct QueryWriter {
    private let encode: (Unicode.Scalar) -> [UInt8]?
    /// Nil where the encoding has no modes.
    private var mode: Mode?
    private var output: [UInt8] = []

    /// What the bytes of ISO-2022-JP stand for, until the next escape sequence (Encoding standard section 12.2.2).
    private enum Mode: String {
        case ascii = "%1B(B"
        case roman = "%1B(J"
        case kanji = "%1B$B"
    }

    /// Nil for UTF-8 and UTF-16, in whose documents queries are UTF-8, and for what cannot be written.
    init?(_ encoding: CharacterEncoding, _ coders: MultiByteCoders?) {
        if let table = SingleByteTable.of(encoding) {
            encode = { scalar in table.byte(of: scalar.value).map { [$0] } }
        } else if let coder = coders?(encoding == .iso2022JP ? .eucJP : encoding) {
            encode = coder.encode
            mode = encoding == .iso2022JP ? .ascii : nil
        } else {
            return nil
        }
    }

    /// The query; what of it is ASCII stays as it is.
    mutating func write(_ query: some Sequence<Unicode.Scalar>) -> [UInt8] {
        for scalar in query {
            if scalar.isASCII {
                writeASCII(scalar)
            } else {
                writeOther(mode == nil ? scalar : Self.fullWidth(scalar))
            }
        }
        enter(.ascii)
        return output
    }

    private mutating func writeASCII(_ scalar: Unicode.Scalar) {
        // A yen sign stands in the place of the backslash there, an overline in that of the tilde.
        if mode == .kanji || mode == .roman && (scalar == "\\" || scalar == "~") { enter(.ascii) }
        // Signs that would change the mode.
        if mode != nil, [0x0E, 0x0F, 0x1B].contains(scalar.value) { return writeReference("\u{FFFD}") }
        output.append(UInt8(truncatingIfNeeded: scalar.value))
    }

    private mutating func writeOther(_ scalar: Unicode.Scalar) {
        guard let bytes = encode(scalar) else {
            if mode == .kanji { enter(.ascii) }
            return writeReference(scalar)
        }
        guard mode != nil else { return bytes.forEach { write($0) } }
        enter(bytes.count == 1 ? .roman : .kanji)
        for byte in bytes { write(byte & 0x7F) }
    }

    private mutating func enter(_ next: Mode) {
        guard let mode, mode != next else { return }
        self.mode = next
        output += next.rawValue.utf8
    }

    private mutating func writeReference(_ scalar: Unicode.Scalar) {
        output += "%26%23\(scalar.value)%3B".utf8
    }

    /// A byte of an encoded character, percent-encoded where it stands in the special-query set.
    private mutating func write(_ byte: UInt8) {
        if byte > 0x20, byte < 0x7F, !"\"#<>'".utf8.contains(byte) { return output.append(byte) }
        output.append(UInt8(ascii: "%"))
        output.append(Self.digit(byte >> 4))
        output.append(Self.digit(byte & 0x0F))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }

    /// What ISO-2022-JP has for a half-width katakana: the wide one (index ISO-2022-JP katakana).
    private static func fullWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xFF61...0xFF9F).contains(scalar.value) else { return scalar }
        return katakana[Int(scalar.value - 0xFF61)]
    }

    private static let katakana = Array(
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜".unicodeScalars)
}

/// Makes text from the network harmless on a terminal: control characters (C0, DEL, C1), characters that change the direction
/// of writing or break lines, and bytes that are no UTF-8 become visible escapes (`\x1B`, `\u{202E}`).
enum TerminalText {
    /// `text` with everything a terminal might act upon written as an escape; line feeds and tabs too.
    static func escaped(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return nil }
            var filter = TerminalFilter(keepsLines: false)
            var result = filter.filter(Array(bytes))
            result += filter.finish()
            return String(decoding: result, as: UTF8.self)
        } ?? text
    }

    /// Whether a terminal may act upon this scalar, or it is invisible and changes how its neighbours are read.
    static func isUnsafe(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x1F, 0x7F...0x9F: true
        // Soft hyphen, Arabic letter mark, zero-width and direction marks, line and paragraph separators, embeddings and
        // overrides, isolates and other invisible format characters, the byte order mark, annotations, tags.
        case 0xAD, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
        default: false
        }
    }
}

/// The same for bytes that come in pieces: a sequence cut by the end of a piece waits for the next one.
struct TerminalFilter {
    /// Whether line feeds, tabs and carriage returns before a line feed pass: so for bodies; for single values they don't.
    let keepsLines: Bool
    private var pending: [UInt8] = []

    init(keepsLines: Bool) {
        self.keepsLines = keepsLines
    }

    /// The escaped form of what is complete so far.
    mutating func filter(_ bytes: [UInt8]) -> [UInt8] {
        escape(pending.isEmpty ? bytes : pending + bytes, isLast: false)
    }

    /// What was held back, escaped; call once at the end.
    mutating func finish() -> [UInt8] {
        escape(pending, isLast: true)
    }

    private mutating func escape(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        pending = []
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x20 && byte < 0x7F {
                result.append(byte)
                index += 1
            } else if byte < 0x80 {
                if byte == 0x0D, keepsLines, !isLast, index + 1 == bytes.count {
                    pending = [byte]
                    break
                }
                let endsLine = byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
                if keepsLines && (byte == 0x0A || byte == 0x09 || endsLine) {
                    result.append(byte)
                } else {
                    Self.appendByteEscape(byte, to: &result)
                }
                index += 1
            } else {
                switch UTF8Sequence(bytes, at: index) {
                case .scalar(let scalar, let length):
                    if TerminalText.isUnsafe(scalar) {
                        result += "\\u{\(String(scalar, radix: 16, uppercase: true))}".utf8
                    } else {
                        result += bytes[index..<index + length]
                    }
                    index += length
                case .incomplete where !isLast:
                    pending = Array(bytes[index...])
                    index = bytes.count
                case .incomplete, .invalid:
                    Self.appendByteEscape(byte, to: &result)
                    index += 1
                }
            }
        }
        return result
    }

    private static func appendByteEscape(_ byte: UInt8, to result: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        result += "\\x".utf8
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
    }
}

/// What stands at one place of bytes that should be UTF-8 (Unicode 3.9, table 3-7: no overlong forms, no surrogates).
enum UTF8Sequence: Equatable {
    /// A well-formed sequence of `length` bytes.
    case scalar(UInt32, length: Int)
    /// The bytes end in the middle of what may become well-formed.
    case incomplete
    /// The first byte begins no well-formed sequence.
    case invalid

    init(_ bytes: [UInt8], at start: Int) {
        self = bytes.withUnsafeBufferPointer { UTF8Sequence($0, at: start) }
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        let lead = bytes[start]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0x00...0x7F:
            self = .scalar(UInt32(lead), length: 1)
            return
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if lead == 0xE0 { second = 0xA0...0xBF }
            if lead == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            if lead == 0xF0 { second = 0x90...0xBF }
            if lead == 0xF4 { second = 0x80...0x8F }
        default:
            self = .invalid
            return
        }
        var scalar = UInt32(lead) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            guard start + offset < bytes.count else {
                self = .incomplete
                return
            }
            let byte = bytes[start + offset]
            guard (offset == 1 ? second : 0x80...0xBF).contains(byte) else {
                self = .invalid
                return
            }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        self = .scalar(scalar, length: length)
    }
}

/// Turns a document whose markup is not ASCII into one whose markup is, part by part.
enum Transcoder {
    case utf16(UTF16Transcoder)
    case iso2022JP(ISO2022JPTranscoder)

    /// Nil for the encodings that are read as they are.
    init?(from encoding: CharacterEncoding?) {
        switch encoding {
        case .utf16BE: self = .utf16(UTF16Transcoder(isBigEndian: true))
        case .utf16LE: self = .utf16(UTF16Transcoder(isBigEndian: false))
        case .iso2022JP: self = .iso2022JP(ISO2022JPTranscoder())
        default: return nil
        }
    }

    /// The next part of the document.
    mutating func transcode(_ bytes: Bytes) -> [UInt8] {
        switch self {
        case .utf16(var transcoder):
            defer { self = .utf16(transcoder) }
            return transcoder.transcode(bytes)
        case .iso2022JP(var transcoder):
            defer { self = .iso2022JP(transcoder) }
            return transcoder.transcode(bytes)
        }
    }
}

/// UTF-16 to UTF-8; a surrogate without its other half becomes U+FFFD. What the end of the document cuts in two is dropped.
struct UTF16Transcoder {
    let isBigEndian: Bool
    private var firstByte: UInt8?
    private var highSurrogate: UInt16?

    init(isBigEndian: Bool) {
        self.isBigEndian = isBigEndian
    }

    mutating func transcode(_ bytes: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            guard let first = firstByte else {
                firstByte = byte
                continue
            }
            firstByte = nil
            let unit = isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
            append(unit, to: &result)
        }
        return result
    }

    private mutating func append(_ unit: UInt16, to result: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if unit & 0xFC00 == 0xDC00 {
                append(0x1_0000 + UInt32(high & 0x3FF) << 10 + UInt32(unit & 0x3FF), to: &result)
                return
            }
            append(0xFFFD as UInt32, to: &result)
        }
        if unit & 0xFC00 == 0xD800 {
            highSurrogate = unit
        } else {
            append(UInt32(unit), to: &result)
        }
    }

    private func append(_ codePoint: UInt32, to result: inout [UInt8]) {
        if codePoint < 0x80 {
            result.append(UInt8(truncatingIfNeeded: codePoint))
        } else {
            result.append(contentsOf: UTF8.encode(Unicode.Scalar(codePoint) ?? "\u{FFFD}") ?? .init())
        }
    }
}

/// ISO-2022-JP to EUC-JP: the same characters under the same numbers, with the high bit in place of escape sequences
/// (Encoding standard section 12.2).
struct ISO2022JPTranscoder {
    private enum Mode { case ascii, katakana, kanji }

    private var mode = Mode.ascii
    /// What has been read of an escape sequence: 0 to 2 bytes.
    private var escape: [UInt8] = []

    mutating func transcode(_ bytes: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            if readEscape(byte) { continue }
            switch mode {
            case .kanji where byte > 0x20 && byte < 0x7F:
                result.append(byte | 0x80)
            case .katakana where byte > 0x20 && byte < 0x60:
                result.append(0x8E)
                result.append(byte | 0x80)
            default:
                result.append(byte)
            }
        }
        return result
    }

    /// Whether the byte belongs to an escape sequence. Those that are unknown are dropped.
    private mutating func readEscape(_ byte: UInt8) -> Bool {
        let isStart = byte == 0x1B
        switch escape.count {
        case 0 where !isStart:
            return false
        case 1 where byte == UInt8(ascii: "$") || byte == UInt8(ascii: "("):
            escape.append(byte)
            return true
        case 2:
            switch (escape[1], byte) {
            case (UInt8(ascii: "("), UInt8(ascii: "B")), (UInt8(ascii: "("), UInt8(ascii: "J")): mode = .ascii
            case (UInt8(ascii: "("), UInt8(ascii: "I")): mode = .katakana
            case (UInt8(ascii: "$"), UInt8(ascii: "@")), (UInt8(ascii: "$"), UInt8(ascii: "B")): mode = .kanji
            default: break
            }
            escape = isStart ? [byte] : []
            return true
        default:
            escape = isStart ? [byte] : []
            return isStart
        }
    }
}

/// An encoding of the Encoding standard (section 4), by its name there.
package enum CharacterEncoding: String, Hashable, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16BE = "UTF-16BE"
    case utf16LE = "UTF-16LE"
    // Single-byte encodings.
    case ibm866 = "IBM866"
    case iso8859_2 = "ISO-8859-2"
    case iso8859_3 = "ISO-8859-3"
    case iso8859_4 = "ISO-8859-4"
    case iso8859_5 = "ISO-8859-5"
    case iso8859_6 = "ISO-8859-6"
    case iso8859_7 = "ISO-8859-7"
    case iso8859_8 = "ISO-8859-8"
    case iso8859_8I = "ISO-8859-8-I"
    case iso8859_10 = "ISO-8859-10"
    case iso8859_13 = "ISO-8859-13"
    case iso8859_14 = "ISO-8859-14"
    case iso8859_15 = "ISO-8859-15"
    case iso8859_16 = "ISO-8859-16"
    case koi8R = "KOI8-R"
    case koi8U = "KOI8-U"
    case macintosh = "macintosh"
    case windows874 = "windows-874"
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1252 = "windows-1252"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    case windows1255 = "windows-1255"
    case windows1256 = "windows-1256"
    case windows1257 = "windows-1257"
    case windows1258 = "windows-1258"
    case macCyrillic = "x-mac-cyrillic"
    // Multi-byte encodings, whose characters somebody else brings.
    case gbk = "GBK"
    case gb18030 = "gb18030"
    case big5 = "Big5"
    case eucJP = "EUC-JP"
    case iso2022JP = "ISO-2022-JP"
    case shiftJIS = "Shift_JIS"
    case eucKR = "EUC-KR"

    /// The encoding that a label names (Encoding standard section 4.2), without regard to case and to white space around it; nil
    /// where it names none, or one that is not read: those of the replacement encoding.
    package init?(label: String) {
        var label = label
        guard let encoding = label.withUTF8({ CharacterEncoding(label: $0) }) else { return nil }
        self = encoding
    }

    init?(label: Bytes) {
        let label = label.trimmed
        // The longest label has 19 bytes.
        guard label.count <= 32, label.isASCII else { return nil }
        guard let encoding = Self.byLabel[String(decoding: label.map(lowercased), as: UTF8.self)] else { return nil }
        self = encoding
    }

    private static let byLabel: [String: CharacterEncoding] = {
        var result: [String: CharacterEncoding] = [:]
        var encoding: CharacterEncoding?
        for word in labels.bytes.split(whereSeparator: isASCIIWhitespace) {
            if word.last == UInt8(ascii: ":") {
                encoding = CharacterEncoding(rawValue: String(decoding: word.dropLast(), as: UTF8.self))
            } else {
                result[String(decoding: word, as: UTF8.self)] = encoding
            }
        }
        return result
    }()
}

/// Reads a text in a multi-byte encoding: the encoding and the bytes; nil where it can't.
package typealias LegacyDecoder = @Sendable (CharacterEncoding, [UInt8]) -> String?

/// Reads single values of a document: attribute values, URLs of a style sheet.
struct TextDecoder {
    /// The document's encoding; nil where nothing names it. Then each value counts as UTF-8 if it is valid, else as windows-1252.
    var encoding: CharacterEncoding?
    /// Reads the multi-byte encodings. Without it, and where it gives nil, their bytes above 0x7F become U+FFFD.
    let legacyDecoder: LegacyDecoder?

    init(encoding: CharacterEncoding?, legacyDecoder: LegacyDecoder? = nil) {
        self.encoding = encoding
        self.legacyDecoder = legacyDecoder
    }

    /// A value in UTF-8, and the encoding in which it stood.
    func decode(_ bytes: Bytes) -> (text: [UInt8], encoding: CharacterEncoding) {
        switch encoding {
        case nil:
            if String(validating: bytes, as: UTF8.self) != nil { return (Array(bytes), .utf8) }
            return (SingleByteTable.of(.windows1252)?.decode(bytes) ?? [], .windows1252)
        // UTF-16 has been turned into UTF-8 before its markup was read.
        case .utf8, .utf16BE, .utf16LE:
            return (Array(String(decoding: bytes, as: UTF8.self).utf8), .utf8)
        case let encoding?:
            if let table = SingleByteTable.of(encoding) { return (table.decode(bytes), encoding) }
            // ISO-2022-JP has been turned into EUC-JP, likewise.
            let name = encoding == .iso2022JP ? .eucJP : encoding
            if let text = legacyDecoder?(name, Array(bytes)) { return (Array(text.utf8), encoding) }
            return (Array(String(decoding: bytes.map { $0 < 0x80 ? UInt32($0) : 0xFFFD }, as: UTF32.self).utf8), encoding)
        }
    }

    /// The reference with its query percent-encoded as the URL standard has it for a document in a legacy encoding (URL standard
    /// section 4.4, query state; section 1.3): in that encoding, a code point that it lacks as a character reference. Only
    /// single-byte encodings are written so; for all others the query stays, and UTF-8 is what it is written in.
    ///
    /// - Parameter reference: UTF-8 of a URL whose scheme is http or https, without fragment.
    static func encodingQuery(of reference: Bytes, in encoding: CharacterEncoding) -> [UInt8]? {
        let mark = reference.offset(of: UInt8(ascii: "?"), from: 0)
        guard mark < reference.count, !reference.slice(mark, reference.count).isASCII, let table = SingleByteTable.of(encoding)
        else { return nil }
        var result = Array(reference.slice(0, mark))
        for scalar in String(decoding: reference.slice(mark, reference.count), as: UTF8.self).unicodeScalars {
            if scalar.isASCII {
                result.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let byte = table.byte(of: scalar.value) {
                result.append(UInt8(ascii: "%"))
                result.append(upperCaseDigit(byte >> 4))
                result.append(upperCaseDigit(byte & 0x0F))
            } else {
                result += "%26%23\(scalar.value)%3B".utf8
            }
        }
        return result
    }

    private static func upperCaseDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }
}

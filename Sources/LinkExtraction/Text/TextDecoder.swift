/// Reads single values of a document: attribute values, URLs of a style sheet.
struct TextDecoder {
    /// The document's encoding; nil where nothing names it. Then each value counts as UTF-8 if it is valid, else as windows-1252.
    var encoding: CharacterEncoding?
    /// Reads and writes the multi-byte encodings. Without it, and where it gives nil, their bytes above 0x7F become U+FFFD.
    let coders: MultiByteCoders?

    init(encoding: CharacterEncoding?, coders: MultiByteCoders? = nil) {
        self.encoding = encoding
        self.coders = coders
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
            if let coder = coders?(encoding == .iso2022JP ? .eucJP : encoding) { return (coder.decode(bytes), encoding) }
            return (Array(String(decoding: bytes.map { $0 < 0x80 ? UInt32($0) : 0xFFFD }, as: UTF32.self).utf8), encoding)
        }
    }

    /// The reference with its query written in the encoding of its document; nil where it stays, and UTF-8 is what it is written in.
    ///
    /// - Parameter reference: UTF-8 of a URL whose scheme is http or https, without fragment.
    func encodingQuery(of reference: Bytes, in encoding: CharacterEncoding) -> [UInt8]? {
        let mark = reference.offset(of: UInt8(ascii: "?"), from: 0)
        guard mark < reference.count, !reference.slice(mark, reference.count).isASCII,
            var writer = QueryWriter(encoding, coders)
        else { return nil }
        let query = String(decoding: reference.slice(mark, reference.count), as: UTF8.self)
        return Array(reference.slice(0, mark)) + writer.write(query.unicodeScalars)
    }
}

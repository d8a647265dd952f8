/// Takes the byte order mark off, and makes UTF-8 of UTF-16 (XML 1.0 appendix F). Bytes of other encodings pass as they are.
struct SitemapDecoder {
    private var encoding: Encoding?
    /// The first bytes, until there are enough to tell the encoding; then an odd byte of UTF-16.
    private var held: [UInt8] = []
    /// A first half of a pair of UTF-16 whose second has not come.
    private var highSurrogate: UInt16?
    private var decoded: [UInt8] = []

    private enum Encoding {
        case octets, littleEndian, bigEndian
    }

    private let charset: String?

    /// - Parameter charset: in small letters; a byte order mark outweighs it.
    init(charset: String?) {
        self.charset = charset
    }

    /// Has the next bytes read in UTF-8.
    mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, into content: inout SitemapContent, _ links: inout [SitemapEntry]) {
        if encoding != nil {
            pass(bytes, into: &content, &links)
        } else if held.count + bytes.count < 4 {
            held += bytes
        } else {
            decide(bytes, into: &content, &links)
        }
    }

    /// Has read what is held back at the end of a document.
    mutating func finish(into content: inout SitemapContent, _ links: inout [SitemapEntry]) {
        if encoding == nil { decide(UnsafeBufferPointer(start: nil, count: 0), into: &content, &links) }
        if encoding != .octets, highSurrogate != nil || !held.isEmpty {
            Array("\u{FFFD}".utf8).withUnsafeBufferPointer { content.read($0, into: &links) }
        }
    }

    private mutating func decide(
        _ bytes: UnsafeBufferPointer<UInt8>, into content: inout SitemapContent, _ links: inout [SitemapEntry]
    ) {
        let head = held
        let start = head + bytes.prefix(4 - min(head.count, 4))
        var markLength = 0
        if start.starts(with: [0xEF, 0xBB, 0xBF]) {
            (encoding, markLength) = (.octets, 3)
        } else if start.starts(with: [0xFF, 0xFE]) {
            (encoding, markLength) = (.littleEndian, 2)
        } else if start.starts(with: [0xFE, 0xFF]) {
            (encoding, markLength) = (.bigEndian, 2)
        } else if start.starts(with: [0x3C, 0x00]) || charset == "utf-16le" {
            encoding = .littleEndian
        } else if start.starts(with: [0x00, 0x3C]) || charset == "utf-16be" {
            encoding = .bigEndian
        } else {
            encoding = .octets
        }
        if markLength > 0 || encoding != .octets { content.markUnicode() }
        held = []
        let headMark = min(markLength, head.count)
        head.dropFirst(headMark).withUnsafeBufferPointer { pass($0, into: &content, &links) }
        pass(UnsafeBufferPointer(rebasing: bytes.dropFirst(markLength - headMark)), into: &content, &links)
    }

    private mutating func pass(
        _ bytes: UnsafeBufferPointer<UInt8>, into content: inout SitemapContent, _ links: inout [SitemapEntry]
    ) {
        guard !bytes.isEmpty else { return }
        switch encoding {
        case .littleEndian: transcode(bytes, into: &content, &links) { UInt16($1) << 8 | UInt16($0) }
        case .bigEndian: transcode(bytes, into: &content, &links) { UInt16($0) << 8 | UInt16($1) }
        case .octets, nil: content.read(bytes, into: &links)
        }
    }

    private mutating func transcode(
        _ bytes: UnsafeBufferPointer<UInt8>, into content: inout SitemapContent, _ links: inout [SitemapEntry],
        unit: (UInt8, UInt8) -> UInt16
    ) {
        decoded.removeAll(keepingCapacity: true)
        var index = 0
        if let first = held.first {
            append(unit(first, bytes[0]))
            held = []
            index = 1
        }
        while index + 1 < bytes.count {
            append(unit(bytes[index], bytes[index + 1]))
            index += 2
        }
        if index < bytes.count { held = [bytes[index]] }
        if !decoded.isEmpty { decoded.withUnsafeBufferPointer { content.read($0, into: &links) } }
    }

    private mutating func append(_ unit: UInt16) {
        if let high = highSurrogate {
            highSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                append(Unicode.Scalar(0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))))
                return
            }
            append(nil)
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else {
            append(Unicode.Scalar(unit))
        }
    }

    /// Appends a character; the replacement character where it is none.
    private mutating func append(_ scalar: Unicode.Scalar?) {
        let scalar = scalar ?? "\u{FFFD}"
        if scalar.value < 0x80 {
            decoded.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            decoded += UTF8.encode(scalar) ?? .init()
        }
    }
}

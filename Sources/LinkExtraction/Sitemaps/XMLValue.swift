/// A value that is put together from pieces, bounded in length.
struct XMLValue {
    private(set) var bytes: [UInt8] = []
    /// Whether something did not fit.
    private(set) var isCut = false
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        isCut = false
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if bytes.count < limit { bytes.append(byte) } else { isCut = true }
    }

    /// Appends a part of `source`; bytes above 0x7F as characters of ISO-8859-1 where `isLatin`.
    mutating func append(_ source: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, isLatin: Bool) {
        guard !range.isEmpty else { return }
        if isLatin {
            for byte in source[range] {
                if byte < 0x80 {
                    append(byte)
                } else {
                    append(0xC0 | byte >> 6)
                    append(0x80 | byte & 0x3F)
                }
            }
            return
        }
        let room = limit - bytes.count
        if range.count > room { isCut = true }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[range.prefix(room)]))
    }

    /// The value as text; nil where it was cut.
    var text: String? {
        isCut ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

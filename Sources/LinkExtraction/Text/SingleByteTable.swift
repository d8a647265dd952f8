/// The upper half of a single-byte encoding (Encoding standard section 9), for reading and for writing.
struct SingleByteTable: Sendable {
    /// What the bytes 0x80 to 0xFF stand for; 0 for nothing.
    private let scalars: [UInt16]

    /// The table of an encoding; nil where that is not a single-byte one.
    static func of(_ encoding: CharacterEncoding) -> SingleByteTable? { tables[encoding] }

    private static let tables: [CharacterEncoding: SingleByteTable] = {
        var result: [CharacterEncoding: SingleByteTable] = [:]
        for encoding in CharacterEncoding.allCases {
            if let text = definition(of: encoding) { result[encoding] = SingleByteTable(text) }
        }
        return result
    }()

    private init(_ definition: StaticString) {
        var scalars: [UInt16] = []
        for word in definition.bytes.split(whereSeparator: isASCIIWhitespace) {
            let ends = word.split(separator: UInt8(ascii: "-")).map(Self.number)
            guard let first = ends.first, let last = ends.last, first <= last else { continue }
            scalars += first...last
        }
        self.scalars = scalars
    }

    private static func number(_ digits: some Sequence<UInt8>) -> UInt16 {
        digits.reduce(0) { UInt16(truncatingIfNeeded: UInt32($0) << 4 | (hexadecimalValue($1) ?? 0)) }
    }

    /// What a byte stands for; nil where that is nothing.
    func scalar(of byte: UInt8) -> UInt32? {
        guard byte >= 0x80 else { return UInt32(byte) }
        let index = Int(byte & 0x7F)
        guard index < scalars.count, scalars[index] != 0 else { return nil }
        return UInt32(scalars[index])
    }

    /// The byte of a code point beyond ASCII; nil where the encoding has none.
    func byte(of scalar: UInt32) -> UInt8? {
        guard scalar >= 0x80, let index = scalars.firstIndex(where: { UInt32($0) == scalar }) else { return nil }
        return UInt8(truncatingIfNeeded: index) | 0x80
    }

    /// The text in UTF-8, with U+FFFD for what stands for nothing.
    func decode(_ bytes: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 2)
        for byte in bytes {
            if byte < 0x80 {
                result.append(byte)
            } else {
                let scalar = scalar(of: byte).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
                result.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
        return result
    }
}

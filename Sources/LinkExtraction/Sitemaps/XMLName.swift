/// The name of an element or attribute, read octet by octet.
///
/// Only what is compared is kept: a hash of the whole name, the first sixteen octets of the local name, that is what stands
/// behind the last colon, and the first eight of its prefix. No name that is looked for is longer.
struct XMLName: Equatable {
    /// FNV-1a of the whole name.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var local = Packed()
    private var prefix = Packed()

    /// Up to sixteen octets of a name, and how many it has.
    struct Packed: Equatable {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var count = 0

        init() {}

        init(_ text: StaticString) {
            for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
        }

        @inline(__always)
        mutating func append(_ byte: UInt8) {
            if count < 8 {
                low |= UInt64(byte) << UInt64(8 * count)
            } else if count < 16 {
                high |= UInt64(byte) << UInt64(8 * (count - 8))
            }
            // Far below overflow: a document is bounded.
            count &+= 1
        }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        if byte == UInt8(ascii: ":") {
            prefix = local
            local = Packed()
        } else {
            local.append(byte)
        }
    }

    /// Whether the prefix is "xml", which needs no declaration.
    var isOfXML: Bool {
        prefix.count == 3 && prefix.low == 0x6C_6D78
    }
}

/// A bounded memory of values that were seen, which estimates without bias how much of what comes is new, however much has come.
///
/// It keeps the smallest `capacity` of all values, mixed so that any are as likely as others (a KMV sketch, "k minimum values"). A
/// value below the largest one kept was seen if and only if it is there, so nothing new is ever taken for old; a value above says
/// nothing. What is found new stands for as many as the kept range is a part of the whole: with 512 kept, pages that go on being
/// new are found so on every (pages / 512)th one on average, and then with the weight of all of those.
///
/// A Bloom filter of that size would be full after a hundred pages and take all further ones for old; a table of the last values
/// would forget a site of a thousand pages before it comes round again.
struct NoveltySample: Hashable, Sendable {
    private let capacity: Int
    /// Mixed values in ascending order, none twice.
    private var values: [UInt32] = []

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// How many values are kept.
    var count: Int { values.count }

    /// The share of `sketch` that was not seen before: 0 to 1 while few values are kept, later 0 or above 1 by chance and right on
    /// average. The values count as seen from now on.
    mutating func note(_ sketch: some Collection<UInt32>) -> Double {
        guard !sketch.isEmpty else { return 0 }
        var novel = 0.0
        for value in sketch { novel += insert(Self.mixed(value)) }
        return novel / Double(sketch.count)
    }

    /// Keeps a mixed value; returns for how many new ones it stands, 0 where it is known or above what is kept.
    private mutating func insert(_ value: UInt32) -> Double {
        let isFull = values.count >= capacity
        let limit = isFull ? values.last ?? .max : .max
        if isFull, value >= limit { return 0 }
        let index = position(of: value)
        if index < values.count, values[index] == value { return 0 }
        values.insert(value, at: index)
        if isFull { values.removeLast() }
        return isFull ? 4_294_967_296 / Double(max(limit, 1)) : 1
    }

    /// Where `value` is, or would be inserted.
    private func position(of value: UInt32) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A bijection whose result looks random (the last step of MurmurHash3): a sketch consists of small values only.
    private static func mixed(_ value: UInt32) -> UInt32 {
        var value = value
        value = (value ^ (value >> 16)) &* 0x85EB_CA6B
        value = (value ^ (value >> 13)) &* 0xC2B2_AE35
        return value ^ (value >> 16)
    }

    // MARK: - Stored form

    /// The values, four bytes each, least significant first.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 4)
        for value in values {
            for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        return bytes
    }

    /// Takes up what `bytes` of another sample has seen: the sample of both together. Bytes of any content do no harm; those beyond a
    /// multiple of four, and beyond the capacity, are left out.
    mutating func merge(bytes: [UInt8]) {
        var merged = values
        for start in stride(from: 0, to: min(bytes.count / 4, capacity) * 4, by: 4) {
            merged.append(
                UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
                    | UInt32(bytes[start + 3]) << 24)
        }
        merged.sort()
        values.removeAll(keepingCapacity: true)
        for value in merged where value != values.last && values.count < capacity { values.append(value) }
    }
}

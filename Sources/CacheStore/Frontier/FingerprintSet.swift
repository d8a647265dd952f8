/// A set of fingerprints in one flat table: 8 bytes a place, at most three quarters of the places taken.
struct FingerprintSet: Sendable {
    private(set) var count = 0
    /// 0 marks a free place.
    private var places: [Int64]
    /// Whether 0 itself is in the set.
    private var hasZero = false
    /// By how much a product is shifted to give a place.
    private var shift: UInt64

    /// - Parameter capacity: how many it takes without growing.
    init(capacity: Int = 0) {
        var bits: UInt64 = 4
        while bits < 40, (1 << bits) * 3 / 4 < capacity { bits += 1 }
        shift = 64 - bits
        places = [Int64](repeating: 0, count: 1 << bits)
    }

    func contains(_ fingerprint: Int64) -> Bool {
        fingerprint == 0 ? hasZero : places[place(of: fingerprint)] != 0
    }

    /// Whether it was not there before.
    @discardableResult
    mutating func insert(_ fingerprint: Int64) -> Bool {
        if fingerprint == 0 {
            defer { hasZero = true }
            count += hasZero ? 0 : 1
            return !hasZero
        }
        var place = place(of: fingerprint)
        if places[place] != 0 { return false }
        if (count + 1) * 4 > places.count * 3 {
            grow()
            place = self.place(of: fingerprint)
        }
        places[place] = fingerprint
        count += 1
        return true
    }

    /// In ascending order.
    func sorted() -> [Int64] {
        var all = places.filter { $0 != 0 }
        if hasZero { all.append(0) }
        all.sort()
        return all
    }

    /// Where the fingerprint is, or the free place where it belongs. There always is a free one.
    private func place(of fingerprint: Int64) -> Int {
        // Multiplied, so that numbers which are less mixed than they should be do not lie side by side.
        var place = Int((UInt64(bitPattern: fingerprint) &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while places[place] != 0, places[place] != fingerprint { place = (place + 1) & (places.count - 1) }
        return place
    }

    private mutating func grow() {
        let old = places
        places = [Int64](repeating: 0, count: old.count * 2)
        shift -= 1
        for fingerprint in old where fingerprint != 0 { places[place(of: fingerprint)] = fingerprint }
    }
}

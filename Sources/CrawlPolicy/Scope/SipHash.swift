/// SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"): a keyed 64-bit hash of bytes that strangers choose.
///
/// Without the key nobody can find texts that collide. One round for eight bytes and three at the end are what hash tables use;
/// the authors' 2-4 is for authentication, which nothing here needs. The result is the same on every machine.
enum SipHash {
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>, key: FingerprintKey) -> UInt64 {
        hash(bytes, key: key, rounds: 1, finalRounds: 3)
    }

    /// With other numbers of rounds; for the test vectors of SipHash-2-4.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>, key: FingerprintKey, rounds: Int, finalRounds: Int) -> UInt64 {
        var state = State(key)
        let raw = UnsafeRawBufferPointer(bytes)
        var offset = 0
        while offset &+ 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            state.absorb(word, rounds: rounds)
            offset &+= 8
        }
        var last = UInt64(truncatingIfNeeded: raw.count) << 56
        var shift: UInt64 = 0
        while offset < raw.count {
            last |= UInt64(raw[offset]) << shift
            shift += 8
            offset &+= 1
        }
        state.absorb(last, rounds: rounds)
        state.v2 ^= 0xFF
        for _ in 0..<finalRounds { state.round() }
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(_ key: FingerprintKey) {
            v0 = key.low ^ 0x736F_6D65_7073_6575
            v1 = key.high ^ 0x646F_7261_6E64_6F6D
            v2 = key.low ^ 0x6C79_6765_6E65_7261
            v3 = key.high ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func absorb(_ word: UInt64, rounds: Int) {
            v3 ^= word
            for _ in 0..<rounds { round() }
            v0 ^= word
        }

        @inline(__always)
        mutating func round() {
            v0 &+= v1
            v1 = v1 << 13 | v1 >> 51
            v1 ^= v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = v3 << 16 | v3 >> 48
            v3 ^= v2
            v0 &+= v3
            v3 = v3 << 21 | v3 >> 43
            v3 ^= v0
            v2 &+= v1
            v1 = v1 << 17 | v1 >> 47
            v1 ^= v2
            v2 = v2 << 32 | v2 >> 32
        }
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Rendezvous hashing: of all servers the one with the highest score for a key has it, so a server that leaves gives up its own
/// keys and disturbs no others. The same in every process and on every machine.
enum RendezvousHash {
    /// FNV-1a over the UTF-8 bytes.
    static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mixed(hash)
    }

    /// The weight divided by minus the logarithm of a number between 0 and 1 that key and server determine: each server then has
    /// the highest score for a share of the keys that is in proportion to its weight.
    static func score(key: UInt64, server: UInt64, weight: Int) -> Double {
        let uniform = (Double(mixed(key ^ server) >> 11) + 0.5) / 0x1p53
        return Double(weight) / -log(uniform)
    }

    /// The finaliser of SplitMix64: every bit of the input changes half of the output's.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

import Synchronization

/// Fingerprints that are known for certain: a table of one place for each hash, where the last one stays. What it does not have may be
/// known nevertheless. Most links lead to pages that were just linked to, so it spares nearly all look-ups in the file.
///
/// Unchecked because the places are handed out as a bare pointer: they are reached only through relaxed atomics, and lie at one address
/// for the life of the object. A place is one word, so that a reader meets an old value or a new one, both true.
final class KnownFingerprints: @unchecked Sendable {
    private let places: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int
    private let shift: UInt64

    /// - Parameter byteCount: of the table; rounded down to a power of 2, at least 1 KiB.
    init(byteCount: Int) {
        var bits: UInt64 = 7
        while bits < 40, 16 << bits <= byteCount { bits += 1 }
        count = 1 << bits
        shift = 64 - bits
        places = .allocate(capacity: count)
        for index in 0..<count { (places + index).initialize(to: Atomic(0)) }
    }

    deinit {
        places.deinitialize(count: count)
        places.deallocate()
    }

    /// From any thread.
    func contains(_ fingerprint: UInt64) -> Bool {
        // 0 marks an empty place, so it is never found.
        fingerprint != 0 && place(of: fingerprint).pointee.load(ordering: .relaxed) == fingerprint
    }

    func note(_ fingerprint: UInt64) {
        place(of: fingerprint).pointee.store(fingerprint, ordering: .relaxed)
    }

    func forgetAll() {
        for index in 0..<count { places[index].store(0, ordering: .relaxed) }
    }

    private func place(of fingerprint: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
        places + Int((fingerprint &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }
}

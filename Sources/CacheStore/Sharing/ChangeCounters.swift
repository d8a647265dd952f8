import Synchronization

/// Counters in shared memory that tell whether a key was stored since somebody looked: one for many keys, by their hash.
///
/// A counter moves before the lease that it belongs to is let go. So whoever gets the lease and finds the counter where it was
/// knows that a look into the store would find nothing new. Counters go round; that one goes round completely between a look and a
/// lease, at four billion changes, costs a second fetch.
struct ChangeCounters: Sendable {
    /// A power of two.
    static let count = 1 << 18

    /// Keeps the map.
    private let memory: SharedMemory

    init(_ memory: SharedMemory) {
        self.memory = memory
    }

    /// The counter of a key, by the key's hash.
    static func index(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash >> 45) & (count - 1)
    }

    func value(at index: Int) -> UInt32 {
        counter(index).pointee.load(ordering: .acquiring)
    }

    func bump(at index: Int) {
        counter(index).pointee.wrappingAdd(1, ordering: .releasing)
    }

    /// The counters are never reached in another way than through these atomics, and lie at addresses that fit them.
    private func counter(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        let offset = SharedMemory.Layout.counters + (index & (Self.count - 1)) * 4
        return (memory.base + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }
}

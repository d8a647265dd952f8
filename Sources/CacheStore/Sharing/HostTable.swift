import CrawlPolicy
import HTTPSemantics

/// The records of hosts, in shared memory or, where there is none, in this process's own: buckets of a few records with a lock each.
///
/// Unchecked because the records are reached through bare pointers, but only by whoever has their bucket's lock, whose taking
/// acquires what its release has published; a lock is taken over from a dead process alone. The memory lives as long as the table.
final class HostTable: @unchecked Sendable {
    /// A power of two.
    static let bucketCount = 128
    static let slotsPerBucket = 8
    static let slotStride = MemoryLayout<Slot>.stride
    /// The lock has a cache line of its own in front of the records.
    private static let slotsOffset = 64
    static let bucketStride = (slotsOffset + slotsPerBucket * slotStride + 63) / 64 * 64
    static let length = bucketCount * bucketStride

    /// A record and whose it is.
    struct Slot: BitwiseCopyable {
        /// The hash of the host; 0: nobody's.
        var host: UInt64
        var record: HostRecord
    }

    /// Where the record of a host was found. It stays there while it counts a request in flight.
    struct Place: Sendable {
        let bucket: Int
        let slot: Int
    }

    private let base: UnsafeMutableRawPointer
    /// The map that `base` lies in; nil: the memory is the table's own.
    private let shared: SharedMemory?

    init(shared: SharedMemory?) {
        self.shared = shared
        if let shared {
            base = shared.base + SharedMemory.Layout.hosts
        } else {
            base = UnsafeMutableRawPointer.allocate(byteCount: Self.length, alignment: 64)
            base.initializeMemory(as: UInt8.self, repeating: 0, count: Self.length)
        }
    }

    deinit {
        if shared == nil { base.deallocate() }
    }

    static func bucket(of host: UInt64) -> Int {
        Int(truncatingIfNeeded: host >> 32) & (bucketCount - 1)
    }

    func lock(of bucket: Int) -> BucketLock {
        BucketLock(base + bucket * Self.bucketStride)
    }

    /// The slots of a bucket, for whoever has its lock.
    func slots(of bucket: Int) -> UnsafeMutableBufferPointer<Slot> {
        let start = base + bucket * Self.bucketStride + Self.slotsOffset
        return UnsafeMutableBufferPointer(start: start.assumingMemoryBound(to: Slot.self), count: Self.slotsPerBucket)
    }

    /// The slot of a host; nil where it has none. Under the lock.
    func find(_ host: UInt64, in bucket: Int) -> Int? {
        slots(of: bucket).firstIndex { $0.host == host }
    }

    /// The slot of a host, one that was idle where it has none. Where none is idle, the one with the shortest rest: two hosts then share
    /// their turns, which makes both slower and neither less polite. A host's wish to be left alone (`Retry-After`) is not shared, or
    /// it would refuse requests to a host that wished nothing: it is forgotten. Under the lock.
    func place(_ host: UInt64, in bucket: Int, now: UnixTime) -> Int {
        if let known = find(host, in: bucket) { return known }
        let slots = slots(of: bucket)
        let free =
            slots.firstIndex { $0.host == 0 }
            ?? slots.indices.filter { slots[$0].record.isIdle(now: now) }
            .min { slots[$0].record.lastUse < slots[$1].record.lastUse }
        let chosen = free ?? slots.indices.min { slots[$0].record.restEnd < slots[$1].record.restEnd } ?? 0
        let forgetsRest = slots[chosen].record.holdUntil(now: now) != nil && slots[chosen].record.isUnused(now: now)
        if free != nil || forgetsRest { slots[chosen] = Slot(host: host, record: HostRecord()) }
        return chosen
    }
}

import CrawlPolicy
import HTTPSemantics
import Synchronization

/// Gives out the turns at hosts, to this process's requests as to those of others.
///
/// Without shared memory, or without locks to tell the living from the dead, it knows this store's own requests only.
final class HostLedger: Sendable {
    private let table: HostTable
    /// Nil where the table is the store's own.
    private let mark: ProcessMark?
    private let now: @Sendable () -> UnixTime
    /// Buckets whose lock a stopped process has, and until when nobody waits for them.
    private let stuck = Mutex<[Int: ContinuousClock.Instant]>([:])

    /// The hashes of hosts, which are asked for with each request.
    private let hashes = Mutex<[String: UInt64]>([:])
    private static let maximumHashes = 1024

    init(memory: SharedMemory?, lockPath: String, now: @escaping @Sendable () -> UnixTime) {
        self.now = now
        if let memory, let mark = try? ProcessMark(lockPath: lockPath), mark.isHeld {
            self.mark = mark
            table = HostTable(shared: memory)
        } else {
            mark = nil
            table = HostTable(shared: nil)
        }
    }

    /// Whether the turns are shared with other processes.
    var isShared: Bool { mark != nil }

    /// The number of this store among those that take turns; not 0.
    var claimant: UInt32 { mark?.number ?? 1 }

    /// The present, for turns whose end nobody tells.
    var present: UnixTime { now() }

    // MARK: Turns

    func take(_ host: String, policy: PolitenessPolicy, now: UnixTime) -> TurnAttempt {
        let hash = hash(of: host)
        let bucket = HostTable.bucket(of: hash)
        let attempt = withBucket(bucket, now: now) {
            let place = HostTable.Place(bucket: bucket, slot: table.place(hash, in: bucket, now: now))
            return take(at: place, policy, now)
        }
        return attempt ?? .busy(lookAgain: now.advanced(byMilliseconds: Self.stuckPauseMilliseconds))
    }

    /// Under the lock of the bucket.
    private func take(at place: HostTable.Place, _ policy: PolitenessPolicy, _ now: UnixTime) -> TurnAttempt {
        let slots = table.slots(of: place.bucket)
        var admission = slots[place.slot].record.take(claimant: claimant, policy: policy, now: now)
        if case .busy = admission, removeDead(from: slots, place.slot, now: now) {
            admission = slots[place.slot].record.take(claimant: claimant, policy: policy, now: now)
        }
        switch admission {
        case .granted:
            return .granted(HostTurn(ledger: self, place: place, start: slots[place.slot].record.starts, policy: policy))
        case .busy(let time): return .busy(lookAgain: time)
        case .resting(let time): return .resting(until: time)
        }
    }

    /// A request came to its end. Never fails: where the lock is not to be had, it is told later.
    func finish(_ place: HostTable.Place, policy: PolitenessPolicy, holdUntil: UnixTime?, now: UnixTime) {
        settle(place.bucket, now: now) { slots in
            slots[place.slot].record.finish(claimant: self.claimant, policy: policy, now: now, holdUntil: holdUntil)
        }
    }

    /// A turn is given back unused.
    func withdraw(_ place: HostTable.Place, start: UInt32) {
        settle(place.bucket, now: present) { slots in
            slots[place.slot].record.withdraw(claimant: self.claimant, start: start)
        }
    }

    func hold(_ host: String, until: UnixTime, now: UnixTime) {
        let hash = hash(of: host)
        let bucket = HostTable.bucket(of: hash)
        settle(bucket, now: now) { slots in
            slots[self.table.place(hash, in: bucket, now: now)].record.hold(until: until, now: now)
        }
    }

    /// Nil where the host is not known.
    func situation(of host: String, now: UnixTime) -> HostSituation? {
        let hash = hash(of: host)
        let bucket = HostTable.bucket(of: hash)
        let situation = withBucket(bucket, now: now) { () -> HostSituation? in
            guard let slot = table.find(hash, in: bucket) else { return nil }
            let slots = table.slots(of: bucket)
            _ = removeDead(from: slots, slot, now: now)
            let record = slots[slot].record
            return HostSituation(
                activeRequests: record.activeCount, notBefore: record.notBefore(now: now), holdUntil: record.holdUntil(now: now),
                starts: record.starts)
        }
        return situation ?? nil
    }

    // MARK: The lock

    /// After a bucket was found stuck, nobody waits for it for this long.
    private static let stuckTime = Duration.seconds(1)
    /// When to look again at a host whose bucket is stuck, in milliseconds.
    private static let stuckPauseMilliseconds: Int64 = 50

    /// Runs `body` under the lock of a bucket; nil where a stopped process has it.
    private func withBucket<Result>(_ bucket: Int, now: UnixTime, _ body: () -> Result) -> Result? {
        let lock = table.lock(of: bucket)
        var outcome = lock.take(claimant, isAlive: isAlive, mayWait: false)
        if outcome == .stuck {
            let until = stuck.withLock { $0[bucket] }
            if let until, until > ContinuousClock.now { return nil }
            outcome = lock.take(claimant, isAlive: isAlive)
            stuck.withLock { $0[bucket] = outcome == .stuck ? ContinuousClock.now + Self.stuckTime : nil }
        }
        switch outcome {
        case .taken: break
        case .stuck: return nil
        case .takenOver(let dead):
            let slots = table.slots(of: bucket)
            for slot in slots.indices { slots[slot].record.remove(claimant: dead, now: now) }
        }
        defer { lock.release(claimant) }
        return body()
    }

    /// Changes a bucket, now or as soon as its lock is to be had: what is lost here would count as in flight for ever.
    private func settle(
        _ bucket: Int, now: UnixTime, _ change: @escaping @Sendable (UnsafeMutableBufferPointer<HostTable.Slot>) -> Void
    ) {
        if withBucket(bucket, now: now, { change(table.slots(of: bucket)) }) != nil { return }
        Task {
            var pause = Duration.milliseconds(50)
            repeat {
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(2))
            } while withBucket(bucket, now: now, { change(table.slots(of: bucket)) }) == nil
        }
    }

    private func isAlive(_ claimant: UInt32) -> Bool {
        mark?.isAlive(claimant) ?? true
    }

    /// Takes out claimants whose processes are gone, where a check is due; returns whether there were any.
    private func removeDead(from slots: UnsafeMutableBufferPointer<HostTable.Slot>, _ slot: Int, now: UnixTime) -> Bool {
        guard mark != nil else { return false }
        let dead = slots[slot].record.claimantsToCheck(besides: claimant, now: now).filter { !isAlive($0) }
        for claimant in dead { slots[slot].record.remove(claimant: claimant, now: now) }
        return !dead.isEmpty
    }

    private func hash(of host: String) -> UInt64 {
        hashes.withLock { hashes in
            if let known = hashes[host] { return known }
            if hashes.count == Self.maximumHashes { hashes.removeAll(keepingCapacity: true) }
            // 0 is an empty slot's.
            let hash = max(1, UInt64(bitPattern: BodyDigest.prefix(ofText: host)))
            hashes[host] = hash
            return hash
        }
    }
}

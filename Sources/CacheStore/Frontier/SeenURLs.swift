/// Tells URLs that are new from those known, and notes them.
///
/// Fingerprints are well mixed, so each new one belongs at another place of a large table: written one by one, each costs a page of
/// the log, and soon a read from the disk. So they are first appended, one batch for each transaction, and kept in memory by each
/// process; when there are enough of them they go into the large table in order, a slice in each transaction, whoever writes it. The
/// slices' places are noted in the file, so that the processes share this work and a killed one's is taken up.
///
/// Used on the writing thread alone, inside a transaction.
final class SeenURLs {
    /// With so many in memory they go into the table.
    private let limit: Int
    /// So many go in one transaction, or as many as came new in it, if that is more: so the next merge is not due before the end.
    private static let slice = 8192

    private let tables: SeenTables
    private let known: KnownFingerprints
    /// The batches behind those that are being merged.
    private var recent = FingerprintSet()
    /// The batches that are being merged; nil: none are.
    private var merging: Merging?
    /// What the memory stands for.
    private var loaded = (round: Int64(0), lastBatch: Int64(0), mergedBatch: Int64(0), mergingBatch: Int64(0))
    /// Known for certain once the transaction is committed.
    private var confirmed: [Int64] = []

    private struct Merging {
        let set: FingerprintSet
        let sorted: [Int64]

        init(_ set: FingerprintSet) {
            self.set = set
            sorted = set.sorted()
        }

        /// Those behind `fingerprint`.
        func rest(after fingerprint: Int64) -> ArraySlice<Int64> {
            var (low, high) = (0, sorted.count)
            while low < high {
                let middle = low + (high - low) / 2
                if sorted[middle] <= fingerprint { low = middle + 1 } else { high = middle }
            }
            return sorted[low...]
        }
    }

    init(_ connection: SQLiteConnection, known: KnownFingerprints, limit: Int) throws(StoreError) {
        tables = try SeenTables(connection)
        self.known = known
        self.limit = max(1, limit)
    }

    // MARK: Keeping up with other processes

    /// Reads what other processes have added. To be called where another has written, and after a rollback.
    ///
    /// - Parameter wasRolledBack: the memory holds what is not in the file.
    func refresh(_ progress: FrontierProgress, wasRolledBack: Bool) throws(StoreError) {
        if loaded.round != progress.round {
            known.forgetAll()
            loaded.round = progress.round
        } else if !wasRolledBack, loaded.mergedBatch == progress.mergedBatch, loaded.mergingBatch == progress.mergingBatch {
            try load(after: loaded.lastBatch, progress)
            return
        }
        recent = FingerprintSet()
        merging = nil
        var set = FingerprintSet()
        if progress.mergingBatch != 0 {
            try tables.forEachBatch(after: progress.mergedBatch) { batch, fingerprints in
                guard batch <= progress.mergingBatch else { return }
                for fingerprint in fingerprints { set.insert(fingerprint) }
            }
            merging = Merging(set)
        }
        try load(after: max(progress.mergedBatch, progress.mergingBatch), progress)
    }

    private func load(after batch: Int64, _ progress: FrontierProgress) throws(StoreError) {
        if progress.lastBatch > batch {
            try tables.forEachBatch(after: batch) { _, fingerprints in
                for fingerprint in fingerprints { recent.insert(fingerprint) }
            }
        }
        note(progress)
    }

    private func note(_ progress: FrontierProgress) {
        loaded = (progress.round, progress.lastBatch, progress.mergedBatch, progress.mergingBatch)
    }

    func didCommit() {
        for fingerprint in confirmed { known.note(UInt64(bitPattern: fingerprint)) }
        confirmed.removeAll(keepingCapacity: true)
    }

    func didRollBack() {
        confirmed.removeAll()
    }

    // MARK: Adding

    /// Notes the fingerprints; returns the positions of those that are new, each only once, in ascending order.
    func add(_ fingerprints: [UInt64], _ progress: inout FrontierProgress) throws(StoreError) -> [Int] {
        var candidates: [(fingerprint: Int64, position: Int)] = []
        for (position, fingerprint) in fingerprints.enumerated() where !known.contains(fingerprint) {
            let fingerprint = Int64(bitPattern: fingerprint)
            if recent.contains(fingerprint) || merging?.set.contains(fingerprint) ?? false {
                confirmed.append(fingerprint)
            } else {
                candidates.append((fingerprint, position))
            }
        }
        if candidates.isEmpty { return [] }
        // In the order of the table, so that neighbours are looked up one after another; of equal ones the first counts.
        candidates.sort { $0 < $1 }
        var new: [Int] = []
        var batch: [Int64] = []
        for (index, candidate) in candidates.enumerated() {
            if index > 0, candidates[index - 1].fingerprint == candidate.fingerprint { continue }
            confirmed.append(candidate.fingerprint)
            if progress.seen > 0, try tables.contains(candidate.fingerprint) { continue }
            batch.append(candidate.fingerprint)
            new.append(candidate.position)
        }
        if batch.isEmpty { return [] }
        for fingerprint in batch { recent.insert(fingerprint) }
        progress.lastBatch += 1
        try tables.addBatch(progress.lastBatch, batch)
        progress.known += Int64(batch.count)
        note(progress)
        new.sort()
        return new
    }

    // MARK: Merging

    /// Moves the next slice into the large table, where a merge is under way or due.
    ///
    /// - Parameter newCount: how many came new in this transaction.
    func merge(newCount: Int, _ progress: inout FrontierProgress) throws(StoreError) {
        if merging == nil {
            guard recent.count >= limit else { return }
            merging = Merging(recent)
            recent = FingerprintSet(capacity: limit)
            progress.mergingBatch = progress.lastBatch
            progress.mergingFingerprint = .min
        }
        guard let merging else { return }
        // The very first number has none before it.
        let isFirst = progress.mergingFingerprint == .min
        let rest = isFirst ? merging.sorted[...] : merging.rest(after: progress.mergingFingerprint)
        let part = rest.prefix(max(Self.slice, newCount))
        progress.seen += try tables.insert(part)
        if let last = part.last { progress.mergingFingerprint = last }
        if part.count == rest.count {
            try tables.dropBatches(through: progress.mergingBatch)
            progress.mergedBatch = progress.mergingBatch
            progress.mergingBatch = 0
            self.merging = nil
        }
        note(progress)
    }

    /// Forgets all: a round begins, whose number `progress` has already.
    func clear(_ progress: inout FrontierProgress) throws(StoreError) {
        try tables.clear()
        known.forgetAll()
        confirmed.removeAll()
        recent = FingerprintSet()
        merging = nil
        progress.known = 0
        progress.seen = 0
        progress.mergedBatch = progress.lastBatch
        progress.mergingBatch = 0
        note(progress)
    }
}

/// What one transaction writes: the writes of many callers, sorted so that each table is walked in the order of its key.
struct WriteGroup {
    /// Entries, pieces and changes in one commit.
    static let maximumCount = 256
    /// Bytes in one commit, about, where the cache has no size limit.
    static let maximumBytes = 4 << 20

    /// Bytes in this commit, about.
    let maximumBytes: Int
    /// Whether somebody waits for all that was collected, too.
    private(set) var isFlush = false

    private(set) var count = 0
    private(set) var byteCount = 0
    /// Staged bodies that are to be dropped; where the group fails, that is still to be done.
    private(set) var abandoned: [StagedBody] = []
    /// Collected only where somebody asks for it.
    private(set) var touched = TouchedNames()
    private let tellsNames: Bool
    /// In the order of arrival.
    private var handles: [CommitHandle] = []
    /// Staged bodies of which this group writes a piece, and whether it made their row.
    private var staged: [(body: StagedBody, isNew: Bool)] = []
    private var puts: [Put] = []
    private var changes: [PendingFreshness] = []
    /// Staged bodies that are visible once the group is committed, and no longer their producers' to drop.
    private var published: [(body: StagedBody, digest: [UInt8])] = []
    /// Writes that failed by themselves, while the group goes on.
    private var failures: [ObjectIdentifier: StoreError] = [:]

    private struct Put {
        let entry: PendingEntry
        let body: PendingBody
        let handle: CommitHandle?
        /// Of two writes to one key the later must stay the later.
        let position: Int
    }

    /// - Parameter tellsNames: whether `touched` is wanted.
    init(tellsNames: Bool, maximumBytes: Int = WriteGroup.maximumBytes) {
        self.tellsNames = tellsNames
        self.maximumBytes = maximumBytes
    }

    var isFull: Bool { count >= Self.maximumCount || byteCount >= maximumBytes }

    /// Notes the writes, so that `complete` reaches all of them whatever happens.
    mutating func accept(_ writes: [QueuedWrite]) {
        for write in writes {
            if let handle = write.handle { handles.append(handle) }
            switch write.operation {
            case .append(let body, _), .put(_, .staged(let body, _)): staged.append((body, false))
            case .abandon(let body): abandoned.append(body)
            case .barrier: isFlush = true
            case .put, .freshen, .remove, .setApart: break
            }
            if tellsNames { touched.add(write.operation) }
            byteCount += write.byteCount
        }
        count += writes.count
    }

    /// Carries out accepted writes inside the open transaction.
    ///
    /// Entries are sorted by the hash of their key and changes by row. A removal cuts the order: what came before it is written
    /// before it.
    mutating func write(_ writes: [QueuedWrite], with writer: DatabaseWriter) throws(StoreError) {
        for write in writes {
            switch write.operation {
            case .put(let entry, let body):
                puts.append(Put(entry: entry, body: body, handle: write.handle, position: puts.count))
            case .freshen(let change): changes.append(change)
            case .append(let body, let bytes): try append(bytes, to: body, for: write.handle, with: writer)
            case .abandon(let body): try body.drop(with: writer.bodies)
            case .remove(let ids):
                try writeSorted(with: writer)
                for id in ids { try writer.entries.remove(id) }
            case .setApart(let body): try writer.bodies.setApart(body.id, digest: body.digest)
            case .barrier: break
            }
        }
        try writeSorted(with: writer)
    }

    private mutating func writeSorted(with writer: DatabaseWriter) throws(StoreError) {
        puts.sort { ($0.entry.keyHash, $0.position) < ($1.entry.keyHash, $1.position) }
        for put in puts {
            switch put.body {
            case .complete(let complete):
                if let refusal = Self.refusal(of: complete, for: put.entry, with: writer) {
                    fail(put.handle, refusal)
                    continue
                }
                try writer.entries.put(put.entry, body: try writer.bodies.store(complete), wireBytes: complete.wireBytes)
            case .staged(let staged, let facts):
                if let body = try publish(staged, facts, for: put.handle, with: writer) {
                    try writer.entries.put(put.entry, body: body, wireBytes: facts.wireBytes)
                }
            }
        }
        puts.removeAll(keepingCapacity: true)
        changes.sort { $0.id.row < $1.id.row }
        for change in changes { try writer.freshness.write(change) }
        changes.removeAll(keepingCapacity: true)
    }

    /// Why the cache has no room for the response; nil: it has.
    private static func refusal(
        of body: CompleteBody, for entry: PendingEntry, with writer: DatabaseWriter
    ) -> StoreError? {
        let stored = Int64(body.storedBytes)
        return writer.room.admission.check(bodyBytes: stored, operation: "store an entry")
            ?? writer.room.admission.take(stored + Int64(entry.byteCount), operation: "store an entry")
    }

    private mutating func fail(_ handle: CommitHandle?, _ error: StoreError) {
        if let handle { failures[ObjectIdentifier(handle)] = error }
    }

    private mutating func append(
        _ bytes: [UInt8], to body: StagedBody, for handle: CommitHandle?, with writer: DatabaseWriter
    ) throws(StoreError) {
        let state = body.withState { $0 }
        // A body with a hole takes nothing more; its producer has been told.
        if let failure = state.failure { return fail(handle, failure) }
        let length = Int64(bytes.count)
        let refusal =
            writer.room.admission.check(bodyBytes: state.storedBytes + length, operation: "append to a body")
            ?? writer.room.admission.take(length, operation: "append to a body")
        if let refusal {
            body.fail(refusal, rowIsLost: false)
            return fail(handle, refusal)
        }
        let row: Int64
        if let known = state.bodyID {
            row = known
        } else {
            row = try writer.bodies.beginStaging(owner: writer.owner.number)
            staged.append((body, true))
        }
        try writer.bodies.append(bytes, ordinal: state.chunkCount, to: row)
        body.withState { state in
            state.bodyID = row
            state.chunkCount += 1
            state.storedBytes += Int64(bytes.count)
        }
    }

    /// The row of the body that is visible now; nil where the body has lost a piece, which is nobody else's failure.
    private mutating func publish(
        _ body: StagedBody, _ facts: StagedBodyFacts, for handle: CommitHandle?, with writer: DatabaseWriter
    ) throws(StoreError) -> Int64? {
        let state = body.withState { $0 }
        var failure = state.failure
        if let row = state.bodyID, failure == nil {
            let visible = try writer.bodies.publish(
                row, facts: facts, storedBytes: state.storedBytes, chunkCount: state.chunkCount)
            if let visible {
                published.append((body, facts.digest))
                return visible
            }
        }
        failure = failure ?? StoreError(.bodyGone, operation: "publish a body", path: writer.connection.path)
        if let failure { fail(handle, failure) }
        return nil
    }

    /// Notes entries that went to make room.
    mutating func noteEvicted(_ rows: [Int64]) {
        if tellsNames { touched.rows += rows }
    }

    /// Notes in the staged bodies that their pieces are lost with the transaction. Before the ticket is given back: rows that were
    /// taken back may be another process's next, and readers must not take them for these bodies'.
    func failStaged(_ error: StoreError) {
        let new = Set(staged.filter(\.isNew).map { ObjectIdentifier($0.body) })
        for (body, _) in staged { body.fail(error, rowIsLost: new.contains(ObjectIdentifier(body))) }
    }

    /// Tells everybody, in the order of arrival.
    func complete(_ result: Result<Void, StoreError>) {
        switch result {
        case .success:
            for (body, digest) in published { body.forgetRow(.published(digest)) }
            for body in abandoned { body.forgetRow(.dropped) }
        case .failure(let error): failStaged(error)
        }
        for handle in handles {
            if let failure = failures[ObjectIdentifier(handle)] {
                handle.complete(.failure(failure))
            } else {
                handle.complete(result)
            }
        }
    }
}

/// What one transaction writes: the writes of many callers, sorted so that each table is walked in the order of its key.
struct WriteGroup {
    /// Entries, pieces and changes in one commit.
    static let maximumCount = 256
    /// Bytes in one commit, about.
    static let maximumBytes = 4 << 20

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
    init(tellsNames: Bool) {
        self.tellsNames = tellsNames
    }

    var isFull: Bool { count >= Self.maximumCount || byteCount >= Self.maximumBytes }

    /// Notes the writes, so that `complete` reaches all of them whatever happens.
    mutating func accept(_ writes: [QueuedWrite]) {
        for write in writes {
            if let handle = write.handle { handles.append(handle) }
            if case .append(let body, _) = write.operation { staged.append((body, false)) }
            if case .put(_, .staged(let body, _)) = write.operation { staged.append((body, false)) }
            if case .abandon(let body) = write.operation { abandoned.append(body) }
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
            case .append(let body, let bytes): try append(bytes, to: body, with: writer)
            case .abandon(let body): try body.drop(with: writer.bodies)
            case .remove(let ids):
                try writeSorted(with: writer)
                for id in ids { try writer.entries.remove(id) }
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
                try writer.entries.put(put.entry, body: try writer.bodies.store(complete))
            case .staged(let staged, let facts):
                if let body = try publish(staged, facts, for: put.handle, with: writer) {
                    try writer.entries.put(put.entry, body: body)
                }
            }
        }
        puts.removeAll(keepingCapacity: true)
        changes.sort { $0.id.row < $1.id.row }
        for change in changes { try writer.freshness.write(change) }
        changes.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ bytes: [UInt8], to body: StagedBody, with writer: DatabaseWriter) throws(StoreError) {
        let state = body.withState { $0 }
        // A body with a hole takes nothing more; its producer has been told.
        guard state.failure == nil else { return }
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
        if let handle { failures[ObjectIdentifier(handle)] = failure }
        return nil
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

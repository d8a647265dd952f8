import HTTPSemantics

/// What the writing thread does: takes what waits in the queue, a group at a time, and commits it under the ticket.
///
/// Used on that thread alone.
final class WriterLoop {
    /// A group takes in what arrives while it is written, for at most this long.
    private static let maximumGroupTime = Duration.milliseconds(20)

    private let database: CacheDatabase
    private let queue: WriterQueue
    private let uses: UseLedger
    private let activity: ActivityLedger
    private let memory: MemoryTier?
    private let now: @Sendable () -> UnixTime
    /// For how long the ticket may be waited for now.
    private let patience: () -> Duration
    private let checkpointer: Checkpointer

    private var ticket: TicketLock?
    private var writer: DatabaseWriter?
    /// Staged bodies whose abandonment failed with its group.
    private var leftovers: [StagedBody] = []

    init(
        database: CacheDatabase, queue: WriterQueue, uses: UseLedger, activity: ActivityLedger, memory: MemoryTier?,
        now: @escaping @Sendable () -> UnixTime, patience: @escaping () -> Duration
    ) {
        self.database = database
        self.queue = queue
        self.uses = uses
        self.activity = activity
        self.memory = memory
        self.now = now
        self.patience = patience
        self.checkpointer = Checkpointer(database: database)
    }

    /// Returns when the queue is closed and all is written; the connection is closed then.
    func run() {
        loop: while true {
            // Before the first group nobody has read whether there is a limit, and a small one has no room for a large group.
            let groupBytes = writer?.room.groupBytes ?? SizeBudget.leastGroupBytes
            var group = WriteGroup(tellsNames: memory != nil, maximumBytes: groupBytes)
            switch queue.next(maximumCount: WriteGroup.maximumCount, maximumBytes: groupBytes) {
            case .closed: break loop
            case .due: if !uses.isEmpty { carryOut([], &group, takesUses: true) }
            case .writes(let writes): carryOut(writes, &group, takesUses: false)
            }
        }
        checkpointer.finish(writer?.connection)
        writer = nil
    }

    private func carryOut(_ writes: [QueuedWrite], _ group: inout WriteGroup, takesUses: Bool) {
        group.accept(writes)
        do throws(StoreError) {
            try write(writes, in: &group, takesUses: takesUses)
            group.complete(.success(()))
            if let writer { checkpointer.logHasGrown(to: writer.connection.logPages) }
        } catch {
            writer?.hosts.forget()
            // Whoever waits behind the group would wait as long once more: a flush or a close must end within the limit.
            if error.code == .busy, error.sqliteCode == nil { acceptAll(&group) }
            leftovers += group.abandoned
            group.complete(.failure(error))
        }
    }

    /// Takes everything that is queued into the group.
    private func acceptAll(_ group: inout WriteGroup) {
        while true {
            let more = queue.more(maximumCount: .max, maximumBytes: .max)
            if more.isEmpty { return }
            group.accept(more)
        }
    }

    /// Opens what is not open yet: a store that could not be written a moment ago may be by now.
    private func write(_ writes: [QueuedWrite], in group: inout WriteGroup, takesUses: Bool) throws(StoreError) {
        let held: TicketLock
        if let known = ticket { held = known } else { held = try TicketLock(path: database.directory.lockPath) }
        ticket = held
        try held.withTicket(within: patience()) { () throws(StoreError) in
            let opened: DatabaseWriter
            if let known = writer { opened = known } else { opened = try DatabaseWriter(database: database) }
            writer = opened
            checkpointer.holdBackLog(opened.connection)
            try commit(writes, in: &group, with: opened, takesUses: takesUses)
            dropLeftovers(with: opened)
        }
    }

    /// Drops staged bodies whose own group failed, each in a transaction of its own: one that cannot be dropped must fail
    /// nobody else. What is left at the end goes when a store on the same directory next starts to write.
    private func dropLeftovers(with writer: DatabaseWriter) {
        while let body = leftovers.last {
            do throws(StoreError) {
                try writer.transaction { (writer) throws(StoreError) in try body.drop(with: writer.bodies) }
            } catch {
                return
            }
            body.forgetRow(.dropped)
            leftovers.removeLast()
        }
    }

    private func commit(
        _ writes: [QueuedWrite], in group: inout WriteGroup, with writer: DatabaseWriter, takesUses: Bool
    ) throws(StoreError) {
        let connection = writer.connection
        var taken: (uses: [UseLedger.Use], sums: ActivityLedger.Sums) = ([], [:])
        do throws(StoreError) {
            try connection.execute("BEGIN IMMEDIATE", operation: "begin")
            writer.entries.begin()
            try writer.room.begin(forgetHosts: writer.hosts.forget)
            checkpointer.keepLog(within: writer.room.logPauseBytes)
            uses.pace = writer.room.dependsOnUses ? .close : .leisurely
            try writeAll(writes, in: &group, with: writer)
            taken.uses = takesUses || group.isFlush ? uses.take() : uses.takeIfDue()
            taken.sums = activity.take()
            try writer.freshness.write(taken.uses, pace: uses.pace)
            try writer.activity.write(taken.sums)
            group.noteEvicted(try writer.room.finish(now: now(), sparing: writer.entries.written))
            try commit(group, connection)
        } catch {
            // Some failures have rolled back by themselves.
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            group.failStaged(error)
            uses.add(taken.uses)
            activity.add(taken.sums)
            throw error
        }
    }

    /// Carries out the writes, and those that arrive meanwhile.
    private func writeAll(_ writes: [QueuedWrite], in group: inout WriteGroup, with writer: DatabaseWriter) throws(StoreError) {
        let start = ContinuousClock.now
        try group.write(writes, with: writer)
        while !group.isFull, ContinuousClock.now - start < Self.maximumGroupTime {
            let more = queue.more(
                maximumCount: WriteGroup.maximumCount - group.count, maximumBytes: group.maximumBytes - group.byteCount)
            if more.isEmpty { return }
            group.accept(more)
            try group.write(more, with: writer)
        }
    }

    private func commit(_ group: WriteGroup, _ connection: SQLiteConnection) throws(StoreError) {
        memory?.willCommit(group.touched)
        do throws(StoreError) {
            try connection.execute("COMMIT", operation: "commit")
            memory?.didCommit(logPages: connection.logPages)
        } catch {
            memory?.didCommit(logPages: nil)
            throw error
        }
    }
}

import HTTPSemantics

/// What is done about bodies and entries. Each function returns whether there was anything to do.
extension Repairer {
    /// Entries that one transaction removes.
    private static let entriesPerStep = 128

    // MARK: Bodies

    /// Removes a body, and the entries that refer to it, if its bytes are not what they should be.
    ///
    /// First it is set apart: without the beginning of its digest no reader gets its bytes and no new entry comes to share it. So
    /// the entries that are found thereafter are all, and an interruption leaves what the next check finds again.
    mutating func removeIfDamaged(_ row: Int64) throws(StoreError) -> Bool {
        guard try isDamaged(row) else { return false }
        try session.transaction { writer throws(StoreError) in
            // The reference is this repair's own, so that the body goes last and by itself: its pages may resist.
            try writer.connection.execute(
                """
                UPDATE body SET digest_prefix = NULL, reference_count = reference_count + 1
                WHERE body_id = \(row) AND state = 0
                """, operation: "set a body apart")
        }
        var entries = try self.entries(of: row)[...]
        while !entries.isEmpty {
            let step = entries.prefix(Self.entriesPerStep)
            entries = entries.dropFirst(step.count)
            report.removedEntries += try session.transaction { writer throws(StoreError) in
                var gone: [RepairReport.RemovedEntry] = []
                for (id, entry) in step where try writer.entries.remove(id) { gone.append(entry) }
                return gone
            }
        }
        try session.transaction { writer throws(StoreError) in try writer.bodies.drop(row) }
        report.removedBodies += 1
        return true
    }

    private func isDamaged(_ row: Int64) throws(StoreError) -> Bool {
        try reader.execute("BEGIN", operation: "repair")
        defer { if reader.isInTransaction { try? reader.execute("COMMIT") } }
        guard let body = try bodies.body(row), case .damaged = try bodies.check(body) else { return false }
        return true
    }

    private func entries(of body: Int64) throws(StoreError) -> [(EntryID, RepairReport.RemovedEntry)] {
        let select = try reader.prepare(
            """
            SELECT e.entry_id, e.method, e.url, e.vary_fields, coalesce(f.is_pinned, 0)
            FROM entry e LEFT JOIN freshness f ON f.entry_id = e.entry_id WHERE e.body_id = ?1
            """)
        select.bind(body, at: 1)
        var found: [(EntryID, RepairReport.RemovedEntry)] = []
        while try select.step("repair") {
            found.append(
                (EntryID(row: select.integer(0), body: body), Self.removedEntry(select, from: 1, isPinned: select.integer(4) != 0)))
        }
        return found
    }

    /// What the columns method, url and vary_fields say.
    private static func removedEntry(
        _ row: SQLiteStatement, from column: Int32, isPinned: Bool
    ) -> RepairReport.RemovedEntry {
        let vary = row.text(column + 2)
        return RepairReport.RemovedEntry(
            method: row.text(column), url: row.text(column + 1),
            varyFields: vary.isEmpty ? FieldSection() : FieldSection(serialized: vary), isPinned: isPinned)
    }

    // MARK: Entries

    /// Gives an entry its host back; removes it where the body, the freshness or the ranges are not what they should be.
    mutating func mend(_ row: Int64) throws(StoreError) -> Bool {
        let outcome = try session.transaction { writer throws(StoreError) in try Self.mend(row, with: writer) }
        switch outcome {
        case .nothing: return false
        case .hostRestored: return true
        case .removed(let entry):
            report.removedEntries.append(entry)
            return true
        }
    }

    private enum Mending {
        case nothing
        case hostRestored
        case removed(RepairReport.RemovedEntry)
    }

    private static func mend(_ row: Int64, with writer: DatabaseWriter) throws(StoreError) -> Mending {
        let select = try writer.connection.prepare(
            """
            SELECT e.method, e.url, e.vary_fields, e.body_id, f.entry_id IS NOT NULL AND b.body_id IS NOT NULL, e.held_ranges,
                b.wire_bytes, h.host_id IS NOT NULL, coalesce(f.is_pinned, 0)
            FROM entry e LEFT JOIN freshness f ON f.entry_id = e.entry_id AND f.body_id = e.body_id
                LEFT JOIN body b ON b.body_id = e.body_id AND b.state = 0 LEFT JOIN host h ON h.host_id = e.host_id
            WHERE e.entry_id = ?1
            """)
        select.bind(row, at: 1)
        guard try select.step("repair") else { return .nothing }
        defer { select.reset() }
        let entry = removedEntry(select, from: 0, isPinned: select.integer(8) != 0)
        let body = select.integer(3)
        let rangesFault = select.optionalText(5).flatMap { Verifier.fault(ofRanges: $0, length: select.integer(6)) }
        if select.integer(4) != 0, rangesFault == nil {
            if select.integer(7) != 0 { return .nothing }
            if let url = WebURL(entry.url) {
                // A row that is remembered is the one that is missing.
                writer.hosts.forget()
                let host = try writer.hosts.row(of: url.origin)
                try writer.connection.execute(
                    "UPDATE entry SET host_id = \(host) WHERE entry_id = \(row)", operation: "repair an entry")
                return .hostRestored
            }
        }
        try writer.entries.evictBroken(row, body: body)
        return .removed(entry)
    }

    // MARK: Counts

    /// Corrects the number of entries that a body has noted by the difference that one moment shows: whatever others add or take
    /// away, before or after, the difference stays the same.
    mutating func correctCount(_ problem: Problem) throws(StoreError) -> Bool {
        guard let body = problem.body else { return false }
        let difference = try reader.integer(
            """
            SELECT (SELECT count(*) FROM entry WHERE body_id = \(body)) - reference_count FROM body
            WHERE body_id = \(body) AND state = 0
            """)
        if difference == 0 { return false }
        return try session.transaction { writer throws(StoreError) in
            try writer.bodies.addReferences(difference, to: body)
        }
    }
}

import HTTPSemantics

/// Carries out a repair: in short transactions, and each problem by itself, so that one that cannot be repaired keeps none of the
/// others.
struct Repairer {
    typealias Problem = VerificationReport.Problem

    let session: UpkeepSession
    /// For what is looked at outside of write transactions.
    let reader: SQLiteConnection
    let bodies: BodyChecker
    var report = RepairReport()
    private let lock: UpkeepLock

    init(
        session: UpkeepSession, makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)?
    ) throws(StoreError) {
        self.session = session
        lock = try UpkeepLock(session.database.directory, operation: "repair")
        reader = try session.database.openReader()
        bodies = try BodyChecker(connection: reader, makeDecoder: makeDecoder)
    }

    mutating func run(_ problems: [Problem]) throws(StoreError) -> RepairReport {
        let ofFile = problems.filter { $0.kind == .database && $0.body == nil }
        if !ofFile.isEmpty { try rebuildIndexes() }
        for problem in problems { try repair(problem) }
        // Counts come last: what went before has changed them, and has kept them as right or wrong as they were.
        for problem in problems where problem.kind == .wrongReferenceCount {
            try attempt(problem) { repairer throws(StoreError) in try repairer.correctCount(problem) }
        }
        if !ofFile.isEmpty || !report.remaining.isEmpty { try checkFile(ofFile) }
        return report
    }

    private mutating func repair(_ problem: Problem) throws(StoreError) {
        switch problem.kind {
        case .missingChunk, .wrongLength, .wrongDigest, .database:
            guard let body = problem.body else { return }
            try attempt(problem) { repairer throws(StoreError) in try repairer.removeIfDamaged(body) }
        case .brokenEntry, .wrongRanges:
            guard let entry = problem.entry else { return }
            try attempt(problem) { repairer throws(StoreError) in try repairer.mend(entry) }
        case .strayFreshness:
            guard let entry = problem.entry else { return }
            try attempt(problem) { repairer throws(StoreError) in
                try repairer.change { writer throws(StoreError) in try Leftovers.removeFreshness(entry, with: writer) }
            }
        case .wrongNumbers:
            guard let entry = problem.entry else { return }
            try attempt(problem) { repairer throws(StoreError) in
                try repairer.change { writer throws(StoreError) in try writer.freshness.forgetNumbers(of: entry) }
            }
        case .strayChunk:
            guard let body = problem.body else { return }
            try attempt(problem) { repairer throws(StoreError) in
                try repairer.change { writer throws(StoreError) in try Leftovers.removeChunks(of: body, with: writer) }
            }
        case .wrongReferenceCount: break
        }
    }

    /// Counts what came of it; where damaged pages are in the way the problem remains.
    private mutating func attempt(
        _ problem: Problem, _ body: (inout Repairer) throws(StoreError) -> Bool
    ) throws(StoreError) {
        do throws(StoreError) {
            if try body(&self) { report.repairedProblems += 1 } else { report.vanishedProblems += 1 }
        } catch {
            guard error.code == .corrupt else { throw error }
            report.remaining.append(problem)
        }
    }

    /// Returns what the change says: whether there was anything to remove.
    private func change(_ body: (DatabaseWriter) throws(StoreError) -> Bool) throws(StoreError) -> Bool {
        try session.transaction(body)
    }

    // MARK: The file

    /// What an index lacks or has too much is in the tables.
    private mutating func rebuildIndexes() throws(StoreError) {
        do throws(StoreError) {
            try session.transaction { writer throws(StoreError) in
                try writer.connection.execute("REINDEX", operation: "rebuild the indexes")
            }
        } catch {
            // The check at the end tells.
            guard error.code == .corrupt else { throw error }
        }
    }

    private mutating func checkFile(_ problems: [Problem]) throws(StoreError) {
        var lines = try reader.complaints()
        let known = Set(report.remaining.map(\.detail))
        lines.removeAll { known.contains($0) }
        report.remaining += lines.map { Problem(kind: .database, body: nil, entry: nil, detail: $0) }
        if lines.isEmpty { report.repairedProblems += Int64(problems.count) }
    }
}

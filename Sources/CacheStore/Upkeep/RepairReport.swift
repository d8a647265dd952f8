package import HTTPSemantics

/// What a repair has done.
package struct RepairReport: Hashable, Sendable {
    /// An entry that is gone, with what a new request for it needs.
    package struct RemovedEntry: Hashable, Sendable {
        package let method: String
        package let url: String
        /// The request fields that Vary named, as they were sent.
        package let varyFields: FieldSection
        /// Whether it was spared by the limits: what takes its place should be, too.
        package let isPinned: Bool
    }

    /// Entries that could not answer any more: fetch them anew.
    package internal(set) var removedEntries: [RemovedEntry] = []
    package internal(set) var removedBodies: Int64 = 0
    /// Problems that were there still, and are no more.
    package internal(set) var repairedProblems: Int64 = 0
    /// Problems that others have done away with meanwhile.
    package internal(set) var vanishedProblems: Int64 = 0
    /// What cannot be repaired: pages of the file are damaged. Entries that can be read go on answering; the database is best moved
    /// away.
    package internal(set) var remaining: [VerificationReport.Problem] = []

    package var isComplete: Bool { remaining.isEmpty }
}

extension CacheStore {
    /// Does away with what `verify` has found. Each problem is looked at again: others may have been faster. Damaged bodies go with
    /// the entries that refer to them, what is noted wrongly is corrected, what belongs to nothing is removed.
    ///
    /// A report lists `VerificationReport.maximumProblems` at most: where it counts more, verify and repair again.
    ///
    /// Throws `busy` where a collection of garbage or another repair is under way.
    ///
    /// - Parameter makeDecoder: as with `verify`.
    package func repair(
        _ report: VerificationReport, makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)? = nil
    ) async throws(StoreError) -> RepairReport {
        try await upkeep { session throws(StoreError) in
            var repairer = try Repairer(session: session, makeDecoder: makeDecoder)
            return try repairer.run(report.problems)
        }
    }
}

extension CacheStore {
    /// Checks the whole store: every body against its digest, every reference, the database itself. Reads all of it, while others
    /// read and write.
    ///
    /// - Parameters:
    ///   - makeDecoder: Gives a decoder for one body of that coding, nil where it has none; bodies stored as received need none.
    ///     Called on a thread of the check's own.
    ///   - progress: Called after each body, on that thread, with the number of bodies that are checked and of those that there were
    ///     at the beginning.
    package func verify(
        makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)? = nil,
        progress: (@Sendable (_ checkedBodies: Int64, _ totalBodies: Int64) -> Void)? = nil
    ) async throws(StoreError) -> VerificationReport {
        let database = database
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
            var verifier = try Verifier(database: database, makeDecoder: makeDecoder, progress: progress)
            return try verifier.run()
        }
    }
}

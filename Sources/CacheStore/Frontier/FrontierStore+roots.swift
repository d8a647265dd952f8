extension FrontierStore {
    /// Goes through the URLs of the present round that have the depth 0, whatever has become of them, in no order: what was added by
    /// `add`, and where redirects of these led to. Reads all that the job has: about 1 s for a million URLs.
    ///
    /// - Parameters:
    ///   - value: what is gathered from them.
    ///   - take: told of each its flags; of one that is finished `FinishedAnswer.outcome`.
    package func roots<Value: Sendable>(
        into value: Value, _ take: @escaping @Sendable (_ value: inout Value, _ url: String, _ flags: Int64) -> Void
    ) async throws(StoreError) -> Value {
        let database = database
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
            let row = try database.openReader().prepare(
                """
                SELECT h.authority || u.path, u.flags FROM (
                    SELECT host_id, path, flags FROM queue WHERE depth = 0
                    UNION ALL SELECT host_id, path, flags FROM delayed WHERE depth = 0
                    UNION ALL SELECT host_id, path, flags FROM inflight WHERE depth = 0
                    UNION ALL SELECT host_id, path, outcome FROM page WHERE depth = 0 AND round = (SELECT round FROM progress)
                ) u JOIN host h ON h.host_id = u.host_id
                """)
            var value = value
            while try row.step("read the roots") { take(&value, row.text(0), row.integer(1)) }
            return value
        }
    }
}

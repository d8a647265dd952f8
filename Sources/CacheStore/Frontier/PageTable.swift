import HTTPSemantics

/// The table `page`, as the writing thread uses it: finished URLs.
final class PageTable {
    private let insert: SQLiteStatement
    private let known: SQLiteStatement
    private let previous: SQLiteStatement
    private let update: SQLiteStatement
    private let enter: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(StoreError) {
        insert = try connection.prepare(
            """
            INSERT INTO page (page_id, host_id, path, fingerprint, class, status, outcome, error_code, digest, depth, referrer_id,
                redirect_url, fetched_ms, round) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """)
        known = try connection.prepare("SELECT page_id FROM page_known WHERE fingerprint = ?1")
        previous = try connection.prepare("SELECT status, digest FROM page WHERE page_id = ?1")
        update = try connection.prepare(
            """
            UPDATE page SET class = ?5, previous_status = status, previous_digest = digest, status = ?6, outcome = ?7,
                error_code = ?8, digest = ?9, depth = ?10, referrer_id = ?11, redirect_url = ?12, fetched_ms = ?13, round = ?14
            WHERE page_id = ?1
            """)
        enter = try connection.prepare("INSERT OR REPLACE INTO page_known (fingerprint, page_id) VALUES (?1, ?2)")
    }

    /// Writes the answer to a URL.
    ///
    /// - Parameter isRefused: the URL was not fetched; the answer's error code says why.
    func finish(
        _ leased: LeasedURL, _ answer: FinishedAnswer, isRefused: Bool, _ progress: inout FrontierProgress
    ) throws(StoreError) -> (page: Int64, class: PageClass) {
        // In the first round nothing can be known.
        let page = progress.listedPage > 0 ? try page(of: Int64(bitPattern: leased.fingerprint)) : nil
        let former = if let page { try previousAnswer(page) } else { PreviousAnswer?.none }
        let pageClass = isRefused ? .refused : PageClass(answer, previous: former)
        let number = page ?? progress.lastPage + 1
        if page == nil { progress.lastPage = number }
        let statement = page == nil ? insert : update
        statement.bind(number, at: 1)
        if page == nil {
            statement.bind(leased.host.row, at: 2)
            statement.bind(leased.path, at: 3)
            statement.bind(Int64(bitPattern: leased.fingerprint), at: 4)
        }
        statement.bind(pageClass.rawValue, at: 5)
        statement.bind(answer.status.map(Int64.init), at: 6)
        statement.bind(answer.outcome, at: 7)
        statement.bind(answer.errorCode, at: 8)
        statement.bind(answer.digest.map { Int64(bitPattern: $0) }, at: 9)
        statement.bind(leased.depth, at: 10)
        statement.bind(leased.referrer?.row, at: 11)
        statement.bind(answer.redirectURL, at: 12)
        statement.bind(answer.time.milliseconds, at: 13)
        statement.bind(progress.round, at: 14)
        try statement.run("write a page")
        return (number, pageClass)
    }

    /// Enters pages into `page_known`; quick where they come in the order of that table.
    func list(_ pages: [KnownPage]) throws(StoreError) {
        for entry in pages {
            enter.bind(entry.fingerprint, at: 1)
            enter.bind(entry.page, at: 2)
            try enter.run("list the pages")
        }
    }

    private func page(of fingerprint: Int64) throws(StoreError) -> Int64? {
        known.bind(fingerprint, at: 1)
        defer { known.reset() }
        return try known.step("look a page up") ? known.integer(0) : nil
    }

    private func previousAnswer(_ page: Int64) throws(StoreError) -> PreviousAnswer? {
        previous.bind(page, at: 1)
        defer { previous.reset() }
        guard try previous.step("look a page up") else { return nil }
        return PreviousAnswer(
            status: previous.optionalInteger(0).map { Int(clamping: $0) },
            digest: previous.optionalInteger(1).map { UInt64(bitPattern: $0) })
    }
}

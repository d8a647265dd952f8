import HTTPCaching

/// The columns of the table `freshness` that hold the terms for both kinds of cache, in one order for all statements.
enum FreshnessColumns {
    private static let all = [
        "lifetime_s", "lifetime_source", "demands", "stale_while_revalidate_s", "stale_if_error_s",
        "shared_lifetime_s", "shared_lifetime_source", "shared_demands", "shared_stale_while_revalidate_s",
        "shared_stale_if_error_s",
    ]
    /// The number of the first parameter; the last is nine further.
    private static let firstParameter = 5

    /// As many for a private cache as for a shared one.
    static let count = all.count
    /// The columns of one kind of cache.
    static let countOfKind = all.count / 2
    static let names = all.joined(separator: ", ")
    static let parameters = all.indices.map { "?\(firstParameter + $0)" }.joined(separator: ", ")
    static let assignments = all.indices.map { "\(all[$0]) = ?\(firstParameter + $0)" }.joined(separator: ", ")

    /// The columns as `SELECT` names them, with the table's name before each.
    static func selected(from table: String) -> String {
        all.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// Those of one kind of cache.
    static func selected(from table: String, _ kind: CacheKind) -> String {
        let columns =
            switch kind {
            case .private: all.prefix(countOfKind)
            case .shared: all.suffix(countOfKind)
            }
        return columns.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// Fills parameters 5 to 14.
    static func bind(_ freshness: Freshness, to statement: SQLiteStatement) {
        bind(freshness.privateTerms, to: statement, at: 5)
        bind(freshness.sharedTerms, to: statement, at: 10)
    }

    private static func bind(_ terms: FreshnessTerms, to statement: SQLiteStatement, at first: Int32) {
        statement.bind(terms.lifetime, at: first)
        statement.bind(terms.source.rawValue, at: first + 1)
        statement.bind(terms.demands.rawValue, at: first + 2)
        statement.bind(terms.staleWhileRevalidate, at: first + 3)
        statement.bind(terms.staleIfError, at: first + 4)
    }

    /// The terms of one kind of cache, whose columns begin there; those of the shared one come after those of the private one.
    static func terms(_ columns: UnsafeBufferPointer<Int64>, at first: Int) -> FreshnessTerms {
        terms { columns[first + $0] }
    }

    /// The same of the present row.
    static func terms(_ row: SQLiteStatement, at first: Int32) -> FreshnessTerms {
        terms { row.integer(first + Int32($0)) }
    }

    private static func terms(_ column: (Int) -> Int64) -> FreshnessTerms {
        FreshnessTerms(
            lifetime: column(0), source: LifetimeSource(rawValue: Int(column(1))) ?? .none,
            demands: ReuseDemands(rawValue: Int(column(2))), staleWhileRevalidate: column(3), staleIfError: column(4))
    }
}

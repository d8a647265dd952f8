/// A URL that is known and not finished, as the tables `queue`, `delayed` and `inflight` hold it: these columns in this order.
struct QueueRow {
    static let columns = "host_id, priority, seq, path, fingerprint, depth, referrer_id, flags, attempts"
    static let columnCount: Int32 = 9

    var host: Int64
    var priority: Int64
    var seq: Int64
    var path: String
    var fingerprint: Int64
    var depth: Int64
    var referrer: Int64?
    var flags: Int64
    var attempts: Int64

    init(
        host: Int64, priority: Int64, seq: Int64, path: String, fingerprint: Int64, depth: Int64, referrer: Int64?, flags: Int64,
        attempts: Int64
    ) {
        self.host = host
        self.priority = priority
        self.seq = seq
        self.path = path
        self.fingerprint = fingerprint
        self.depth = depth
        self.referrer = referrer
        self.flags = flags
        self.attempts = attempts
    }

    /// Reads the columns of the present row, which stand there from the first on.
    init(_ statement: SQLiteStatement) {
        self.init(
            host: statement.integer(0), priority: statement.integer(1), seq: statement.integer(2), path: statement.text(3),
            fingerprint: statement.integer(4), depth: statement.integer(5), referrer: statement.optionalInteger(6),
            flags: statement.integer(7), attempts: statement.integer(8))
    }

    /// Binds the columns to the parameters from `first` on.
    func bind(to statement: SQLiteStatement, from first: Int32) {
        statement.bind(host, at: first)
        statement.bind(priority, at: first + 1)
        statement.bind(seq, at: first + 2)
        statement.bind(path, at: first + 3)
        statement.bind(fingerprint, at: first + 4)
        statement.bind(depth, at: first + 5)
        statement.bind(referrer, at: first + 6)
        statement.bind(flags, at: first + 7)
        statement.bind(attempts, at: first + 8)
    }

    /// The order of the table `queue`.
    static func inOrder(_ left: QueueRow, _ right: QueueRow) -> Bool {
        (left.host, left.priority, left.seq) < (right.host, right.priority, right.seq)
    }
}

/// The number of a server in one job: scheme, host and port. Means nothing in another job.
package struct FrontierHostID: Hashable, Sendable {
    package let row: Int64

    package init(row: Int64) {
        self.row = row
    }
}

/// The number of a finished page in one job; it stays the same over all rounds.
package struct FrontierPageID: Hashable, Comparable, Sendable {
    package let row: Int64

    package init(row: Int64) {
        self.row = row
    }

    package static func < (left: FrontierPageID, right: FrontierPageID) -> Bool { left.row < right.row }
}

/// A URL that was found, on its way into the frontier. One whose fingerprint is known already is dropped.
package struct FrontierURL: Hashable, Sendable {
    package var url: String
    /// Scheme, host and port: what `url` begins with. URLs are kept apart by it, and leased in rotation.
    package var authority: String
    /// What tells the URL from others: equal ones are one URL. A hash of 64 well-mixed bits, the same in all processes and
    /// versions for the life of the job.
    package var fingerprint: UInt64
    /// Within its server the smallest goes first, and of equal ones that which was found first. The depth gives breadth first.
    package var priority: Int64
    /// Links from a seed to it; 0 is a seed.
    package var depth: Int
    /// Kept for the engine, which alone knows what they mean.
    package var flags: Int64

    /// - Parameter priority: nil stands for the depth.
    package init(url: String, authority: String, fingerprint: UInt64, depth: Int = 0, priority: Int64? = nil, flags: Int64 = 0) {
        self.url = url
        self.authority = authority
        self.fingerprint = fingerprint
        self.priority = priority ?? Int64(depth)
        self.depth = depth
        self.flags = flags
    }

    /// Whether the URL begins with its authority, as it must.
    var isConsistent: Bool { url.utf8.starts(with: authority.utf8) }

    /// The rest of the URL behind the authority.
    var path: String { String(url[url.utf8.index(url.startIndex, offsetBy: authority.utf8.count)...]) }

    /// What it holds in memory, about.
    var byteCount: Int { 96 + url.utf8.count + authority.utf8.count }
}

/// A URL that was handed out to this process, until it is completed, postponed, refused or given back.
package struct LeasedURL: Hashable, Sendable {
    /// Names the URL within the job.
    let seq: Int64
    package let host: FrontierHostID
    package let authority: String
    let path: String
    package let fingerprint: UInt64
    package let priority: Int64
    /// Links from a seed to it.
    package let depth: Int
    /// The page that it was first found on; nil: a seed.
    package let referrer: FrontierPageID?
    package let flags: Int64
    /// Fetches that failed so far, as told to `FrontierStore.postpone`.
    package let attempts: Int

    package var url: String { authority + path }

    init(_ row: QueueRow, authority: String) {
        seq = row.seq
        host = FrontierHostID(row: row.host)
        self.authority = authority
        path = row.path
        fingerprint = UInt64(bitPattern: row.fingerprint)
        priority = row.priority
        depth = Int(clamping: row.depth)
        referrer = row.referrer.map(FrontierPageID.init(row:))
        flags = row.flags
        attempts = Int(clamping: row.attempts)
    }

    /// The row that it came from.
    ///
    /// - Parameter attempts: nil leaves them.
    func row(attempts: Int? = nil) -> QueueRow {
        QueueRow(
            host: host.row, priority: priority, seq: seq, path: path, fingerprint: Int64(bitPattern: fingerprint),
            depth: Int64(depth), referrer: referrer?.row, flags: flags, attempts: Int64(attempts ?? self.attempts))
    }
}

/// What a lease brought.
package struct FrontierLease: Sendable {
    package var urls: [LeasedURL] = []
    /// When the next of the postponed URLs comes back, in milliseconds since 1970; nil: none is postponed.
    package var nextDueMilliseconds: Int64?
}

import HTTPSemantics
import Synchronization

/// What one or several requests did, for the statistics.
package struct ActivityDelta: Hashable, Sendable {
    /// A short stable name: "hit", "revalidated", "miss" and so on. Few of them: each is a row for each day.
    package var outcome: String
    package var requests: Int64
    /// Received from the network.
    package var networkBytes: Int64
    /// Served from the cache instead of the network.
    package var savedBytes: Int64

    package init(outcome: String, requests: Int64 = 1, networkBytes: Int64 = 0, savedBytes: Int64 = 0) {
        self.outcome = outcome
        self.requests = requests
        self.networkBytes = networkBytes
        self.savedBytes = savedBytes
    }
}

/// Sums of what was done, collected in memory and written with the next group.
final class ActivityLedger: Sendable {
    struct Key: Hashable, Sendable {
        /// Days since 1970-01-01, UTC.
        let day: Int64
        let outcome: String
    }

    typealias Sums = [Key: ActivityDelta]

    private let sums = Mutex(Sums())

    func add(_ delta: ActivityDelta, at time: UnixTime) {
        let key = Key(day: time.seconds.floorDivided(by: 86_400), outcome: delta.outcome)
        sums.withLock { Self.add(delta, to: &$0, under: key) }
    }

    /// Adds sums that could not be written.
    func add(_ other: Sums) {
        sums.withLock { sums in
            for (key, delta) in other { Self.add(delta, to: &sums, under: key) }
        }
    }

    private static func add(_ delta: ActivityDelta, to sums: inout Sums, under key: Key) {
        guard let place = sums.index(forKey: key) else {
            sums[key] = delta
            return
        }
        sums.values[place].requests += delta.requests
        sums.values[place].networkBytes += delta.networkBytes
        sums.values[place].savedBytes += delta.savedBytes
    }

    func take() -> Sums {
        sums.withLock { sums in
            let taken = sums
            sums = [:]
            return taken
        }
    }

    var isEmpty: Bool { sums.withLock { $0.isEmpty } }
}

extension Int64 {
    /// The quotient rounded down, for days before 1970.
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// The statement that writes the sums. Used by the writing thread inside its transaction.
final class ActivityWriter {
    private let upsert: SQLiteStatement

    init(connection: SQLiteConnection) throws(StoreError) {
        upsert = try connection.prepare(
            """
            INSERT INTO activity (day, outcome, requests, network_bytes, saved_bytes) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
                network_bytes = network_bytes + excluded.network_bytes, saved_bytes = saved_bytes + excluded.saved_bytes
            """)
    }

    func write(_ sums: ActivityLedger.Sums) throws(StoreError) {
        for (key, delta) in sums {
            upsert.bind(key.day, at: 1)
            upsert.bind(key.outcome, at: 2)
            upsert.bind(delta.requests, at: 3)
            upsert.bind(delta.networkBytes, at: 4)
            upsert.bind(delta.savedBytes, at: 5)
            try upsert.run("write the activity")
        }
    }
}

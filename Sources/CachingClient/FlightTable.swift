import DequeModule
import HTTPCaching
import Synchronization

/// The fetches under way that others may join, one for each key.
final class FlightTable: Sendable {
    private struct Table {
        var flights: [CacheKey: Flight] = [:]
        /// How many have left.
        var departures = 0
        /// The number of each key's last departure, for those of late.
        var recent: [CacheKey: Int] = [:]
        var order: Deque<CacheKey> = []

        mutating func depart(_ key: CacheKey) {
            flights[key] = nil
            departures += 1
            recent[key] = departures
            order.append(key)
            if order.count > FlightTable.maximumRecent {
                let oldest = order.removeFirst()
                if recent[oldest] == departures - FlightTable.maximumRecent { recent[oldest] = nil }
            }
        }
    }

    /// How many departures are known by their key.
    private static let maximumRecent = 512

    private let flights = Mutex(Table())

    /// Joins the fetch of a key, or makes a new one, which the caller must start.
    func join(_ key: CacheKey) -> (flight: Flight, reader: Int, isNew: Bool) {
        flights.withLock { table in
            if let flight = table.flights[key], let reader = flight.join() { return (flight, reader, false) }
            let flight = Flight(isShared: true)
            table.flights[key] = flight
            // A flight that nobody has left yet takes every reader.
            return (flight, flight.join() ?? 0, true)
        }
    }

    /// Makes a new fetch of a key that nobody waits for, unless one is under way.
    func begin(_ key: CacheKey) -> Flight? {
        flights.withLock { table in
            guard table.flights[key] == nil else { return nil }
            let flight = Flight(isShared: true)
            table.flights[key] = flight
            return flight
        }
    }

    /// The fetch of a key whose content is complete, but perhaps not yet in the store.
    func ended(_ key: CacheKey) -> Flight? {
        flights.withLock { table in table.flights[key].flatMap { $0.hasEnded ? $0 : nil } }
    }

    /// A moment, to be handed to `hasDeparted`.
    var mark: Int { flights.withLock(\.departures) }

    /// Whether a fetch of the key has left the table since: who looked into the store before must look again. Tells true where so
    /// many have left that it is not known.
    func hasDeparted(_ key: CacheKey, since mark: Int) -> Bool {
        flights.withLock { table in
            (table.recent[key] ?? 0) > mark || table.departures - mark >= Self.maximumRecent
        }
    }

    /// Nobody joins the fetches of these keys from now on: what they bring is out of date.
    func forget(_ keys: [CacheKey]) {
        flights.withLock { table in
            for key in keys where table.flights[key] != nil { table.depart(key) }
        }
    }

    /// Nobody joins this fetch from now on.
    func remove(_ flight: Flight, of key: CacheKey) {
        flights.withLock { table in
            if table.flights[key] === flight { table.depart(key) }
        }
    }
}

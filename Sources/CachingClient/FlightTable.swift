import HTTPCaching
import Synchronization

/// The fetches under way that others may join, one for each key.
final class FlightTable: Sendable {
    private let flights = Mutex<[CacheKey: Flight]>([:])

    /// Joins the fetch of a key, or makes a new one, which the caller must start.
    func join(_ key: CacheKey) -> (flight: Flight, reader: Int, isNew: Bool) {
        flights.withLock { flights in
            if let flight = flights[key], let reader = flight.join() { return (flight, reader, false) }
            let flight = Flight(isShared: true)
            flights[key] = flight
            // A flight that nobody has left yet takes every reader.
            return (flight, flight.join() ?? 0, true)
        }
    }

    /// Makes a new fetch of a key that nobody waits for, unless one is under way.
    func begin(_ key: CacheKey) -> Flight? {
        flights.withLock { flights in
            guard flights[key] == nil else { return nil }
            let flight = Flight(isShared: true)
            flights[key] = flight
            return flight
        }
    }

    /// The fetch of a key whose content is complete, but perhaps not yet in the store.
    func ended(_ key: CacheKey) -> Flight? {
        flights.withLock { flights in flights[key].flatMap { $0.hasEnded ? $0 : nil } }
    }

    /// Nobody joins this fetch from now on.
    func remove(_ flight: Flight, of key: CacheKey) {
        flights.withLock { flights in
            if flights[key] === flight { flights[key] = nil }
        }
    }

    /// How many there are.
    var count: Int { flights.withLock { $0.count } }
}

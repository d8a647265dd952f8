import HTTPCaching
import Synchronization

/// Lets one fetch of a key be under way at a time in this process; others wait and then look into the store.
final class RequestCoalescer: Sendable {
    private let flights = Mutex<[CacheKey: [CheckedContinuation<Void, Never>]]>([:])

    /// Takes the lead for `key`, after whoever has it now.
    ///
    /// - Returns: whether it had to wait, so that the store may hold the answer by now.
    func lead(_ key: CacheKey) async -> Bool {
        var waited = false
        while !tryLead(key) {
            waited = true
            await withCheckedContinuation { continuation in
                let goesOn = flights.withLock { flights in
                    guard flights[key] != nil else { return true }
                    flights[key]?.append(continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        }
        return waited
    }

    /// Gives the lead back; all who wait look again, and one of them may lead next.
    func release(_ key: CacheKey) {
        let waiting = flights.withLock { $0.removeValue(forKey: key) ?? [] }
        for continuation in waiting { continuation.resume() }
    }

    private func tryLead(_ key: CacheKey) -> Bool {
        flights.withLock { flights in
            guard flights[key] == nil else { return false }
            flights[key] = []
            return true
        }
    }
}

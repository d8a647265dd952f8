import HTTPCaching
import Synchronization

/// Lets one fetch of a key be under way at a time in this process; others wait in line and then look into the store.
final class RequestCoalescer: Sendable {
    private struct Waiter {
        var ticket: Int
        /// Gets true with the lead, false where waiting was cancelled.
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// Keys under way, each with those who wait for its lead.
        var flights: [CacheKey: ArraySlice<Waiter>] = [:]
        var lastTicket = 0
    }

    private let state = Mutex(State())

    /// Takes the lead for `key`, after whoever has it now and those who came before.
    ///
    /// - Returns: whether it had to wait, so that the store may hold the answer by now.
    /// - Throws: `stopped` where the task was cancelled while it waited; the lead is not taken then.
    func lead(_ key: CacheKey) async throws(FetchError) -> Bool {
        if tryLead(key) { return false }
        guard await waitForLead(of: key) else { throw .stopped }
        return true
    }

    /// Gives the lead to the next in line, where there is one.
    func release(_ key: CacheKey) {
        let next = state.withLock { state -> Waiter? in
            guard let next = state.flights[key]?.popFirst() else {
                state.flights[key] = nil
                return nil
            }
            return next
        }
        next?.continuation.resume(returning: true)
    }

    /// How many wait for the key's lead.
    func waiting(for key: CacheKey) -> Int {
        state.withLock { $0.flights[key]?.count ?? 0 }
    }

    private func tryLead(_ key: CacheKey) -> Bool {
        state.withLock { state in
            guard state.flights[key] == nil else { return false }
            state.flights[key] = []
            return true
        }
    }

    /// Returns true with the lead, false where the task was cancelled first.
    private func waitForLead(of key: CacheKey) async -> Bool {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The task is marked as cancelled before its handler runs: either this sees the mark, or the handler the entry.
                let result = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    guard state.flights[key] != nil else {
                        state.flights[key] = []
                        return true
                    }
                    state.flights[key]?.append(Waiter(ticket: ticket, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.flights[key]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
                return state.flights[key]?.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }
}

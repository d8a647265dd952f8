import NIOCore
import Synchronization

/// The open client connections of a server.
final class AcceptedConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
        var whenEmpty: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// - Returns: false where the server stops and wants no more.
    func add(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) {
        let waiter = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = nil
            guard state.channels.isEmpty else { return CheckedContinuation<Void, Never>?.none }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        waiter?.resume()
    }

    /// Tells every connection that the server stops, waits until all have ended, and closes those that take longer than `limit`.
    func stop(limit: Duration) async {
        let channels = state.withLock { state in
            state.isStopping = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ServerStops()) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                for channel in self.state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
            }
            await group.next()
            group.cancelAll()
            // Closing them all lets the waiter go as well.
            await group.waitForAll()
        }
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.channels.isEmpty { return true }
                state.whenEmpty = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }
}

import NIOCore
import Synchronization

/// The shell around `PoolMachine`: shared by all threads, decides under a lock and acts after it.
final class ConnectionPool: Sendable {
    /// What a request gets.
    enum Lease: Sendable {
        case reused(Connection)
        /// The right, and the duty, to open one: `opened` or `openingFailed` must follow.
        case open
    }

    /// What there is for a request at once.
    enum Offer {
        case lease(Lease)
        /// Nothing yet: `wait` must follow.
        case turn(Turn)
    }

    /// A place among those who wait for a connection.
    struct Turn {
        fileprivate let waiter: UInt64
        fileprivate let route: Route
    }

    private typealias Settlement = Result<Lease, TransportError>

    /// One who waits for a connection, in either order of asking and getting.
    private enum Waiter {
        case waiting(UnsafeContinuation<Settlement, Never>)
        case settled(Settlement)
    }

    private struct State {
        var machine: PoolMachine<Route, Connection>
        /// Every open connection, for the end.
        var connections: [ObjectIdentifier: Connection] = [:]
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0

        /// - Returns: the continuation to resume with `settlement` after the lock; nil where it lies ready instead.
        mutating func settle(_ id: UInt64, _ settlement: Settlement) -> UnsafeContinuation<Settlement, Never>? {
            if case .waiting(let continuation) = waiters.removeValue(forKey: id) { return continuation }
            waiters[id] = .settled(settlement)
            return nil
        }
    }

    private let state: Mutex<State>

    init(loops: Int, maximumPerRoute: Int?, maximumIdle: Int) {
        state = Mutex(
            State(machine: PoolMachine(loops: loops, maximumPerRoute: maximumPerRoute, maximumIdle: maximumIdle)))
    }

    private static let isShutDown = TransportError(.internal, .connect, "the transport is shut down")

    // MARK: Taking

    /// - Parameters:
    ///   - loop: the index of the event loop whose connections are preferred; nil: no preference.
    ///   - fresh: whether a connection kept alive won't do.
    func lease(_ route: Route, loop: Int?, fresh: Bool) throws(TransportError) -> Offer {
        let (waiter, lease) = state.withLock { state -> (UInt64, PoolMachine<Route, Connection>.Lease) in
            state.nextWaiter += 1
            return (state.nextWaiter, state.machine.lease(route, loop: loop, fresh: fresh, waiter: state.nextWaiter))
        }
        switch lease {
        case .use(let connection): return .lease(.reused(connection))
        case .open: return .lease(.open)
        case .shutDown: throw Self.isShutDown
        case .wait: return .turn(Turn(waiter: waiter, route: route))
        }
    }

    /// Waits for a connection; the time that takes has no limit but the cancellation of the task.
    func wait(_ turn: Turn) async throws(TransportError) -> Lease {
        let (id, route) = (turn.waiter, turn.route)
        let settlement: Settlement = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let settlement = state.withLock { state -> Settlement? in
                    if case .settled(let settlement) = state.waiters.removeValue(forKey: id) { return settlement }
                    state.waiters[id] = .waiting(continuation)
                    return nil
                }
                if let settlement { continuation.resume(returning: settlement) }
            }
        } onCancel: {
            let cancelled = Settlement.failure(
                TransportError(.cancelled, .connect, "the wait for a connection to \(route.authority) was cancelled"))
            let continuation = state.withLock { state in
                // Where its turn has come already, the request itself notices the cancellation.
                state.machine.cancelWaiter(id, route) ? state.settle(id, cancelled) : nil
            }
            continuation?.resume(returning: cancelled)
        }
        return try settlement.get()
    }

    // MARK: Giving back

    /// A connection has been opened; it is busy.
    ///
    /// - Returns: false where the pool has been shut down meanwhile and the connection must go.
    func opened(_ connection: Connection) -> Bool {
        state.withLock { state in
            guard !state.machine.isShutDown else { return false }
            state.connections[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    /// A connection could not be opened.
    func openingFailed(_ route: Route) {
        depart(route, loop: 0, id: nil)
    }

    /// A connection is free again.
    func release(_ connection: Connection) {
        let (surplus, continuation) = state.withLock { state -> (Connection?, UnsafeContinuation<Settlement, Never>?) in
            switch state.machine.release(
                connection.route, loop: connection.loopIndex, id: ObjectIdentifier(connection), handle: connection)
            {
            case .parked: (nil, nil)
            case .hand(let waiter): (nil, state.settle(waiter, .success(.reused(connection))))
            case .close(let surplus): (surplus, nil)
            }
        }
        surplus?.close()
        continuation?.resume(returning: .success(.reused(connection)))
    }

    /// An open connection has ended.
    func connectionClosed(_ connection: Connection) {
        depart(connection.route, loop: connection.loopIndex, id: ObjectIdentifier(connection))
    }

    private func depart(_ route: Route, loop: Int, id: ObjectIdentifier?) {
        let continuation = state.withLock { state -> UnsafeContinuation<Settlement, Never>? in
            if let id, state.connections.removeValue(forKey: id) == nil { return nil }
            switch state.machine.closed(route, loop: loop, id: id) {
            case .none: return nil
            case .open(let waiter): return state.settle(waiter, .success(.open))
            }
        }
        continuation?.resume(returning: .success(.open))
    }

    /// Connections without a request, over all origins.
    var idleCount: Int { state.withLock(\.machine.idleCount) }

    /// Open connections.
    var openCount: Int { state.withLock(\.connections.count) }

    /// Closes every connection and turns everybody away.
    func shutDown() {
        let failure = Settlement.failure(Self.isShutDown)
        let (connections, continuations) = state.withLock { state in
            let waiting = state.machine.shutDown().compactMap { state.settle($0, failure) }
            defer { state.connections = [:] }
            return (Array(state.connections.values), waiting)
        }
        for continuation in continuations { continuation.resume(returning: failure) }
        for connection in connections { connection.close() }
    }
}

import NIOCore

/// Which connection serves which request, as a value: handles go in and out, nothing is opened or closed here.
///
/// Connections without a request are kept by route and event loop, the most recently used taken first.
struct PoolMachine<Route: Hashable, Handle> {
    typealias ConnectionID = ObjectIdentifier
    typealias WaiterID = UInt64

    private struct Idle {
        var id: ConnectionID
        var handle: Handle
        /// Which entry of `idleOrder` speaks of this connection; older ones are void.
        var stamp: UInt64
    }

    /// A route that is passed around without a copy of its parts.
    private final class SharedRoute {
        let route: Route

        init(_ route: Route) {
            self.route = route
        }
    }

    private struct Group {
        let route: SharedRoute
        /// By event loop, the most recently used last.
        var idle: [[Idle]]
        /// Open connections and those being opened.
        var openCount = 0
        var waiters = CircularBuffer<WaiterID>()

        init(_ route: Route, loops: Int) {
            self.route = SharedRoute(route)
            idle = Array(repeating: [], count: loops)
        }
    }

    private struct Parked {
        var route: SharedRoute
        var loop: Int
        var stamp: UInt64
    }

    private let loops: Int
    private let maximumPerRoute: Int?
    private let maximumIdle: Int
    private var groups: [Route: Group] = [:]
    /// Connections in the order in which they became idle; entries of connections that have left since are passed over.
    private var idleOrder = CircularBuffer<Parked>()
    private(set) var idleCount = 0
    /// For the tests: how much `idleOrder` holds, void entries included.
    var idleOrderCount: Int { idleOrder.count }
    private var stamp: UInt64 = 0
    private(set) var isShutDown = false

    init(loops: Int, maximumPerRoute: Int?, maximumIdle: Int) {
        self.loops = loops
        self.maximumPerRoute = maximumPerRoute
        self.maximumIdle = maximumIdle
    }

    enum Lease {
        case use(Handle)
        /// Open a connection; it is counted already.
        case open
        /// Every permitted connection is busy: the waiter is told when its turn comes.
        case wait
        case shutDown
    }

    /// - Parameters:
    ///   - loop: the event loop whose connections are preferred; nil: no preference.
    ///   - fresh: whether a connection kept alive won't do.
    mutating func lease(_ route: Route, loop: Int?, fresh: Bool, waiter: WaiterID) -> Lease {
        guard !isShutDown else { return .shutDown }
        if !fresh, let handle = takeIdle(route, loop: loop) { return .use(handle) }
        if let maximumPerRoute, let group = groups[route], group.openCount >= maximumPerRoute {
            // No room for a fresh one; what is idle now is as good as what will be.
            if let handle = takeIdle(route, loop: loop) { return .use(handle) }
            groups[route]?.waiters.append(waiter)
            return .wait
        }
        groups[route, default: Group(route, loops: loops)].openCount += 1
        return .open
    }

    private mutating func takeIdle(_ route: Route, loop: Int?) -> Handle? {
        guard let index = groups.index(forKey: route) else { return nil }
        if let loop, let idle = groups.values[index].idle[loop].popLast() {
            left(idle)
            return idle.handle
        }
        for other in 0..<loops where other != loop {
            if let idle = groups.values[index].idle[other].popLast() {
                left(idle)
                return idle.handle
            }
        }
        return nil
    }

    /// One that was idle is so no more. Its entry in the order goes at once where that costs nothing: mostly it is the newest.
    private mutating func left(_ idle: Idle) {
        idleCount -= 1
        if idleOrder.last?.stamp == idle.stamp { idleOrder.removeLast() }
    }

    enum Release {
        case parked
        /// Somebody waits for it.
        case hand(to: WaiterID)
        /// It, or an older one in its favour, is one too many.
        case close(Handle)
    }

    /// A connection is free again.
    mutating func release(_ route: Route, loop: Int, id: ConnectionID, handle: Handle) -> Release {
        guard !isShutDown, let index = groups.index(forKey: route) else { return .close(handle) }
        if let waiter = groups.values[index].waiters.popFirst() { return .hand(to: waiter) }
        guard maximumIdle > 0 else { return .close(handle) }
        stamp += 1
        groups.values[index].idle[loop].append(Idle(id: id, handle: handle, stamp: stamp))
        idleOrder.append(Parked(route: groups.values[index].route, loop: loop, stamp: stamp))
        idleCount += 1
        if idleOrder.count > 2 * maximumIdle + 64 { dropVoidOrder() }
        return idleCount > maximumIdle ? evictOldest() : .parked
    }

    private mutating func evictOldest() -> Release {
        while let oldest = idleOrder.popFirst() {
            guard let index = groups.index(forKey: oldest.route.route),
                let position = groups.values[index].idle[oldest.loop].firstIndex(where: { $0.stamp == oldest.stamp })
            else { continue }
            idleCount -= 1
            return .close(groups.values[index].idle[oldest.loop].remove(at: position).handle)
        }
        return .parked
    }

    private mutating func dropVoidOrder() {
        var valid = Set<UInt64>()
        for group in groups.values {
            for idle in group.idle { valid.formUnion(idle.lazy.map(\.stamp)) }
        }
        idleOrder = CircularBuffer(idleOrder.filter { valid.contains($0.stamp) })
    }

    enum Departure: Equatable {
        case none
        /// There is room again: open a connection for that waiter; it is counted already.
        case open(for: WaiterID)
    }

    /// A connection has ended, or could not be opened.
    mutating func closed(_ route: Route, loop: Int, id: ConnectionID?) -> Departure {
        guard let index = groups.index(forKey: route) else { return .none }
        if let id, let position = groups.values[index].idle[loop].lastIndex(where: { $0.id == id }) {
            groups.values[index].idle[loop].remove(at: position)
            idleCount -= 1
        }
        if let waiter = groups.values[index].waiters.popFirst() { return .open(for: waiter) }
        groups.values[index].openCount -= 1
        if groups.values[index].openCount <= 0 { groups.remove(at: index) }
        return .none
    }

    /// - Returns: false where the waiter's turn has come already.
    mutating func cancelWaiter(_ waiter: WaiterID, _ route: Route) -> Bool {
        guard let index = groups.index(forKey: route),
            let position = groups.values[index].waiters.firstIndex(of: waiter)
        else { return false }
        groups.values[index].waiters.remove(at: position)
        return true
    }

    /// - Returns: those who wait, in vain from now on.
    mutating func shutDown() -> [WaiterID] {
        isShutDown = true
        let waiters = groups.values.flatMap { Array($0.waiters) }
        groups = [:]
        idleOrder = []
        idleCount = 0
        return waiters
    }
}

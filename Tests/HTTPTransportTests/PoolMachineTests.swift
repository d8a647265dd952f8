import Testing

@testable import HTTPTransport

/// Which connection serves which request.
@Suite struct PoolMachineTests {
    private final class Handle {}
    private typealias Machine = PoolMachine<String, Handle>

    private func open(_ machine: inout Machine, _ route: String, waiter: UInt64 = 0) -> Handle? {
        if case .open = machine.lease(route, loop: nil, fresh: true, waiter: waiter) { Handle() } else { nil }
    }

    private func release(_ machine: inout Machine, _ handle: Handle, _ route: String, loop: Int = 0) -> Machine.Release {
        machine.release(route, loop: loop, id: ObjectIdentifier(handle), handle: handle)
    }

    private func used(_ lease: Machine.Lease) -> Handle? {
        if case .use(let handle) = lease { handle } else { nil }
    }

    private func closed(_ release: Machine.Release) -> Handle? {
        if case .close(let handle) = release { handle } else { nil }
    }

    @Test func theMostRecentlyUsedIsTakenFirst() throws {
        var machine = Machine(loops: 1, maximumPerRoute: nil, maximumIdle: 10)
        let (a, b) = (try #require(open(&machine, "x")), try #require(open(&machine, "x")))
        _ = release(&machine, a, "x")
        _ = release(&machine, b, "x")
        #expect(used(machine.lease("y", loop: nil, fresh: false, waiter: 0)) == nil, "another origin")
        #expect(used(machine.lease("x", loop: nil, fresh: false, waiter: 0)) === b)
        #expect(used(machine.lease("x", loop: nil, fresh: false, waiter: 0)) === a)
        #expect(machine.idleCount == 0)
    }

    @Test func theEventLoopAtHandIsPreferred() throws {
        var machine = Machine(loops: 2, maximumPerRoute: nil, maximumIdle: 10)
        let (a, b) = (try #require(open(&machine, "x")), try #require(open(&machine, "x")))
        _ = release(&machine, a, "x", loop: 0)
        _ = release(&machine, b, "x", loop: 1)
        #expect(used(machine.lease("x", loop: 0, fresh: false, waiter: 0)) === a)
        #expect(used(machine.lease("x", loop: 0, fresh: false, waiter: 0)) === b)
    }

    @Test func theLeastRecentlyUsedGoesFirst() throws {
        var machine = Machine(loops: 1, maximumPerRoute: nil, maximumIdle: 2)
        let handles = try ["x", "y", "z"].map { try #require(open(&machine, $0)) }
        _ = release(&machine, handles[0], "x")
        _ = release(&machine, handles[1], "y")
        // Used again: y is the oldest now.
        _ = machine.lease("x", loop: nil, fresh: false, waiter: 0)
        _ = release(&machine, handles[0], "x")
        #expect(closed(release(&machine, handles[2], "z")) === handles[1])
        #expect(machine.idleCount == 2)
    }

    @Test func theOrderStaysBounded() throws {
        var machine = Machine(loops: 1, maximumPerRoute: nil, maximumIdle: 1)
        let handle = try #require(open(&machine, "x"))
        for _ in 0..<10_000 {
            #expect(closed(release(&machine, handle, "x")) == nil)
            #expect(used(machine.lease("x", loop: nil, fresh: false, waiter: 0)) === handle)
        }
        #expect(machine.idleOrderCount < 100)
    }

    @Test func beyondTheLimitRequestsWaitTheirTurn() throws {
        var machine = Machine(loops: 1, maximumPerRoute: 1, maximumIdle: 10)
        let handle = try #require(open(&machine, "x"))
        for waiter in 1...3 as ClosedRange<UInt64> {
            guard case .wait = machine.lease("x", loop: nil, fresh: false, waiter: waiter) else {
                Issue.record("\(waiter) does not wait")
                return
            }
        }
        check(machine.cancelWaiter(2, "x"))
        check(!machine.cancelWaiter(2, "x"))
        guard case .hand(to: 1) = release(&machine, handle, "x") else {
            Issue.record("the first is not served")
            return
        }
        #expect(machine.closed("x", loop: 0, id: ObjectIdentifier(handle)) == .open(for: 3))
        #expect(machine.closed("x", loop: 0, id: nil) == .none)
        #expect(open(&machine, "x") != nil)
    }

    @Test func aConnectionThatEndsIsForgotten() throws {
        var machine = Machine(loops: 1, maximumPerRoute: nil, maximumIdle: 10)
        let handle = try #require(open(&machine, "x"))
        _ = release(&machine, handle, "x")
        #expect(machine.closed("x", loop: 0, id: ObjectIdentifier(handle)) == .none)
        #expect(machine.idleCount == 0)
        #expect(used(machine.lease("x", loop: nil, fresh: false, waiter: 0)) == nil)
    }

    @Test func afterTheShutdownNothingIsGivenOrKept() throws {
        var machine = Machine(loops: 1, maximumPerRoute: 1, maximumIdle: 10)
        let handle = try #require(open(&machine, "x"))
        _ = machine.lease("x", loop: nil, fresh: false, waiter: 7)
        #expect(machine.shutDown() == [7])
        #expect(closed(release(&machine, handle, "x")) === handle)
        guard case .shutDown = machine.lease("x", loop: nil, fresh: false, waiter: 0) else {
            Issue.record("a connection is given")
            return
        }
    }
}

import NIOCore
import Testing

@testable import HTTPTransport

/// A connection as a dialogue of events and actions, with a clock moved by hand.
@Suite struct ConnectionMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let length = ResponseFraming(length: .bytes(5), isPersistent: true)

    private func machine() -> ConnectionMachine {
        ConnectionMachine(
            limits: .init(idleTimeout: .seconds(30), idleConnectionLifetime: .seconds(60), maximumHeadBytes: 100), now: start)
    }

    private func started(deadline: NIODeadline? = nil, isWriting: Bool = false) -> ConnectionMachine {
        var machine = machine()
        _ = machine.start(isHead: false, deadline: deadline, isWriting: isWriting, now: start)
        return machine
    }

    private func receiving(_ framing: ResponseFraming, isWriting: Bool = false) -> ConnectionMachine {
        var machine = started(isWriting: isWriting)
        _ = machine.bytesArrived(50, now: start)
        _ = machine.headArrived(framing)
        return machine
    }

    @Test func anExchangeGoesFromIdleToIdle() {
        var machine = machine()
        check(machine.start(isHead: false, deadline: nil, isWriting: false, now: start))
        check(!machine.start(isHead: false, deadline: nil, isWriting: false, now: start), "one at a time")
        check(machine.bytesArrived(60, now: start + .milliseconds(7)))
        #expect(machine.firstByteDelay == .milliseconds(7))
        check(machine.headArrived(length))
        check(machine.bodyArrived(3))
        #expect(machine.readCompleted(now: start) == .goOn)
        check(machine.bodyArrived(2))
        machine.endArrived()
        #expect(machine.readCompleted(now: start + .seconds(1)) == .release)
        #expect(machine.state == .idle(since: start + .seconds(1)))
        check(machine.start(isHead: true, deadline: nil, isWriting: false, now: start))
        #expect(machine.expectsNoBody)
    }

    @Test func aConnectionThatDoesNotPersistIsClosed() {
        var machine = receiving(ResponseFraming(length: .none, isPersistent: false))
        machine.endArrived()
        #expect(machine.readCompleted(now: start) == .close)
        check(!machine.start(isHead: false, deadline: nil, isWriting: false, now: start))
    }

    @Test func extraBytesCloseTheConnectionButNotTheExchange() {
        var machine = receiving(length)
        machine.endArrived()
        machine.foundExtraBytes()
        #expect(machine.failed(.protocolViolation("x")) == nil)
        #expect(machine.readCompleted(now: start) == .close)
    }

    @Test func bytesWithoutRequestAreUnsolicited() {
        var machine = machine()
        check(!machine.bytesArrived(1, now: start))
        #expect(machine.state == .closed)
    }

    @Test func aResponseBeforeTheRequestIsWrittenCostsTheConnection() {
        var machine = receiving(length, isWriting: true)
        machine.endArrived()
        #expect(machine.readCompleted(now: start) == .close)

        var written = receiving(length, isWriting: true)
        written.wrote(isLast: true, now: start)
        written.endArrived()
        #expect(written.readCompleted(now: start) == .release)
    }

    @Test func theEndOfInputMeansWhatTheFramingSays() {
        var untouched = started()
        let closed = untouched.failed(.endOfInput)
        #expect(closed?.code == .connectionClosed)
        #expect(closed?.isUnanswered == true)

        var withinHead = started()
        _ = withinHead.bytesArrived(3, now: start)
        #expect(withinHead.failed(.endOfInput)?.isUnanswered == false)

        var withinBody = receiving(length)
        _ = withinBody.bodyArrived(2)
        let truncated = withinBody.failed(.endOfInput)
        #expect(truncated?.code == .truncatedBody)
        #expect(truncated?.detail.contains("2 bytes") == true)
        #expect(truncated?.detail.contains("5 were announced") == true)

        // The parser has reported the end of a body that ends with the connection before the connection itself ends.
        var untilClose = receiving(ResponseFraming(length: .untilClose, isPersistent: false))
        untilClose.endArrived()
        #expect(untilClose.failed(.endOfInput) == nil)
        #expect(untilClose.readCompleted(now: start) == .close)

        // A fault before it takes that proof away.
        var reset = receiving(ResponseFraming(length: .untilClose, isPersistent: false))
        #expect(reset.failed(.reset)?.code == .connectionReset)
        reset.endArrived()
        #expect(reset.state == .closed)
    }

    @Test func theHeadHasALimit() {
        var machine = started()
        _ = machine.bytesArrived(100, now: start)
        #expect(machine.isHeadWithinLimit())
        _ = machine.bytesArrived(1, now: start)
        #expect(!machine.isHeadWithinLimit())
        #expect(machine.failed(.headTooLarge)?.code == .headTooLarge)
    }

    @Test func theTimerLooksAtTheLatestActivity() {
        var machine = started()
        #expect(machine.nextDeadline == start + .seconds(30))
        _ = machine.bytesArrived(1, now: start + .seconds(20))
        #expect(machine.timerFired(now: start + .seconds(30)) == .wait(until: start + .seconds(50)))
        guard case .fail(let failure) = machine.timerFired(now: start + .seconds(50)) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.code == .timeout)
        #expect(failure.phase == .head)
        #expect(!failure.isUnanswered)
    }

    @Test func theDeadlineOfTheExchangeComesFirst() {
        var machine = started(deadline: start + .seconds(5))
        #expect(machine.nextDeadline == start + .seconds(5))
        guard case .fail(let failure) = machine.timerFired(now: start + .seconds(5)) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.code == .maximumTime)
    }

    @Test func aPauseStopsTheClock() {
        var machine = receiving(length)
        machine.pause()
        #expect(machine.isPaused)
        #expect(machine.nextDeadline == nil)
        machine.resume(now: start + .seconds(100))
        #expect(machine.nextDeadline == start + .seconds(130))
    }

    @Test func contentThatTheCallerOwesStopsTheClock() {
        var machine = started(deadline: start + .seconds(300), isWriting: true)
        machine.awaitContent(true, now: start)
        #expect(machine.nextDeadline == start + .seconds(300))
        machine.awaitContent(false, now: start + .seconds(100))
        #expect(machine.nextDeadline == start + .seconds(130))
        machine.wrote(isLast: true, now: start + .seconds(110))
        #expect(machine.nextDeadline == start + .seconds(140))
    }

    @Test func anIdleConnectionEnds() {
        var machine = machine()
        #expect(machine.timerFired(now: start + .seconds(59)) == .wait(until: start + .seconds(60)))
        #expect(machine.timerFired(now: start + .seconds(60)) == .closeIdle)
    }
}

import NIOCore

extension ConnectionMachine {
    enum TimerAction: Equatable {
        /// Nothing is due; look again at that time, or never where it is nil.
        case wait(until: NIODeadline?)
        /// The connection has had no request for too long.
        case closeIdle
        case fail(Failure)
    }

    /// When the machine next has to look at the time; nil: not before another event.
    var nextDeadline: NIODeadline? {
        switch state {
        case .idle(let since):
            since + limits.idleConnectionLifetime
        case .awaiting(let progress):
            nextDeadline(progress)
        case .receiving(let progress, _):
            nextDeadline(progress)
        case .finished, .closed:
            nil
        }
    }

    private func nextDeadline(_ progress: Progress) -> NIODeadline? {
        guard !progress.isPaused, !progress.awaitsContent else { return progress.deadline }
        return min(progress.lastActivity + limits.idleTimeout, progress.deadline ?? .distantFuture)
    }

    /// The time has been looked at: perhaps too early, as the timer is not moved with each byte.
    mutating func timerFired(now: NIODeadline) -> TimerAction {
        guard let due = nextDeadline, due <= now else { return .wait(until: nextDeadline) }
        defer { state = .closed }
        switch state {
        case .idle, .finished, .closed:
            return .closeIdle
        case .awaiting(let progress):
            return .fail(overdue(progress, phase: progress.isWriting && progress.headBytes == 0 ? .write : .head, now: now))
        case .receiving(let progress, _):
            return .fail(overdue(progress, phase: .body, now: now))
        }
    }

    private func overdue(_ progress: Progress, phase: TransportError.Phase, now: NIODeadline) -> Failure {
        if let deadline = progress.deadline, deadline <= now {
            return Failure(
                code: .maximumTime, phase: phase, detail: "the exchange took longer than its limit",
                isUnanswered: progress.headBytes == 0)
        }
        return Failure(
            code: .timeout, phase: phase,
            detail: "no byte arrived for \(limits.idleTimeout.nanoseconds / 1_000_000) ms", isUnanswered: progress.headBytes == 0)
    }
}

import NIOCore

/// One time limit at a time for a connection, at the cost of one scheduled task however often the limit moves: when the task
/// comes due too early, it is scheduled again.
struct ConnectionTimer {
    private var deadline: NIODeadline?
    private var scheduled: (task: Scheduled<Void>, due: NIODeadline)?

    /// Sets the limit; nil: none.
    mutating func set(_ deadline: NIODeadline?, on eventLoop: any EventLoop, fire: @escaping @Sendable () -> Void) {
        self.deadline = deadline
        guard let deadline else { return }
        if let scheduled {
            if scheduled.due <= deadline { return }
            scheduled.task.cancel()
        }
        scheduled = (eventLoop.scheduleTask(deadline: deadline, fire), deadline)
    }

    /// The scheduled task has come due.
    ///
    /// - Returns: whether the limit has; else the task is scheduled again where there still is a limit.
    mutating func fired(now: NIODeadline, on eventLoop: any EventLoop, fire: @escaping @Sendable () -> Void) -> Bool {
        scheduled = nil
        guard let deadline else { return false }
        if deadline <= now {
            self.deadline = nil
            return true
        }
        set(deadline, on: eventLoop, fire: fire)
        return false
    }

    mutating func cancel() {
        deadline = nil
        scheduled?.task.cancel()
        scheduled = nil
    }
}

import Synchronization

/// Lets a progress line be redrawn four times a second, however often there is something new.
final class RedrawPace: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// Whether it is time; from then on the next quarter of a second counts.
    var isDue: Bool {
        let present = ContinuousClock.now
        return last.withLock { last in
            if let last, present - last < .milliseconds(250) { return false }
            last = present
            return true
        }
    }
}

import HTTPSemantics
import Synchronization

/// Spreads the content of all fetches over time so that together they stay under a rate.
final class BandwidthLimiter: Sendable {
    private let now: @Sendable () -> UnixTime
    private let budget: Mutex<BandwidthBudget>

    init(bytesPerSecond: Int64, now: @escaping @Sendable () -> UnixTime) {
        self.now = now
        self.budget = Mutex(BandwidthBudget(bytesPerSecond: bytesPerSecond))
    }

    /// Waits until the bytes that have come before are paid for; these bytes are charged to whoever comes next.
    func admit(_ bytes: Int) async throws {
        let present = now()
        let pause = budget.withLock { $0.charge(bytes, now: present) }
        if pause > 1 { try await Task.sleep(for: .milliseconds(Int64(pause))) }
    }
}

/// What is owed to the rate. Time pays it off; a clock that is set back pays nothing and adds nothing.
struct BandwidthBudget: Sendable {
    private let bytesPerSecond: Double
    /// Milliseconds until everything charged so far is paid for, as of `lastTime`.
    private var owed = 0.0
    private var lastTime: UnixTime?

    /// - Parameter bytesPerSecond: at least 1.
    init(bytesPerSecond: Int64) {
        self.bytesPerSecond = Double(max(1, bytesPerSecond))
    }

    /// Charges bytes.
    ///
    /// - Returns: milliseconds to wait until what was charged before is paid for.
    mutating func charge(_ bytes: Int, now: UnixTime) -> Double {
        let elapsed = lastTime.map { Double(max(0, now.milliseconds(since: $0))) } ?? 0
        let pause = max(0, owed - elapsed)
        owed = pause + Double(bytes) * 1000 / bytesPerSecond
        lastTime = now
        return pause
    }
}

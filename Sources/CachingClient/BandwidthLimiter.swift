import HTTPSemantics
import Synchronization

/// Spreads the content of all fetches over time so that together they stay under a rate.
final class BandwidthLimiter: Sendable {
    private let bytesPerSecond: Int64
    private let now: @Sendable () -> UnixTime
    /// The time at which everything admitted so far will have been paid for, in milliseconds since 1970.
    private let paidUntil: Mutex<Double>

    init(bytesPerSecond: Int64, now: @escaping @Sendable () -> UnixTime) {
        self.bytesPerSecond = max(1, bytesPerSecond)
        self.now = now
        self.paidUntil = Mutex(0)
    }

    /// Waits until the bytes that have come before are paid for; these bytes are charged to whoever comes next.
    func admit(_ bytes: Int) async throws {
        let present = Double(now().milliseconds)
        let pause = paidUntil.withLock { paidUntil in
            let start = max(paidUntil, present)
            paidUntil = start + Double(bytes) * 1000 / Double(bytesPerSecond)
            return start - present
        }
        if pause > 1 { try await Task.sleep(for: .milliseconds(Int64(pause))) }
    }
}

import Foundation
import Synchronization

/// Follows the peak of a process's resident memory. The kernel keeps the peak itself (`VmHWM`), so that nothing is missed between
/// two looks; what `wait4` reports would contain the memory of the process that started it.
final class MemoryGauge: Sendable {
    private let peak = Mutex<Int64>(0)
    private let isStopped = Mutex(false)

    /// The most that was seen, in bytes.
    var peakBytes: Int64 { peak.withLock { $0 } }

    init(_ process: Int32) {
        Thread.detachNewThread { [self] in
            while !isStopped.withLock({ $0 }) {
                if let bytes = Self.highWaterMark(of: process) { peak.withLock { $0 = max($0, bytes) } }
                usleep(10_000)
            }
        }
    }

    func stop() {
        isStopped.withLock { $0 = true }
    }

    private static func highWaterMark(of process: Int32) -> Int64? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").compactMap { Int64($0) }.first.map { $0 * 1024 }
    }
}

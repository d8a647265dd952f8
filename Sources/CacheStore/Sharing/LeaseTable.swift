/// The leases of keys: who fetches what, among the processes of a machine and the fetches of each.
///
/// A lease is one byte of one of 8 files, by the key's hash, locked as an open-file-description lock: the kernel drops it with the
/// process. The kernel walks a list of a file's locks, hence several files.
final class LeaseTable: Sendable {
    /// Where the lease of a key lies.
    struct Position: Sendable {
        let file: Int
        let byte: Int64

        init(hash: UInt64) {
            file = Int(truncatingIfNeeded: hash >> 40) & (LeaseTable.fileCount - 1)
            byte = Int64(hash & 0x3fff_ffff)
        }
    }

    static let fileCount = 8
    private static let shortestPause = Duration.microseconds(500)
    private static let longestPause = Duration.milliseconds(10)

    private let files: [LeaseFile]

    init(directory: CacheDirectory) {
        files = (0..<Self.fileCount).map { LeaseFile(directory: directory, number: $0) }
    }

    func tryTake(_ position: Position) -> Bool {
        files[position.file].attempt(position.byte) == .taken
    }

    func release(_ position: Position) {
        files[position.file].release(position.byte)
    }

    /// How many fetches of this process are in the line behind the one that has the lease or asks the kernel for it; nil where none
    /// does.
    func waiterCount(_ position: Position) -> Int? {
        files[position.file].waiterCount(position.byte)
    }

    /// Waits for the lease; returns whether there was anybody to wait for.
    func take(_ position: Position, within limit: Duration) async throws(StoreError) -> Bool {
        let (file, byte) = (files[position.file], position.byte)
        var turn = LeaseFile.Turn.asks(after: .zero)
        let deadline: ContinuousClock.Instant
        switch file.attempt(byte, reserves: true) {
        case .taken:
            return false
        case .heldElsewhere:
            deadline = ContinuousClock.now + limit
        case .heldHere:
            deadline = ContinuousClock.now + limit
            turn = await file.wait(for: byte, until: deadline)
        }
        switch turn {
        case .handedOver: return true
        case .late: throw busyError(file, byte)
        case .cancelled: throw cancelledError(file)
        case .asks(let pause): return try await poll(file, byte, pause: pause, until: deadline)
        }
    }

    /// Asks the kernel again and again for a byte that is reserved. It wakes its own waiters in order, but only threads, and one
    /// for each fetch that waits would be too many.
    private func poll(
        _ file: LeaseFile, _ byte: Int64, pause: Duration, until deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> Bool {
        var pause = max(pause, Self.shortestPause)
        while true {
            let left = deadline - ContinuousClock.now
            try? await Task.sleep(for: max(.zero, min(pause, left)))
            if file.take(byte) { return true }
            if Task.isCancelled || left <= pause {
                file.giveUp(byte)
                throw Task.isCancelled ? cancelledError(file) : busyError(file, byte)
            }
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private func busyError(_ file: LeaseFile, _ byte: Int64) -> StoreError {
        StoreError(
            .busy, operation: "wait for another fetch of the same URL", path: file.path, detail: "byte \(byte) is held")
    }

    private func cancelledError(_ file: LeaseFile) -> StoreError {
        StoreError(
            .closed, operation: "wait for another fetch of the same URL", path: file.path, detail: "the wait was cancelled")
    }
}

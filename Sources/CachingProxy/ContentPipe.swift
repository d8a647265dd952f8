import Synchronization

/// The content of a request between the client's connection and whoever sends it on; for one reader at a time.
///
/// It holds a bounded number of bytes: when it is full, the connection is not read until the reader has caught up.
final class ContentPipe: Sendable {
    /// The client went away, or sent nothing for too long, before its content was complete.
    struct ContentCutShort: Error {}

    private struct State {
        var pieces: [[UInt8]] = []
        var bytes = 0
        var isEnded = false
        var isCutShort = false
        var isFull = false
        var hasBegun = false
        var waiter: CheckedContinuation<[UInt8]?, any Error>?
    }

    private let state = Mutex(State())
    private let capacity: Int
    /// Called when the first piece is asked for: the moment to say 100 (Continue).
    private let whenBegun: @Sendable () -> Void
    /// Called when there is room again after `push` has returned false.
    private let whenRoom: @Sendable () -> Void

    init(capacity: Int, whenBegun: @escaping @Sendable () -> Void, whenRoom: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.whenBegun = whenBegun
        self.whenRoom = whenRoom
    }

    /// - Returns: whether there is room for more.
    func push(_ piece: [UInt8]) -> Bool {
        let (waiter, hasRoom): (CheckedContinuation<[UInt8]?, any Error>?, Bool) = state.withLock { state in
            if let waiter = state.waiter {
                state.waiter = nil
                return (waiter, true)
            }
            // Small pieces together, so that a chunk of one byte does not cost an array of its own.
            if let last = state.pieces.indices.last, state.pieces[last].count + piece.count <= 16 * 1024 {
                state.pieces[last] += piece
            } else {
                state.pieces.append(piece)
            }
            state.bytes += piece.count
            state.isFull = state.bytes >= capacity
            return (nil, !state.isFull)
        }
        waiter?.resume(returning: piece)
        return hasRoom
    }

    /// The content is complete.
    func end() {
        let waiter = state.withLock { state in
            state.isEnded = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    /// No more will come, and what came is not all.
    func cut() {
        let waiter = state.withLock { state in
            guard !state.isEnded else { return CheckedContinuation<[UInt8]?, any Error>?.none }
            state.isCutShort = true
            state.pieces = []
            state.bytes = 0
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(throwing: ContentCutShort())
    }

    /// The next piece; nil at the end.
    func next() async throws -> [UInt8]? {
        let isFirst = state.withLock { state in
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
        if isFirst { whenBegun() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                take(continuation)
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func take(_ continuation: CheckedContinuation<[UInt8]?, any Error>) {
        enum Found {
            case piece([UInt8], hasRoomAgain: Bool)
            case end
            case cut
            case waiting
        }
        let found: Found = state.withLock { state in
            if state.isCutShort { return .cut }
            if !state.pieces.isEmpty {
                let piece = state.pieces.removeFirst()
                state.bytes -= piece.count
                let hasRoomAgain = state.isFull && state.bytes < capacity / 2
                if hasRoomAgain { state.isFull = false }
                return .piece(piece, hasRoomAgain: hasRoomAgain)
            }
            if state.isEnded { return .end }
            if Task.isCancelled { return .cut }
            state.waiter = continuation
            return .waiting
        }
        switch found {
        case .piece(let piece, let hasRoomAgain):
            continuation.resume(returning: piece)
            if hasRoomAgain { whenRoom() }
        case .end: continuation.resume(returning: nil)
        case .cut: continuation.resume(throwing: ContentCutShort())
        case .waiting: break
        }
    }
}

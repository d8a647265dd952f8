import HTTPCaching
import HTTPSemantics
import Synchronization

/// Holds the last chunk of content of known length back until the end: with it the client has all of it, and may ask the next
/// question before the store can answer.
final class LastChunkHolder: Sendable {
    private let deliver: BodyConsumer
    private struct State {
        var left: Int64?
        var held: [[UInt8]] = []
    }
    private let state = Mutex(State())

    private init(_ deliver: @escaping BodyConsumer) {
        self.deliver = deliver
    }

    static func applied(to deliver: BodyConsumer?) -> BodyConsumer? {
        deliver.map { LastChunkHolder($0).consume }
    }

    @Sendable private func consume(_ event: BodyEvent) async throws {
        switch event {
        case .head(let preamble):
            state.withLock { $0.left = preamble.contentLength }
        case .bytes(let bytes):
            let isHeld = state.withLock { state in
                guard let left = state.left else { return false }
                state.left = left - Int64(bytes.count)
                guard left <= Int64(bytes.count) else { return false }
                state.held.append(bytes)
                return true
            }
            if isHeld { return }
        case .spilled:
            break
        case .end:
            let held = state.withLock { state in
                defer { state.held = [] }
                return state.held
            }
            for bytes in held { try await deliver(.bytes(bytes)) }
        }
        try await deliver(event)
    }
}

/// Gives the client less than what is received: nothing after the head of a 304, or one range.
final class FormFilter: Sendable {
    private let range: ByteRange?
    private let deliver: BodyConsumer
    private struct State {
        var position: Int64 = 0
        var isOver = false
    }
    private let state = Mutex(State())

    /// - Parameter range: nil: nothing of the content.
    private init(range: ByteRange?, deliver: @escaping BodyConsumer) {
        self.range = range
        self.deliver = deliver
    }

    static func applied(_ form: ReceivedForm, to deliver: BodyConsumer?) -> BodyConsumer? {
        guard let deliver else { return nil }
        switch form {
        case .whole: return deliver
        case .notModified: return FormFilter(range: nil, deliver: deliver).consume
        case .range(let range, _): return FormFilter(range: range, deliver: deliver).consume
        }
    }

    @Sendable private func consume(_ event: BodyEvent) async throws {
        switch event {
        case .head:
            try await deliver(event)
            if range == nil { try await end() }
        case .bytes(let bytes):
            guard let range else { return }
            let position = state.withLock { state in
                defer { state.position += Int64(bytes.count) }
                return state.position
            }
            let first = max(0, range.first - position)
            let end = min(Int64(bytes.count), range.last + 1 - position)
            if first < end { try await deliver(.bytes(Array(bytes[Int(first)..<Int(end)]))) }
            if position + Int64(bytes.count) > range.last { try await self.end() }
        case .spilled:
            break
        case .end:
            try await end()
        }
    }

    private func end() async throws {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        if isFirst { try await deliver(.end([:])) }
    }
}

import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard output or standard error: buffered, whole lines in the order of the calls, safe to use from any thread.
///
/// Direct, a call writes when 64 KiB have come together (on a terminal at once). In the background, a queue of its own writes:
/// at 64 KiB, and at least every 200 ms; a caller waits only while 8 MiB are unwritten, which is the back-pressure of a slow
/// reader.
final class OutputStream: Sendable {
    enum Mode {
        case direct, background
    }

    private struct State {
        var buffer: [UInt8] = []
        /// A drain has been asked for at once; one within 200 ms.
        var isDrainScheduled = false
        var isLateDrainScheduled = false
        /// The error number of the first failed write; from then on nothing is written.
        var failure: Int32?
    }

    let isTerminal: Bool
    private let descriptor: Int32
    private let name: String
    private let state = Mutex(State())
    /// Held while bytes are on their way to the descriptor, so that no two drains overtake each other.
    private let writing = Mutex(())
    private let queue: DispatchQueue?

    private static let flushBytes = 64 * 1024
    private static let maximumUnwrittenBytes = 8 * 1024 * 1024

    init(descriptor: Int32, name: String, mode: Mode = .direct) {
        self.descriptor = descriptor
        self.name = name
        self.isTerminal = isatty(descriptor) == 1
        self.queue = mode == .background ? DispatchQueue(label: "larder.output.\(descriptor)") : nil
    }

    static func standardOutput(_ mode: Mode = .direct) -> OutputStream {
        OutputStream(descriptor: STDOUT_FILENO, name: "standard output", mode: mode)
    }

    static func standardError(_ mode: Mode = .direct) -> OutputStream {
        OutputStream(descriptor: STDERR_FILENO, name: "standard error", mode: mode)
    }

    /// Writes bytes as they are.
    /// - Throws: `QuietExit` where the reader has gone, `CommandFailure` where an earlier write failed otherwise.
    func write(_ bytes: [UInt8]) throws {
        let (count, drains, drainsLate) = try state.withLock { state in
            try check(state.failure)
            state.buffer += bytes
            let drains = (state.buffer.count >= Self.flushBytes || isTerminal) && !state.isDrainScheduled
            let drainsLate = !drains && !state.isDrainScheduled && !state.isLateDrainScheduled
            if queue != nil {
                if drains { state.isDrainScheduled = true }
                if drainsLate { state.isLateDrainScheduled = true }
            }
            return (state.buffer.count, drains, drainsLate)
        }
        guard let queue else {
            if drains { try flush() }
            return
        }
        if count >= Self.maximumUnwrittenBytes {
            drain()
        } else if drains {
            queue.async { self.drain() }
        } else if drainsLate {
            queue.asyncAfter(deadline: .now() + .milliseconds(200)) { self.drain(isLate: true) }
        }
    }

    /// Writes text and a line feed. The text is taken as it is: escape what comes from the network first.
    func writeLine(_ text: String) throws {
        var bytes = Array(text.utf8)
        bytes.append(0x0A)
        try write(bytes)
    }

    /// Writes what is buffered before it returns.
    func flush() throws {
        drain()
        try check(state.withLock { $0.failure })
    }

    private func check(_ failure: Int32?) throws {
        switch failure {
        case nil: return
        case EPIPE?: throw QuietExit(status: .success)
        case let error?: throw CommandFailure("cannot write to \(name): \(SystemError.text(error)).", exit: .fileIO)
        }
    }

    private func drain(isLate: Bool = false) {
        writing.withLock { _ in
            let bytes = state.withLock { state in
                if isLate { state.isLateDrainScheduled = false } else { state.isDrainScheduled = false }
                guard state.failure == nil else { return [UInt8]() }
                defer { state.buffer = [] }
                return state.buffer
            }
            if let error = FileDescriptor.writeAll(bytes, to: descriptor) {
                state.withLock { $0.failure = error }
            }
        }
    }
}

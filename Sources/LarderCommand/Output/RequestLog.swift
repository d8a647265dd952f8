import CachingClient
import CachingProxy
import Dispatch
import HTTPSemantics
import Synchronization

/// What `larder serve` says of each request: JSON Lines on standard output, or lines for people on standard error.
///
/// Written on a queue of its own, for the event loops must not wait for a terminal or a pipe. Where the reader is so slow that many
/// lines wait, further ones are dropped and counted.
final class RequestLog: Sendable {
    private static let maximumWaiting = 10_000

    private let queue = DispatchQueue(label: "larder.requests")
    private let console: Console
    private let output: OutputStream?
    private let waiting = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)

    init(_ options: SharedOptions, console: Console) {
        self.console = console
        output = options.json ? .standardOutput() : nil
    }

    /// Nil where nobody wants to know.
    var report: (@Sendable (RequestRecord) -> Void)? {
        guard output != nil || console.isVerbose else { return nil }
        return { [self] record in
            guard waiting.add(1, ordering: .relaxed).newValue <= Self.maximumWaiting else {
                waiting.subtract(1, ordering: .relaxed)
                dropped.add(1, ordering: .relaxed)
                return
            }
            queue.async { [self] in
                waiting.subtract(1, ordering: .relaxed)
                write(record)
            }
        }
    }

    /// A notice between the lines of requests; it does not wait for whoever reads them.
    func notice(_ text: String) {
        queue.async { [console] in
            console.notice(text)
            console.flush()
        }
    }

    /// Returns when everything is written, at the latest after 2 s: a reader that has stopped may never go on.
    func finish() {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        // Not even a word to standard error, which may be what is not read.
        guard written.wait(timeout: .now() + 2) == .success else { return }
        let dropped = dropped.load(ordering: .relaxed)
        if dropped > 0 { console.notice("\(dropped) lines of the request log were dropped: the reader was too slow.") }
    }

    private func write(_ record: RequestRecord) {
        if console.isVerbose {
            console.line(Self.text(record))
            if waiting.load(ordering: .relaxed) == 0 { console.flush() }
        }
        guard let output else { return }
        // Nobody reads it any more: no reason to stop serving.
        try? output.write(Self.jsonLine(record))
        if waiting.load(ordering: .relaxed) == 0 { try? output.flush() }
    }

    static func text(_ record: RequestRecord) -> String {
        var words = [
            record.method, TerminalText.escaped(record.url), "\(record.status)", record.outcome?.rawValue ?? "-", record.reason,
            NumberText.bytes(record.bytes), "\(record.elapsedMilliseconds) ms",
        ]
        if !record.isWhole { words.append("cut short") }
        return words.joined(separator: " ")
    }

    static func jsonLine(_ record: RequestRecord) -> [UInt8] {
        var line = JSONLine()
        line.add("time", Double(record.time.milliseconds) / 1000)
        line.add("client", record.client)
        line.add("method", record.method)
        line.add("url", record.url)
        line.add("status", record.status)
        line.add("cache", record.outcome?.rawValue)
        line.add("reason", record.reason)
        line.add("age", record.age)
        line.add("bytes", record.bytes)
        line.add("elapsed_ms", record.elapsedMilliseconds)
        line.add("complete", record.isWhole)
        return line.finished()
    }
}

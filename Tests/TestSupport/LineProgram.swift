import Foundation
import Synchronization

/// A program of this package that is spoken to line by line. Reading blocks: use it where nothing else has to go on in this thread.
/// Killed with its last reference.
package final class LineProgram: Sendable {
    private let process: ChildProcess
    private let input: FileHandle
    private let output: FileHandle
    /// Read, not yet handed on.
    private let pending = Mutex<[UInt8]>([])

    package init(_ name: String, _ arguments: [String]) throws {
        let (input, output) = (Pipe(), Pipe())
        process = try ChildProcess(
            Program.built(name), arguments, environment: ProcessInfo.processInfo.environment,
            input: input.fileHandleForReading.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor, errors: 2)
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
    }

    deinit {
        process.signal(SIGKILL)
    }

    package var isRunning: Bool { process.isRunning }

    /// Waits for the next line of its output; nil at the end.
    package func line() -> String? {
        pending.withLock { pending in
            while true {
                if let end = pending.firstIndex(of: 10) {
                    defer { pending.removeFirst(end + 1) }
                    return String(decoding: pending[..<end], as: UTF8.self)
                }
                let data = output.availableData
                if data.isEmpty { return nil }
                pending += data
            }
        }
    }

    /// All lines until it ends.
    package func lines() -> [String] {
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        return lines
    }

    /// Writes a line to its standard input.
    package func tell(_ text: String) {
        try? input.write(contentsOf: Data((text + "\n").utf8))
    }

    package func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Waits for the end; its exit status, or 128 and the signal's number.
    package func wait() async -> Int32 { await process.wait() }

    /// Kills it as kill -9 does and waits for its end.
    package func kill() async {
        process.signal(SIGKILL)
        _ = await process.wait()
    }
}

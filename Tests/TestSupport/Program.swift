package import Foundation
import Synchronization

/// A program that runs beside the test.
package final class Program: Sendable {
    /// What a program left behind.
    package struct Result: Sendable {
        /// Exit status; for a program that a signal ended, 128 and the signal's number.
        package var status: Int32
        package var output: Data
        package var errors: String
        /// Largest resident memory in bytes, where it was asked for.
        package var peakMemoryBytes: Int64?

        package var text: String { String(decoding: output, as: UTF8.self) }
        package var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    package enum Failure: Error {
        case notFound(String)
        case notReady(String)
    }

    private let process: Process
    private let output: Drain
    private let errors: Drain
    private let directory: TemporaryDirectory

    package var processID: Int32 { process.processIdentifier }

    /// What the program has written to stdout so far.
    package var outputSoFar: String { output.text }
    package var errorsSoFar: String { errors.text }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the file, or a name that is looked up in the system's directories.
    ///   - environment: added to a small environment of ours, so that the machine's settings do not reach the test.
    ///   - input: standard input; nil is an empty one.
    package init(_ path: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil) throws {
        guard let path = Self.locate(path) else { throw Failure.notFound(path) }
        directory = try TemporaryDirectory("larder-program")
        process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": directory.path, "LC_ALL": "C.UTF-8"]
        for name in ["LD_LIBRARY_PATH", "TMPDIR"] {
            if let value = ProcessInfo.processInfo.environment[name] { variables[name] = value }
        }
        process.environment = variables.merging(environment) { $1 }
        output = Drain()
        errors = Drain()
        process.standardOutput = output.pipe
        process.standardError = errors.pipe
        if let input {
            let file = directory.file("stdin")
            try input.write(to: URL(fileURLWithPath: file))
            process.standardInput = FileHandle(forReadingAtPath: file)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    package func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Waits for the program's end.
    package func wait() async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.process.waitUntilExit()
                continuation.resume()
            }
        }
        await output.finish()
        await errors.finish()
        let status = process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
        return Result(status: status, output: output.data, errors: errors.text, peakMemoryBytes: nil)
    }

    /// Runs a program to its end.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil
    ) async throws -> Result {
        try await Program(path, arguments, environment: environment, input: input).wait()
    }

    /// Waits until the program has written something that satisfies `condition`; the limit only bounds a failing test.
    package func waitForOutput(seconds: Double = 30, where condition: (String) -> Bool) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        while !condition(output.text + errors.text) {
            guard process.isRunning, ContinuousClock.now < end else { throw Failure.notReady(output.text + errors.text) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// A program of this package, beside the tests.
    package static func built(_ name: String) -> String {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appendingPathComponent(name).path
    }

    private static func locate(_ name: String) -> String? {
        if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
        return ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { "\($0)/\(name)" }
            .first(where: FileManager.default.isExecutableFile)
    }
}

/// Reads a pipe while the program writes to it, so that the program never waits for us.
private final class Drain: Sendable {
    let pipe = Pipe()
    private let collected = Mutex(Data())
    private let ended: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation) = AsyncStream.makeStream()

    init() {
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let bytes = handle.availableData
            if bytes.isEmpty {
                handle.readabilityHandler = nil
                ended.continuation.finish()
            } else {
                collected.withLock { $0.append(bytes) }
            }
        }
    }

    var data: Data { collected.withLock { $0 } }
    var text: String { String(decoding: data, as: UTF8.self) }

    func finish() async {
        for await _ in ended.stream {}
    }
}

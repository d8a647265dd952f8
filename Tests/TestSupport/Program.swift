package import Foundation
import Synchronization

/// A program that runs beside the test. It is killed when the last reference goes.
package final class Program: Sendable {
    /// What a program left behind.
    package struct Result: Sendable {
        /// Exit status; for a program that a signal ended, 128 and the signal's number.
        package var status: Int32
        package var output: Data
        package var errors: String
        /// The largest resident memory in bytes that was seen; nil where it was not asked for.
        package var peakMemoryBytes: Int64?

        package var bytes: [UInt8] { Array(output) }
        package var text: String { String(decoding: output, as: UTF8.self) }
        package var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    package enum Failure: Error {
        case notFound(String)
        case notReady(String)
        /// A call of the system failed, with its error number.
        case system(String, Int32)
    }

    /// Where standard output and standard error go.
    package enum Output: Sendable {
        case pipes
        /// Standard output to this file; standard error is kept.
        case file(String)
        /// Both to a terminal of 80 columns; what it shows is kept as the output.
        case terminal
        /// The same, with standard input from it too; this is typed there.
        case typing(String)
    }

    private let process: ChildProcess
    private let output: Drain
    private let errors: Drain
    private let directory: TemporaryDirectory
    private let memory: MemoryGauge?

    package var processID: Int32 { process.processID }
    package var isRunning: Bool { process.isRunning }

    /// What the program has written to stdout so far.
    package var outputSoFar: String { output.text }
    package var errorsSoFar: String { errors.text }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the file, or a name that is looked up in the system's directories.
    ///   - environment: added to a small environment of ours, so that the machine's settings do not reach the test.
    ///   - input: standard input; nil is an empty one.
    ///   - measuresMemory: look at its resident memory all the time; `Result.peakMemoryBytes` tells the most.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil, output: Output = .pipes,
        measuresMemory: Bool = false
    ) throws {
        guard let executable = Self.locate(path) else { throw Failure.notFound(path) }
        directory = try TemporaryDirectory("larder-program")
        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": directory.path, "LC_ALL": "C.UTF-8"]
        for name in ["LD_LIBRARY_PATH", "TMPDIR"] {
            if let value = ProcessInfo.processInfo.environment[name] { variables[name] = value }
        }
        let file = directory.file("stdin")
        if let input { try input.write(to: URL(fileURLWithPath: file)) }
        let standardInput = open(input == nil ? "/dev/null" : file, O_RDONLY | O_CLOEXEC)
        guard standardInput >= 0 else { throw Failure.system("open \(file)", errno) }
        let streams = try ProgramOutput(output)
        defer {
            close(standardInput)
            streams.closeProgramEnds()
        }
        if case .typing(let text) = output { try streams.type(text) }
        self.output = Drain(streams.readableOutput)
        errors = Drain(streams.readableErrors)
        process = try ChildProcess(
            executable, arguments, environment: variables.merging(environment) { $1 }, input: streams.input ?? standardInput,
            output: streams.output, errors: streams.errors)
        memory = measuresMemory ? MemoryGauge(process.processID) : nil
    }

    deinit {
        process.signal(SIGKILL)
        memory?.stop()
    }

    package func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Waits for the program's end. Once.
    package func wait() async -> Result {
        let status = await process.wait()
        memory?.stop()
        await output.finish()
        await errors.finish()
        return Result(status: status, output: output.data, errors: errors.text, peakMemoryBytes: memory?.peakBytes)
    }

    /// Runs a program to its end.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil, output: Output = .pipes,
        measuresMemory: Bool = false
    ) async throws -> Result {
        try await Program(
            path, arguments, environment: environment, input: input, output: output, measuresMemory: measuresMemory
        ).wait()
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

    /// The path of an installed program; nil where there is none.
    package static func locate(_ name: String) -> String? {
        if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
        return ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map { "\($0)/\(name)" }
            .first(where: FileManager.default.isExecutableFile)
    }
}

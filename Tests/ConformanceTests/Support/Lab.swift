import Foundation
import TestSupport
import Testing

/// The proxy under test and the origin behind it, for all cases together.
///
/// With `LARDER_CONFORMANCE_PROXY=PORT` in the environment the cases are put to another forward proxy on that port of 127.0.0.1: a
/// case that no proxy passes wants a second reading. What is said of Cache-Status is not looked at then, and cases that need the
/// forms of `larder serve` are passed over.
struct Lab: Sendable {
    @TaskLocal static var current: Lab?

    let origin: ScriptedOrigin
    /// The forward proxy.
    let proxyPort: Int
    /// The proxy in front of the origin; nil where another's proxy is asked.
    let reversePort: Int?
    /// Connections to it are refused.
    let refusing: Socket
    private let programs: [Program]
    /// Eight at a time: the proxy has two cores, and a case waits rather than works.
    private let turnstile = Turnstile(8)

    var isOurs: Bool { reversePort != nil }

    /// Starts all of it, and ends it after `body`.
    static func run(_ body: (Lab) async throws -> Void) async throws {
        let origin = try ScriptedOrigin()
        defer { origin.stop() }
        let refusing = try Socket.bound()
        let directory = try TemporaryDirectory("larder-conformance")
        if let port = ProcessInfo.processInfo.environment["LARDER_CONFORMANCE_PROXY"].flatMap(Int.init) {
            try await body(Lab(origin: origin, proxyPort: port, reversePort: nil, refusing: refusing, programs: []))
            return
        }
        let (forward, forwardPort) = try await serve(cache: directory.file("forward"))
        let (reverse, reversePort) = try await serve(
            cache: directory.file("reverse"), "--upstream", "http://127.0.0.1:\(origin.port)")
        let programs = [forward, reverse]
        let lab = Lab(origin: origin, proxyPort: forwardPort, reversePort: reversePort, refusing: refusing, programs: programs)
        do {
            try await body(lab)
        } catch {
            await end(programs)
            throw error
        }
        await end(programs)
    }

    /// Runs a case on a thread of its own.
    ///
    /// - Returns: what went wrong.
    func run(_ one: ConformanceCase) async -> [String] {
        await turnstile.pass {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: CaseRunner(one, lab: self).run()) }
            }
        }
    }

    private static func serve(cache: String, _ options: String...) async throws -> (Program, Int) {
        let program = try Program(
            Program.built("larder"), ["serve", "--listen", "127.0.0.1:0", "--cache", cache, "--no-config"] + options)
        try await program.waitForOutput { port(in: $0) != nil }
        guard let port = port(in: program.outputSoFar + program.errorsSoFar) else {
            throw Program.Failure.notReady(program.errorsSoFar)
        }
        return (program, port)
    }

    private static func port(in text: String) -> Int? {
        // With the line's end, so that a number that is still being written is not taken for another.
        guard let match = text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)[^\n]*\n/) else { return nil }
        return Int(match.1)
    }

    private static func end(_ programs: [Program]) async {
        for program in programs {
            program.signal(SIGTERM)
            _ = await program.wait()
        }
    }
}

/// Runs a suite inside a lab.
struct LabTrait: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        try await Lab.run { lab in
            try await Lab.$current.withValue(lab) { try await function() }
        }
    }
}

extension Trait where Self == LabTrait {
    static var lab: Self { Self() }
}

import Foundation
import HTTPSemantics

/// Plays one case, on a thread of its own.
final class CaseRunner {
    private let one: ConformanceCase
    private let lab: Lab
    private let script: OriginScript
    private let template: Template
    private var connection: ClientConnection?

    init(_ one: ConformanceCase, lab: Lab) {
        self.one = one
        self.lab = lab
        let base = "http://127.0.0.1:\(lab.origin.port)"
        template = Template(
            now: UnixTime(seconds: Int64(Date().timeIntervalSince1970)),
            addresses: [
                "origin": base, "authority": "127.0.0.1:\(lab.origin.port)", "path": "/\(one.id)", "url": "\(base)/\(one.id)",
                "other": "http://127.0.0.1:\(lab.origin.otherPort)", "otherAuthority": "127.0.0.1:\(lab.origin.otherPort)",
                "refused": "127.0.0.1:\(lab.refusing.port)", "proxy": "127.0.0.1:\(lab.proxyPort)", "id": one.id,
            ])
        script = OriginScript(one.origin, template: template)
    }

    /// - Returns: what went wrong: nothing, or the first step that failed.
    func run() -> [String] {
        lab.origin.play(script, as: one.id)
        // Whatever happens, no thread of the origin is left waiting.
        defer { script.state.change { $0.isReleased = true } }
        for (index, step) in one.steps.enumerated() {
            if step.door != .forward, !lab.isOurs { return [] }
            let failures = attempt(step)
            if !failures.isEmpty { return ["\(one.id), step \(index + 1): \(failures.joined(separator: "; "))"] }
        }
        return []
    }

    private func attempt(_ step: Step) -> [String] {
        let end = Date(timeIntervalSinceNow: 10)
        while true {
            let failures = play(step)
            if failures.isEmpty || !step.isPolled || Date() > end { return failures }
            usleep(10_000)
        }
    }

    private func play(_ step: Step) -> [String] {
        let before = script.state.value.requests.count
        do {
            let outcome = step.clients > 1 || holds ? try together(step) : try alone(step)
            for case .eventually(let count) in step.expectations { script.state.wait(seconds: 10) { $0.requests.count >= count } }
            let verdict = Verdict(
                step: step, requestsBefore: before, requests: script.state.value.requests, isOurs: lab.isOurs,
                fill: template.fill)
            var failures: [String] = []
            for responses in outcome { failures += verdict.failures(responses, connection: connection) }
            failures += verdict.failuresOfAll(outcome.compactMap(\.last))
            return failures.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        } catch {
            return ["\(error)"]
        }
    }

    private var holds: Bool {
        let next = script.answer(script.state.value.requests.count + 1)
        return next.hold != nil && !script.state.value.isReleased
    }

    // MARK: - One client

    private func alone(_ step: Step) throws -> [[ClientResponse]] {
        if !step.continues { connection = try ClientConnection(port: port(step)) }
        guard let connection else { return [] }
        let bytes = RequestBytes(step, template: template)
        var responses: [ClientResponse] = []
        // What is refused at its first line need not be read to its end, nor sent.
        try? connection.send(bytes.head)
        if step.awaitsContinue {
            guard let early = try connection.head(stopsAtContinue: true) else {
                try connection.send(bytes.content)
                return [[try final(connection, step)].compactMap { $0 }]
            }
            return [[connection.finish(early, method: step.method)]]
        }
        // What has been refused by its head need not be read to its end.
        try? connection.send(bytes.content)
        for _ in 0..<step.responses {
            guard let response = try final(connection, step) else { break }
            responses.append(response)
        }
        return [responses]
    }

    private func final(_ connection: ClientConnection, _ step: Step) throws -> ClientResponse? {
        try connection.head().map { connection.finish($0, method: step.method) }
    }

    private func port(_ step: Step) -> Int {
        step.door == .reverse ? lab.reversePort ?? lab.proxyPort : lab.proxyPort
    }

    // MARK: - Many clients

    private struct Progress: Sendable {
        /// Clients that have sent their request.
        var sent = 0
        /// Clients that see the content begin, or the response end.
        var reading = 0
        var finished = 0
        var responses: [ClientResponse] = []
        var failures: [String] = []
    }

    /// Sends a request from many clients, and lets the origin go on when it has been seen that all of them wait for it.
    private func together(_ step: Step) throws -> [[ClientResponse]] {
        let before = script.state.value.requests.count
        let hold = script.answer(before + 1).hold
        let progress = Monitor(Progress())
        let bytes = RequestBytes(step, template: template)
        let port = port(step)
        connection = nil
        for number in 0..<step.clients {
            let leaves = number < step.leavers
            // The first one leads: those who leave are among the leaders, or the case would be about nothing.
            if number == 1 { script.state.wait { $0.requests.count > before } }
            if number == 1, hold == .insideBody { progress.wait { $0.reading >= 1 } }
            Thread.detachNewThread { [script] in
                Self.client(bytes, method: step.method, port: port, hold: hold, leaves: leaves, progress) {
                    script.state.wait { $0.requests.count > before }
                }
            }
        }
        progress.wait { $0.sent == step.clients }
        if hold == .insideBody { progress.wait { $0.reading == step.clients || $0.failures.count > 0 } }
        script.state.wait { $0.requests.count > before }
        if step.precedesRelease { progress.wait { $0.finished == step.clients } }
        script.state.change { $0.isReleased = true }
        progress.wait { $0.finished == step.clients }
        let end = progress.value
        guard end.failures.isEmpty, end.finished == step.clients else {
            throw MessageReader.Failure.malformed(end.failures.first ?? "not all clients were served")
        }
        return end.responses.map { [$0] }
    }

    private static func client(
        _ bytes: RequestBytes, method: String, port: Int, hold: ScriptedAnswer.Hold?, leaves: Bool, _ progress: Monitor<Progress>,
        untilForwarded: () -> Void
    ) {
        defer { progress.change { $0.finished += 1 } }
        do {
            let connection = try ClientConnection(port: port)
            try connection.send(bytes.head + bytes.content)
            progress.change { $0.sent += 1 }
            if leaves, hold == .beforeHead {
                untilForwarded()
                return connection.close()
            }
            guard let head = try connection.head() else { throw MessageReader.Failure.brokenOff }
            if hold == .insideBody { try connection.waitForContent() }
            progress.change { $0.reading += 1 }
            if leaves { return connection.close() }
            let response = connection.finish(head, method: method)
            progress.change { $0.responses.append(response) }
        } catch {
            let failure = "\(error)"
            progress.change { $0.failures.append(failure) }
        }
    }
}

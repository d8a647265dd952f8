import Foundation
import HTTPSemantics
import Synchronization

/// A request as it reached the origin.
struct OriginRequest: Sendable {
    var line: String
    var fields: FieldSection
    var body: String
    /// The content of the answer that it got; nil until it is known.
    var answer: String?
}

/// What the origin knows of one case.
final class OriginScript: Sendable {
    struct State: Sendable {
        var requests: [OriginRequest] = []
        /// Whether answers that hold go on.
        var isReleased = false
    }

    let answers: [ScriptedAnswer]
    let template: Template
    let state = Monitor(State())

    init(_ answers: [ScriptedAnswer], template: Template) {
        self.answers = answers
        self.template = template
    }

    func answer(_ number: Int) -> ScriptedAnswer {
        answers[min(number, answers.count) - 1]
    }
}

/// A web server on two ports of loopback that plays the scripts of all cases. A request belongs to the case whose id begins its
/// path, or stands in its `Case` field.
final class ScriptedOrigin: Sendable {
    let port: Int
    /// The port of another origin, in the sense of RFC 9110 section 4.3.1, with the same scripts.
    let otherPort: Int
    private let listeners: [Socket]
    private let scripts = Mutex<[String: OriginScript]>([:])

    init() throws {
        listeners = [try Socket.bound(), try Socket.bound()]
        for listener in listeners { try listener.listen() }
        port = listeners[0].port
        otherPort = listeners[1].port
        for listener in listeners {
            Thread.detachNewThread { [self] in
                while let socket = listener.accept() {
                    Thread.detachNewThread { self.serve(socket) }
                }
            }
        }
    }

    /// Connections that are open end with the proxy.
    func stop() {
        for listener in listeners { listener.shut() }
    }

    func play(_ script: OriginScript, as id: String) {
        scripts.withLock { $0[id] = script }
    }

    private func script(_ head: MessageReader.Head) -> OriginScript? {
        let target = head.line.split(separator: " ").dropFirst().first ?? ""
        let path = target.split(separator: "/", omittingEmptySubsequences: true)
        let candidates = path.map { String($0.prefix { $0 != "?" }) } + [head.fields.first("Case") ?? ""]
        return scripts.withLock { scripts in candidates.compactMap { scripts[$0] }.first }
    }

    private func serve(_ socket: Socket) {
        let reader = MessageReader(socket)
        // An error here is the proxy's leaving, or its fault, which the case sees by itself.
        while let head = try? reader.head() {
            guard let script = script(head), let goesOn = try? answer(head, script, reader, socket), goesOn else { break }
        }
        socket.shut()
    }

    private func answer(_ head: MessageReader.Head, _ script: OriginScript, _ reader: MessageReader, _ socket: Socket) throws
        -> Bool
    {
        let number = script.state.change { state in
            state.requests.append(OriginRequest(line: head.line, fields: head.fields, body: ""))
            return state.requests.count
        }
        let answer = script.answer(number)
        if answer.readsContent {
            if head.fields.first("Expect")?.lowercased() == "100-continue" {
                try socket.write(Latin1.bytes("HTTP/1.1 100 Continue\r\n\r\n"))
            }
            var bytes: [UInt8] = []
            _ = try reader.content(head.fields, untilClose: false, into: &bytes)
            let body = Latin1.text(bytes)
            script.state.change { $0.requests[number - 1].body = body }
        }
        if answer.hold == .beforeHead { script.state.wait { $0.isReleased } }
        let wire = AnswerBytes(answer, number: number, isHead: head.line.hasPrefix("HEAD "), template: script.template)
        script.state.change { $0.requests[number - 1].answer = wire.content }
        for interim in wire.interim { try socket.write(interim) }
        try socket.write(wire.head)
        if answer.hold == .insideBody {
            try socket.write(wire.firstHalf)
            script.state.wait { $0.isReleased }
            try socket.write(wire.secondHalf)
        } else {
            try socket.write(wire.firstHalf + wire.secondHalf)
        }
        return !wire.endsConnection
    }
}

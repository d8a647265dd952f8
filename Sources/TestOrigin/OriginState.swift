import HTTPSemantics
import NIOCore
import Synchronization

/// The web sites of one origin.
struct Sites: Sendable {
    private let generated: GeneratedSite?
    private let web: LinkedSite?
    private let traps: TrapSite?

    init(_ configuration: TestOrigin.Configuration) {
        generated = configuration.site
        web = configuration.web
        traps = configuration.traps ? TrapSite() : nil
    }

    func answer(_ request: OriginRequest, now: UnixTime) -> ScriptedResponse? {
        web?.answer(request) ?? traps?.answer(request) ?? generated?.answer(request, now: now)
    }
}

/// What the connections of one origin share: the scripts, the site, and the account of what has happened.
final class OriginState: Sendable {
    private enum Script {
        /// The responses in turn; the last one stays.
        case sequence([ScriptedResponse], next: Int)
        case rule(@Sendable (OriginRequest) -> ScriptedResponse)
    }

    private struct Machine {
        var scripts: [String: Script] = [:]
        /// By the name in the Host field.
        var hosts: [String: ScriptedResponse] = [:]
        var log: RequestLog
        var channels: [Int: any Channel] = [:]
    }

    private let machine: Mutex<Machine>
    private let sites: Sites
    private let clock: @Sendable () -> UnixTime

    init(sites: Sites, maximumLoggedRequests: Int, clock: @escaping @Sendable () -> UnixTime) {
        self.sites = sites
        self.clock = clock
        machine = Mutex(Machine(log: RequestLog(maximumRequests: maximumLoggedRequests)))
    }

    func now() -> UnixTime { clock() }

    /// A copy of the account.
    var log: RequestLog {
        machine.withLock { $0.log }
    }

    func withLog<Result>(_ body: (inout RequestLog) -> sending Result) -> sending Result {
        machine.withLock { body(&$0.log) }
    }

    func script(_ target: String, _ responses: [ScriptedResponse]) {
        machine.withLock { $0.scripts[target] = responses.isEmpty ? nil : .sequence(responses, next: 0) }
    }

    func script(_ target: String, _ rule: @escaping @Sendable (OriginRequest) -> ScriptedResponse) {
        machine.withLock { $0.scripts[target] = .rule(rule) }
    }

    func script(host: String, _ response: ScriptedResponse) {
        machine.withLock { $0.hosts[host] = response }
    }

    /// Notes the request and decides on the response: a script for the host, one for the whole target, one for its path, the echo, the
    /// site.
    func answer(_ request: OriginRequest) -> ScriptedResponse {
        let script = machine.withLock { machine -> Script? in
            machine.log.add(request)
            if !machine.hosts.isEmpty, let response = machine.hosts[request.host] { return .sequence([response], next: 0) }
            for key in [request.target, request.path] {
                guard let script = machine.scripts[key] else { continue }
                if case .sequence(let responses, let next) = script, next < responses.count - 1 {
                    machine.scripts[key] = .sequence(responses, next: next + 1)
                }
                return script
            }
            return nil
        }
        let response =
            switch script {
            case .sequence(let responses, let next): responses[next]
            case .rule(let rule): rule(request)
            case nil: answerUnscripted(request)
            }
        if !response.isRaw {
            machine.withLock { $0.log.addResponse(status: response.status) }
        }
        return response
    }

    private func answerUnscripted(_ request: OriginRequest) -> ScriptedResponse {
        if request.path == TestOrigin.echoPath { return Self.echo(request) }
        if let bytes = Self.generated(request) { return bytes }
        return sites.answer(request, now: now()) ?? .text("not found\n", status: 404, fields: ["Content-Type": "text/plain"])
    }

    /// The content comes back as it came; method and target in fields of their own.
    private static func echo(_ request: OriginRequest) -> ScriptedResponse {
        ScriptedResponse(
            fields: [
                "Content-Type": request.fields.first("Content-Type") ?? "application/octet-stream",
                "Cache-Control": "no-store", "Echo-Method": request.method.rawValue, "Echo-Target": request.target,
            ],
            body: .bytes(request.body))
    }

    /// A body of the size that the path names, the same at each request.
    private static func generated(_ request: OriginRequest) -> ScriptedResponse? {
        let path = request.path
        guard path.hasPrefix(TestOrigin.bytesPath), let count = Int64(path.dropFirst(TestOrigin.bytesPath.count)),
            0...TestOrigin.maximumBytes ~= count
        else { return nil }
        let tag = "\"bytes-\(count)\""
        var fields: FieldSection = ["Cache-Control": "max-age=0", "ETag": tag]
        if request.fields.first("If-None-Match") == tag { return ScriptedResponse(status: 304, fields: fields) }
        fields.append("Content-Type", "application/octet-stream")
        return ScriptedResponse(fields: fields, body: .generated(count))
    }

    // MARK: - Connections

    func connectionOpened(_ channel: any Channel) -> Int {
        machine.withLock { machine in
            let number = machine.log.connectionOpened()
            machine.channels[number] = channel
            return number
        }
    }

    func connectionClosed(_ number: Int) {
        machine.withLock { machine in
            machine.log.connectionClosed()
            machine.channels[number] = nil
        }
    }

    var openChannels: [any Channel] {
        machine.withLock { Array($0.channels.values) }
    }
}

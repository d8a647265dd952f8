import ArgumentParser
import HTTPTransport

/// Servers that stand in for the host of URLs. What is stored, and how hosts are spared, goes by the URL as before.
struct MirrorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Fetch URLs of this host from these servers: host[:port]=host1:port,host2:port*weight; http:// or https:// may stand \
            before a server. May be given several times.
            """, valueName: "host=servers"))
    var mirror: [String] = []

    @Option(
        help: ArgumentHelp(
            "How requests are spread over mirrors: round-robin (the default), least-requests or hash.", valueName: "method"),
        completion: .list(Balancer.Method.allCases.map(\.rawValue)), transform: Self.method)
    var balance: Balancer.Method?

    func validate() throws {
        var hosts: Set<String> = []
        for mirror in try parsed() where !hosts.insert("\(mirror.host) \(mirror.port ?? 0)").inserted {
            throw ValidationError("--mirror is given twice for \(mirror.host). Name all its servers in one: host=server,server.")
        }
    }

    /// The mirrors in the order in which they are looked through: those for one port before those for any.
    var all: [HostMirror] {
        let mirrors = (try? parsed()) ?? []
        return mirrors.filter { $0.port != nil } + mirrors.filter { $0.port == nil }
    }

    private func parsed() throws -> [HostMirror] {
        try mirror.map { text in
            do throws(ServerGroupError) {
                return try HostMirror(option: text, method: balance ?? .roundRobin)
            } catch {
                throw ValidationError("--mirror: \(error.description).")
            }
        }
    }

    private static func method(_ text: String) throws -> Balancer.Method {
        guard let method = Balancer.Method(rawValue: text) else {
            throw ValidationError("Give round-robin, least-requests or hash.")
        }
        return method
    }
}

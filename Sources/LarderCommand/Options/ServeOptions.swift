import ArgumentParser
import CachingProxy
import HTTPSemantics
import HTTPTransport

/// Where `larder serve` listens and whom it serves.
struct ListenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Listen here: HOST:PORT, [IPv6]:PORT or unix:PATH; port 0 lets the system choose. May be repeated.",
            discussion: "Default: 127.0.0.1:8118.", valueName: "address"))
    var listen: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Listen also where other machines can reach it. Whoever reaches it can use it and read what it has stored.")
    var allowRemote = false

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "With --allow-remote: forward to addresses of this machine and its own networks too.",
            discussion: "Without --allow-remote they are always allowed: who reaches a local proxy reaches them anyway."))
    var allowPrivateDestinations = false

    @Option(
        help: ArgumentHelp(
            "Ports to which CONNECT may open tunnels: 443,8443 or any.",
            discussion: "Default: any; with --allow-remote, 443.", valueName: "ports"))
    var connectPorts: String?

    @Option(help: ArgumentHelp("Open client connections at a time.", valueName: "count"))
    var maxConnections = 20_000

    @Option(help: ArgumentHelp("Threads; the default is one for each core, at most 4.", valueName: "count"))
    var threads: Int?

    func validate() throws {
        for text in listen where ListenAddress(text) == nil {
            throw ValidationError("--listen '\(text)' is no HOST:PORT, [IPv6]:PORT or unix:PATH.")
        }
        if let connectPorts, connectPorts != "any", Self.ports(connectPorts) == nil {
            throw ValidationError(
                "--connect-ports '\(connectPorts)' is neither any nor ports from 1 to 65535 with commas between them.")
        }
        guard (1...1_000_000).contains(maxConnections) else {
            throw ValidationError("--max-connections must be from 1 to 1000000.")
        }
        guard threads.map({ (1...64).contains($0) }) ?? true else { throw ValidationError("--threads must be from 1 to 64.") }
        if let address = addresses.first(where: { !$0.isLoopback }), !allowRemote {
            throw ValidationError(
                "\(address.text) can be reached from other machines. Give --allow-remote if that is meant, or listen at 127.0.0.1.")
        }
    }

    var addresses: [ListenAddress] {
        listen.isEmpty ? [.tcp(host: "127.0.0.1", port: 8118)] : listen.compactMap(ListenAddress.init)
    }

    /// Ports to which tunnels may lead; nil: any.
    var tunnelPorts: Set<Int>? {
        guard let connectPorts else { return allowRemote ? [443] : nil }
        return Self.ports(connectPorts)
    }

    private static func ports(_ text: String) -> Set<Int>? {
        var ports: Set<Int> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard word.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = Int(word), (1...65_535).contains(port) else {
                return nil
            }
            ports.insert(port)
        }
        return ports
    }

    var eventLoops: Int { threads ?? ProxyServer.defaultThreads }
}

/// The servers that `larder serve` stands in front of.
struct UpstreamOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Answer for this server, as a reverse proxy: http://HOST[:PORT] or https://…, and a weight behind an asterisk. Repeat it to spread requests.",
            valueName: "url"))
    var upstream: [String] = []

    @Option(
        help: ArgumentHelp(
            "The site as its users know it, http://HOST[:PORT]: its name goes to the upstreams in Host, and names what is cached.",
            discussion: "Default: that of the first upstream. The Host fields of clients are not looked at.", valueName: "url"))
    var site: String?

    @Option(help: ArgumentHelp("How requests are spread: round-robin, least-requests or hash (of the URL).", valueName: "method"))
    var balance = "round-robin"

    func validate() throws {
        _ = try group()
        _ = try siteURL()
    }

    /// Nil where there is no upstream.
    func siteURL() throws -> WebURL? {
        guard let first = upstream.first else {
            if site != nil { throw ValidationError("--site is for a reverse proxy: give an --upstream too.") }
            return nil
        }
        let text = site ?? String(first.prefix { $0 != "*" })
        guard let url = WebURL(text), url.isHTTP, url.path == "/", url.query == nil, url.username.isEmpty else {
            throw ValidationError("--site '\(text)' is no URL of a host alone, such as http://www.example.com.")
        }
        return url
    }

    /// Nil where there is no upstream.
    func group() throws -> ServerGroup? {
        guard let method = Balancer.Method(rawValue: balance) else {
            throw ValidationError("--balance '\(balance)' is none of round-robin, least-requests and hash.")
        }
        guard !upstream.isEmpty else { return nil }
        do throws(ServerGroupError) {
            var members: [ServerGroup.Member] = []
            for text in upstream { members.append(try ServerGroup.Member(upstream: text)) }
            return ServerGroup(members: members, method: method)
        } catch {
            throw ValidationError("--upstream: \(error)")
        }
    }
}

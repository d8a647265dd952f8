package import HTTPTransport
package import NIOCore

/// The proxy: listens, serves the connections of clients, and stops in order.
package final class ProxyServer: Sendable {
    /// Where it listens, one for each listener, as people write it: `http://127.0.0.1:8118`, `unix:/run/larder`.
    package let addresses: [String]
    /// The ports of its TCP listeners, in the order of the addresses given.
    package let ports: [Int]
    package let statistics: ProxyStatistics

    private let listeners: [any Channel]
    private let socketFiles: [String]
    private let connections: AcceptedConnections
    private let configuration: ProxyConfiguration

    private init(
        addresses: [String], ports: [Int], statistics: ProxyStatistics, listeners: [any Channel], socketFiles: [String],
        connections: AcceptedConnections, configuration: ProxyConfiguration
    ) {
        self.addresses = addresses
        self.ports = ports
        self.statistics = statistics
        self.listeners = listeners
        self.socketFiles = socketFiles
        self.connections = connections
        self.configuration = configuration
    }

    /// Starts to listen at every address; with one of them impossible, at none.
    ///
    /// - Parameters:
    ///   - group: the event loops of the clients' connections, best those of the transport.
    ///   - executors: task executors by event loop, so that an answer is made on its client's loop; default: none.
    ///   - openTunnel: for CONNECT; nil: refused.
    ///   - willServe: told of the rules once they name the listeners' own addresses, before anybody is served.
    package static func start(
        _ addresses: [ListenAddress], configuration: ProxyConfiguration, answering: any Answering, group: any EventLoopGroup,
        executors: [ObjectIdentifier: any TaskExecutor] = [:], openTunnel: TunnelOpener? = nil,
        willServe: (TargetRules) -> Void = { _ in }
    ) async throws(ProxyServerError) -> ProxyServer {
        let connections = AcceptedConnections()
        let statistics = ProxyStatistics(upstreams: configuration.upstreams)
        let acceptor = ConnectionAcceptor(
            connections: connections, statistics: statistics, maximumConnections: configuration.maximumConnections)
        var listeners: [any Channel] = []
        var socketFiles: [String] = []
        do throws(ProxyServerError) {
            for address in addresses {
                guard configuration.rules.allowsRemote || address.isLoopback else { throw .remoteNotAllowed(address) }
                listeners.append(try await Listening.bind(address, group: group, acceptor: acceptor))
                if case .unix(let path) = address { socketFiles.append(path) }
            }
        } catch {
            for listener in listeners { try? await listener.close().get() }
            for path in socketFiles { UnixSocketFile.remove(path) }
            throw error
        }
        var rules = configuration.rules
        let ports = listeners.compactMap { $0.localAddress?.port }
        rules.ownPorts.formUnion(ports)
        rules.ownHosts.formUnion(zip(addresses, listeners).flatMap { Listening.hosts($0, $1) })
        willServe(rules)
        let context = ConnectionContext(
            answering: answering, configuration: configuration, rules: rules, statistics: statistics, openTunnel: openTunnel,
            executors: executors)
        // The rules name the server's own ports, which are known only now; nobody is served before.
        acceptor.begin(context)
        for listener in listeners { listener.read() }
        return ProxyServer(
            addresses: zip(addresses, listeners).map { Listening.text($0, $1) }, ports: ports, statistics: statistics,
            listeners: listeners, socketFiles: socketFiles, connections: connections, configuration: configuration)
    }

    /// Accepts no more, closes what is idle, gives answers under way `ProxyConfiguration.stopTimeout`, then closes the rest.
    package func stop() async {
        for listener in listeners { try? await listener.close().get() }
        for path in socketFiles { UnixSocketFile.remove(path) }
        await connections.stop(limit: configuration.stopTimeout)
    }
}

extension ProxyServer {
    /// How many event loops suit this machine: one for each core, at most 4.
    package static var defaultThreads: Int { max(1, min(4, System.coreCount)) }

    /// The task executors of a transport by event loop, for `start`.
    package static func executors(of transport: NIOTransport) -> [ObjectIdentifier: any TaskExecutor] {
        var executors: [ObjectIdentifier: any TaskExecutor] = [:]
        for (index, eventLoop) in transport.eventLoopGroup.makeIterator().enumerated() {
            executors[ObjectIdentifier(eventLoop)] = transport.taskExecutor(index)
        }
        return executors
    }
}

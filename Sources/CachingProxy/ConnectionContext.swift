import HTTPSemantics
package import NIOCore

/// Opens the far end of a tunnel on that event loop, with `autoRead` off and half-closure allowed.
package typealias TunnelOpener =
    @Sendable (_ host: String, _ port: Int, _ maximumTime: Duration, _ eventLoop: any EventLoop) async throws -> any Channel

/// What all connections of a server share.
final class ConnectionContext: Sendable {
    let answering: any Answering
    let configuration: ProxyConfiguration
    let rules: TargetRules
    let forwarding: ForwardingRules
    let serializer: AnswerSerializer
    let statistics: ProxyStatistics
    let startTime: UnixTime
    let openTunnel: TunnelOpener?
    /// The executor of each event loop, so that answers are made on the loop of their client; empty: the default executor.
    let executors: [ObjectIdentifier: any TaskExecutor]

    init(
        answering: any Answering, configuration: ProxyConfiguration, rules: TargetRules, statistics: ProxyStatistics,
        openTunnel: TunnelOpener?, executors: [ObjectIdentifier: any TaskExecutor]
    ) {
        self.answering = answering
        self.configuration = configuration
        self.rules = rules
        self.statistics = statistics
        self.openTunnel = openTunnel
        self.executors = executors
        forwarding = ForwardingRules(pseudonym: configuration.pseudonym)
        serializer = AnswerSerializer(pseudonym: configuration.pseudonym)
        startTime = configuration.now()
    }

    var uptimeSeconds: Int64 { max(0, configuration.now().milliseconds(since: startTime) / 1000) }
}

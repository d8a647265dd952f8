import CachingClient

/// What `/` and `/larder/status` say of the server.
enum StatusPage {
    static func text(_ statistics: ProxyStatistics, uptimeSeconds: Int64) -> String {
        var text = """
            larder: a caching proxy

            up \(uptimeSeconds) s
            connections: \(statistics.openConnections) open, \(statistics.acceptedConnections) accepted
            tunnels: \(statistics.openedTunnels)
            content sent: \(statistics.sentBytes) bytes

            answers

            """
        for (outcome, count) in statistics.byOutcome where count > 0 {
            text += "  \(outcome.rawValue): \(count)\n"
        }
        text += "  by the proxy itself: \(statistics.ownAnswers)\n"
        let upstreams = statistics.upstreams
        if !upstreams.isEmpty { text += "\nupstreams\n" + upstreams.map { "  \($0.text)\n" }.joined() }
        return text
    }

    /// One object; every name and value is plain ASCII.
    static func json(_ statistics: ProxyStatistics, uptimeSeconds: Int64) -> String {
        let outcomes = statistics.byOutcome.map { "\"\($0.outcome.rawValue)\":\($0.count)" }.joined(separator: ",")
        let upstreams = statistics.upstreams.map(\.json).joined(separator: ",")
        return """
            {"uptime_seconds":\(uptimeSeconds),"connections":{"open":\(statistics.openConnections),\
            "accepted":\(statistics.acceptedConnections)},"tunnels":\(statistics.openedTunnels),\
            "sent_bytes":\(statistics.sentBytes),"answers":{\(outcomes),"own":\(statistics.ownAnswers)},"upstreams":[\(upstreams)]}

            """
    }
}

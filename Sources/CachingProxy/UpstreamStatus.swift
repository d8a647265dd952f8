package import HTTPTransport
import NIOCore

/// How a server behind a reverse proxy stands, for the status page.
package struct UpstreamStatus: Hashable, Sendable {
    package enum State: String, Sendable {
        case inService = "in_service"
        /// It gets no request for a while, unless no other is in service.
        case out
        /// A request under way decides whether it comes back.
        case probing
    }

    /// Its URL.
    package var name: String
    package var state: State
    /// How long it stays out, in milliseconds; nil where it is not.
    package var pauseMilliseconds: Int64?
    /// Requests under way.
    package var activeRequests: Int
    /// Since the last success.
    package var failuresInARow: Int

    package init(
        name: String, state: State, pauseMilliseconds: Int64? = nil, activeRequests: Int = 0, failuresInARow: Int = 0
    ) {
        self.name = name
        self.state = state
        self.pauseMilliseconds = pauseMilliseconds
        self.activeRequests = activeRequests
        self.failuresInARow = failuresInARow
    }

    /// The servers of a transport now, group after group.
    package static func all(of transport: BalancedTransport) -> [UpstreamStatus] {
        let now = NIODeadline.now()
        return transport.status.joined().map { member, status in
            var result = UpstreamStatus(
                name: member.label, state: .inService, activeRequests: status.activeRequests, failuresInARow: status.failuresInARow)
            switch status.state {
            case .inService: break
            case .probing: result.state = .probing
            case .out(let until):
                result.state = .out
                result.pauseMilliseconds = max(0, (until - now).nanoseconds / 1_000_000)
            }
            return result
        }
    }

    /// One line for people.
    var text: String {
        let state =
            switch state {
            case .inService: "in service"
            case .out: "out for \(pauseMilliseconds ?? 0) ms"
            case .probing: "being tried again"
            }
        return "\(name): \(state), \(activeRequests) under way, \(failuresInARow) failures in a row"
    }

    /// An object.
    var json: String {
        let escaped = name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        return "{\"url\":\"\(escaped)\",\"state\":\"\(state.rawValue)\",\"active\":\(activeRequests),"
            + "\"failures\":\(failuresInARow),\"pause_ms\":\(pauseMilliseconds.map(String.init) ?? "null")}"
    }
}

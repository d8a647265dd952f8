import HTTPSemantics
package import NIOCore
import Synchronization

/// Spreads requests over groups of servers, and goes on to another server where the first fails and that is safe.
///
/// Each server of a group is tried at most once for a request. What has failed before anything of the request was sent goes on
/// whatever the method; what failed before a response head came, and an answer of 502, 503 or 504, only where the method is
/// idempotent (RFC 9110 section 9.2.2) and no piece of a streamed content has been asked for. The answer that is left is handed
/// out as it is.
package final class BalancedTransport: Transport {
    /// Which requests go to which servers.
    package enum Selection: Sendable {
        /// Every request to one group: a reverse proxy.
        case all(ServerGroup)
        /// By the URL's host: the first mirror that is for it; others go where their URL says.
        case mirrors([HostMirror])
    }

    fileprivate struct Group: Sendable {
        var mirror: HostMirror?
        var members: [ServerGroup.Member]
        var balancer: BalancerBox
    }

    private let base: any Transport
    private let groups: [Group]
    private let now: @Sendable () -> NIODeadline

    /// - Parameters:
    ///   - base: what sends the requests; `shutdown` is passed on to it.
    ///   - now: a clock that never goes back, for the health of the servers.
    package init(_ base: any Transport, _ selection: Selection, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.base = base
        self.now = now
        switch selection {
        case .all(let group): groups = [Self.group(group, nil)]
        case .mirrors(let mirrors): groups = mirrors.map { Self.group($0.group, $0) }
        }
    }

    private static func group(_ group: ServerGroup, _ mirror: HostMirror?) -> Group {
        Group(
            mirror: mirror, members: group.members,
            balancer: BalancerBox(
                Balancer(servers: group.members.map { ($0.label, $0.weight) }, method: group.method)))
    }

    package func shutdown() async {
        await base.shutdown()
    }

    /// How the servers stand, group after group.
    package var status: [[(member: ServerGroup.Member, status: Balancer.Status)]] {
        groups.map { Array(zip($0.members, $0.balancer.status)).map { (member: $0, status: $1) } }
    }

    /// Sends the request as `Transport.send` says; `TransportResponse.server` tells which server answered.
    ///
    /// - Throws: the error of the last server that was tried; `all_servers_down` where none could be.
    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let url = request.head.url
        guard request.server == nil, let group = groups.first(where: { $0.mirror?.isFor(url) ?? true }) else {
            return try await base.send(request)
        }
        let key = request.head.url.requestTarget
        var attempt = BalancedAttempt(request, start: now())
        guard var turn = group.balancer.begin(key: key, now: now(), excluding: []) else {
            throw .allServersDown(authority: url.authority, nextProbe: group.balancer.nextProbe, now: now())
        }
        while true {
            let next: Balancer.Turn?
            do throws(TransportError) {
                let response = try await base.send(attempt.request(to: group.members[turn.index].server(for: url), now: now()))
                guard (502...504).contains(response.head.status) else {
                    group.follow(response.body, turn, now)
                    return response
                }
                group.balancer.end(turn, .failure, now: now())
                next = attempt.mayRepeat ? group.balancer.begin(key: key, now: now(), excluding: attempt.tried(turn.index)) : nil
                guard next != nil else { return response }
                response.body.cancel()
            } catch {
                group.balancer.end(turn, error.balancingOutcome, now: now())
                next =
                    attempt.mayGoOn(after: error)
                    ? group.balancer.begin(key: key, now: now(), excluding: attempt.tried(turn.index)) : nil
                guard next != nil else { throw error }
            }
            if let next { turn = next }
        }
    }
}

extension BalancedTransport.Group {
    /// The turn ends with the body.
    fileprivate func follow(_ body: TransportBody, _ turn: Balancer.Turn, _ now: @escaping @Sendable () -> NIODeadline) {
        balancer.answered(turn, now: now())
        body.whenOver { [balancer] error in
            balancer.end(turn, error.map(\.balancingOutcome) ?? .success, now: now())
        }
    }
}

/// A balancer that all tasks share.
private final class BalancerBox: Sendable {
    private let value: Mutex<Balancer>

    init(_ balancer: Balancer) {
        value = Mutex(balancer)
    }

    func begin(key: String, now: NIODeadline, excluding: Set<Int>) -> Balancer.Turn? {
        value.withLock { balancer in
            balancer.pick(key: key, now: now, excluding: excluding).map { balancer.began($0) }
        }
    }

    func answered(_ turn: Balancer.Turn, now: NIODeadline) {
        value.withLock { $0.answered(turn, now: now) }
    }

    func end(_ turn: Balancer.Turn, _ outcome: Balancer.Outcome, now: NIODeadline) {
        value.withLock { $0.ended(turn, outcome, now: now) }
    }

    var status: [Balancer.Status] { value.withLock(\.status) }
    var nextProbe: NIODeadline? { value.withLock(\.nextProbe) }
}

import HTTPSemantics
import HTTPTransport
import NIOCore
import Synchronization
import TestSupport
import Testing

/// Requests over several servers on loopback.
@Suite(.timeLimit(.minutes(1))) struct BalancedTransportTests {
    /// A clock moved by hand.
    final class Clock: Sendable {
        private let value = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000_000))

        var now: NIODeadline { value.withLock(\.self) }

        func advance(by amount: TimeAmount) { value.withLock { $0 = $0 + amount } }
    }

    private typealias Answer = @Sendable (SeenRequest) -> [Step]

    /// Runs a server for each answer, and a reverse proxy's transport in front of them.
    private func withServers(
        _ answers: [Answer], method: Balancer.Method = .roundRobin, more members: [ServerGroup.Member] = [],
        answersAtHead: Bool = false, body: ([RawServer], BalancedTransport, Clock) async throws -> Void
    ) async throws {
        try await withServers(answers[...], [], answersAtHead) { servers in
            try await withTransport { base in
                let clock = Clock()
                let group = ServerGroup(
                    members: servers.map { .init(isSecure: false, host: "127.0.0.1", port: $0.port) } + members, method: method)
                try await body(servers, BalancedTransport(base, .all(group), now: { clock.now }), clock)
            }
        }
    }

    private func withServers(
        _ answers: ArraySlice<Answer>, _ running: [RawServer], _ answersAtHead: Bool, _ body: ([RawServer]) async throws -> Void
    ) async throws {
        guard let answer = answers.first else { return try await body(running) }
        try await RawServer.run(answersAtHead: answersAtHead, answer: answer) { server in
            try await withServers(answers.dropFirst(), running + [server], answersAtHead, body)
        }
    }

    private static let url = "http://example.com/"

    private func failure(
        of transport: BalancedTransport, _ method: HTTPMethod = .get, content: RequestContent? = nil
    ) async -> TransportError? {
        await HTTPTransportTests.failure { _ = try await transport.fetch(Self.url, method, content: content) }
    }

    @Test func requestsGoInTurn() async throws {
        try await withServers([{ _ in [okay("a")] }, { _ in [okay("b")] }]) { servers, transport, _ in
            var bodies = ""
            for _ in 0..<6 {
                let (response, body) = try await transport.fetch(Self.url, .get, content: nil)
                bodies += body
                #expect(response.server?.port == servers[body == "a" ? 0 : 1].port)
            }
            #expect(bodies == "ababab")
            #expect(servers[0].requests[0].head.contains("\r\nHost: example.com\r\n"))
            #expect(transport.status[0].allSatisfy { $0.status.activeRequests == 0 })
        }
    }

    @Test func aRequestCountsUntilItsBodyIsOver() async throws {
        try await withServers([{ _ in [okay("a")] }, { _ in [okay("b")] }], method: .leastRequests) { _, transport, _ in
            let head = RequestHead(url: try #require(WebURL(Self.url)))
            let first = try await transport.send(TransportRequest(head: head))
            let second = try await transport.send(TransportRequest(head: head))
            #expect(first.server != second.server)
            #expect(transport.status[0].map(\.status.activeRequests) == [1, 1])
            _ = try await second.body.readAll()
            let third = try await transport.send(TransportRequest(head: head))
            #expect(third.server == second.server)
            first.body.cancel()
            third.body.cancel()
            #expect(transport.status[0].map(\.status.activeRequests) == [0, 0])
        }
    }

    /// A server that closes without an answer.
    private static let mute: Answer = { _ in [.close] }

    @Test(arguments: [503, 502, 504, 0])
    func whatFailsGoesOnToAnotherServer(status: Int) async throws {
        let bad: Answer = { _ in
            status == 0 ? [.close] : [.send("HTTP/1.1 \(status) X\r\nContent-Length: 2\r\n\r\nno")]
        }
        try await withServers([bad, { _ in [okay("good")] }]) { servers, transport, clock in
            for _ in 0..<8 {
                let (response, body) = try await transport.fetch(Self.url, .get, content: nil)
                #expect(response.head.status == 200)
                #expect(body == "good")
            }
            #expect(servers[0].requests.count == 3)
            #expect(servers[1].requests.count == 8)
            #expect(transport.status[0][0].status.state == .out(until: clock.now + .seconds(1)))
            clock.advance(by: .seconds(1))
            for _ in 0..<4 { _ = try await transport.fetch(Self.url, .get, content: nil) }
            #expect(servers[0].requests.count == 4)
            #expect(transport.status[0][0].status.state == .out(until: clock.now + .seconds(2)))
        }
    }

    @Test func aServerThatIsBackIsUsedAgain() async throws {
        let port = try RefusingPort()
        try await withTransport { base in
            let clock = Clock()
            let group = ServerGroup(members: [.init(isSecure: false, host: "127.0.0.1", port: port.number)])
            let transport = BalancedTransport(base, .all(group), now: { clock.now })
            for _ in 0..<3 { #expect(await failure(of: transport)?.code == .connectionRefused) }
            let error = try #require(await failure(of: transport))
            #expect(error.code == .allServersDown)
            #expect(error.code.rawValue == "all_servers_down")
            #expect(error.message.contains("example.com") && error.message.contains("1000 ms"))
            // However long it is away, it is asked again after a second, and is back with its first answer.
            for _ in 0..<5 {
                clock.advance(by: .seconds(1))
                #expect(await failure(of: transport)?.code == .connectionRefused)
                #expect(await failure(of: transport)?.code == .allServersDown)
            }
            try await RawServer.run(port: port.number) { _ in
                [okay("back")]
            } body: { _ in
                clock.advance(by: .seconds(1))
                for _ in 0..<3 {
                    let (_, body) = try await transport.fetch(Self.url, .get, content: nil)
                    #expect(body == "back")
                }
            }
            #expect(transport.status[0][0].status.state == .inService)
        }
    }

    @Test(arguments: [503, 502, 504, 0])
    func theOnlyServersAnswersAreHandedOutAsTheyAre(status: Int) async throws {
        let bad: Answer = { _ in
            status == 0 ? [.close] : [.send("HTTP/1.1 \(status) X\r\nContent-Length: 4\r\n\r\nbusy")]
        }
        try await withServers([bad]) { servers, transport, _ in
            for count in 1...8 {
                if status == 0 {
                    #expect(await failure(of: transport)?.code == .connectionClosed)
                } else {
                    let (response, body) = try await transport.fetch(Self.url, .get, content: nil)
                    #expect(response.head.status == status)
                    #expect(body == "busy")
                }
                #expect(servers[0].requests.count == count)
            }
            #expect(transport.status[0][0].status.state == .inService)
        }
    }

    @Test func anAnswerThatIsLeftIsHandedOut() async throws {
        let busy: Answer = { _ in [.send("HTTP/1.1 503 X\r\nContent-Length: 4\r\n\r\nbusy")] }
        try await withServers([busy, busy]) { servers, transport, _ in
            let (response, body) = try await transport.fetch(Self.url, .get, content: nil)
            #expect(response.head.status == 503)
            #expect(body == "busy")
            #expect(servers.map(\.requests.count) == [1, 1])
        }
    }

    @Test func whatMayHaveBeenCarriedOutIsNotRepeated() async throws {
        try await withServers([Self.mute, { _ in [okay("good")] }]) { servers, transport, _ in
            #expect(await failure(of: transport, .post, content: .bytes([1]))?.code == .connectionClosed)
            #expect(servers.map(\.requests.count) == [1, 0])
        }
        let busy: Answer = { _ in [.send("HTTP/1.1 503 X\r\nContent-Length: 4\r\n\r\nbusy")] }
        try await withServers([busy, { _ in [okay("good")] }]) { servers, transport, _ in
            let (response, _) = try await transport.fetch(Self.url, .post, content: .bytes([1]))
            #expect(response.head.status == 503)
            #expect(servers.map(\.requests.count) == [1, 0])
        }
    }

    @Test func aStreamThatHasBeenReadFromIsNotRepeated() async throws {
        let readsAndCloses: Answer = { _ in [.content(3), .close] }
        try await withServers([readsAndCloses, { _ in [okay("good")] }], answersAtHead: true) { servers, transport, _ in
            #expect(
                await failure(of: transport, .put, content: Pieces(["abc"]).content(length: 3))?.code == .connectionClosed)
            #expect(servers.map(\.requests.count) == [1, 0])
        }
    }

    @Test func whatWasNotSentGoesOnWhateverTheMethod() async throws {
        let closed = try RefusingPort()
        let dead = ServerGroup.Member(isSecure: false, host: "127.0.0.1", port: closed.number)
        try await withServers([{ _ in [.content(3), okay("good")] }], more: [dead], answersAtHead: true) { servers, transport, _ in
            for _ in 0..<4 {
                let (_, body) = try await transport.fetch(Self.url, content: Pieces(["abc"]).content(length: 3))
                #expect(body == "good")
            }
            #expect(servers[0].contents == ["abc", "abc", "abc", "abc"])
            #expect(transport.status[0][1].status.failuresInARow > 0)
        }
    }

    @Test func bodiesThatBreakOffCount() async throws {
        let broken: Answer = { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .close] }
        try await withServers([broken, { _ in [okay("whole")] }]) { _, transport, clock in
            for _ in 0..<3 {
                #expect(await failure(of: transport)?.code == .truncatedBody)
                let (_, body) = try await transport.fetch(Self.url, .get, content: nil)
                #expect(body == "whole")
            }
            #expect(transport.status[0][0].status.state == .out(until: clock.now + .seconds(1)))
        }
    }

    @Test func mirrorsStandInForTheirHostAlone() async throws {
        try await RawServer.run { _ in
            [okay("mirror")]
        } body: { mirror in
            try await RawServer.run { _ in
                [okay("itself")]
            } body: { other in
                try await withTransport { base in
                    let option = try HostMirror(option: "example.com=127.0.0.1:\(mirror.port)", method: .hash)
                    let transport = BalancedTransport(base, .mirrors([option]))
                    let (response, body) = try await transport.fetch("http://example.com/a", .get, content: nil)
                    #expect(body == "mirror")
                    #expect(response.server?.label == "127.0.0.1:\(mirror.port)")
                    let passed = try await transport.fetch("http://127.0.0.1:\(other.port)/", .get, content: nil)
                    #expect(passed.body == "itself")
                    #expect(passed.response.server == nil)
                }
            }
        }
    }

    @Test func aCancelledRequestSaysNothingOfTheServer() async throws {
        try await withServers([{ _ in [] }]) { servers, transport, _ in
            for count in 1...3 {
                let task = Task { await failure(of: transport) }
                while servers[0].requests.count < count { await Task.yield() }
                task.cancel()
                #expect(await task.value?.code == .cancelled)
            }
            let status = transport.status[0][0].status
            #expect(status.state == .inService)
            #expect(status.activeRequests == 0)
            #expect(status.failuresInARow == 0)
        }
    }
}

import HTTPSemantics
import HTTPTransport
import Testing

/// Requests through a proxy.
@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
    @Test func aPlainRequestAsksTheProxyForTheWholeURL() async throws {
        try await RawServer.run { _ in
            [okay("by proxy")]
        } body: { proxy in
            let environment = ProxyEnvironment(["http_proxy": "http://me:a%40b@127.0.0.1:\(proxy.port)/"])
            try await withTransport({ $0.proxies = environment }) { transport in
                try await transport.expect("by proxy", from: "http://one.example/x?y")
                try await transport.expect("by proxy", from: "http://two.example:8080/")
                #expect(proxy.requests[0].line == "GET http://one.example/x?y HTTP/1.1")
                #expect(proxy.requests[0].head.contains("\r\nHost: one.example\r\n"))
                #expect(proxy.requests[0].head.contains("\r\nProxy-Authorization: Basic bWU6YUBi\r\n"))
                #expect(proxy.requests[1].line == "GET http://two.example:8080/ HTTP/1.1")
                #expect(proxy.connections == 1)
            }
        }
    }

    @Test func aSecureRequestGoesThroughATunnel() async throws {
        try await TestCertificates.with { certificates in
            try await RawServer.run(tls: try certificates.context("good"), answer: { _ in [okay("secret")] }) { server in
                try await RawServer.run { _ in
                    [.tunnel(port: server.port), .wait(milliseconds: 50), .send("HTTP/1.1 200 Connection established\r\n\r\n")]
                } body: { proxy in
                    let environment = ProxyEnvironment(["https_proxy": "http://me:pw@127.0.0.1:\(proxy.port)"])
                    try await withTransport({
                        $0.proxies = environment
                        $0.trust = .files(file: certificates.authority, directory: nil)
                    }) { transport in
                        try await transport.expect("secret", from: "https://localhost:\(server.port)/path")
                        try await transport.expect("secret", from: "https://localhost:\(server.port)/path")
                        #expect(proxy.requests.count == 1)
                        #expect(proxy.requests[0].line == "CONNECT localhost:\(server.port) HTTP/1.1")
                        #expect(proxy.requests[0].head.lowercased().contains("proxy-authorization: basic bwu6chc=\r\n"))
                        // What is for the proxy stays with the proxy.
                        #expect(server.requests[0].line == "GET /path HTTP/1.1")
                        #expect(!server.requests[0].head.contains("Proxy-Authorization"))
                    }
                }
            }
        }
    }

    @Test(arguments: [
        [Step.send("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")], [.send("what?\r\n\r\n")], [.close],
    ])
    func aProxyThatOpensNoTunnelIsAnError(steps: [Step]) async throws {
        try await RawServer.run { _ in
            steps
        } body: { proxy in
            let environment = ProxyEnvironment(["HTTPS_PROXY": "me:pw@127.0.0.1:\(proxy.port)"])
            try await withTransport({ $0.proxies = environment }) { transport in
                let error = try #require(await transport.failure("https://localhost/"))
                #expect(error.code == .proxyFailed)
                #expect(error.phase == .connect)
                #expect(error.message.contains("127.0.0.1:\(proxy.port)"))
                #expect(!error.message.contains("pw"))
            }
        }
    }
}

import Foundation
import HTTPSemantics
import HTTPTransport
import NIOCore
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
                        $0.viaPseudonym = "larder-1"
                    }) { transport in
                        try await transport.expect("secret", from: "https://localhost:\(server.port)/path")
                        try await transport.expect("secret", from: "https://localhost:\(server.port)/path")
                        #expect(proxy.requests.count == 1)
                        #expect(proxy.requests[0].line == "CONNECT localhost:\(server.port) HTTP/1.1")
                        #expect(proxy.requests[0].head.lowercased().contains("proxy-authorization: basic bwu6chc=\r\n"))
                        #expect(proxy.requests[0].head.lowercased().contains("\r\nvia: 1.1 larder-1\r\n"))
                        #expect(!server.requests[0].head.lowercased().contains("via"))
                        // What is for the proxy stays with the proxy.
                        #expect(server.requests[0].line == "GET /path HTTP/1.1")
                        #expect(!server.requests[0].head.contains("Proxy-Authorization"))
                    }
                }
            }
        }
    }

    @Test func aProxyThatIsIgnoredIsNotConnectedTo() async throws {
        try await RawServer.run { _ in
            [okay("origin")]
        } body: { server in
            try await RawServer.run { _ in
                []
            } body: { proxy in
                let address = "http://127.0.0.1:\(proxy.port)"
                let environment = ProxyEnvironment(["http_proxy": address, "https_proxy": address])
                try await withTransport({ $0.proxies = environment }) { transport in
                    #expect(transport.ignoreProxies { $0.port == server.port } == [])
                    #expect(transport.ignoreProxies { $0.port == proxy.port } == ["127.0.0.1:\(proxy.port)"])
                    #expect(transport.ignoreProxies { $0.port == proxy.port } == [])
                    try await transport.expect("origin", from: "http://127.0.0.1:\(server.port)/")
                    let channel = try await transport.openTunnel(host: "127.0.0.1", port: server.port)
                    #expect(channel.remoteAddress?.port == server.port)
                    try await channel.close()
                    #expect(proxy.requests.isEmpty)
                }
            }
        }
    }

    /// Sends a request for `url` through a tunnel that leads to a server with that certificate, whatever the address. The proxy
    /// itself is at 127.0.0.1.
    private func expect(
        _ expected: TransportError.Code?, from url: String, certificate: String, trusting: Bool = true
    ) async throws {
        try await TestCertificates.with { certificates in
            try await RawServer.run(tls: try certificates.context(certificate), answer: { _ in [okay("secret")] }) { server in
                try await RawServer.run { _ in
                    [.tunnel(port: server.port), .wait(milliseconds: 50), .send("HTTP/1.1 200 Connection established\r\n\r\n")]
                } body: { proxy in
                    try await withTransport(
                        {
                            $0.proxies = ProxyEnvironment(["https_proxy": "http://127.0.0.1:\(proxy.port)"])
                            if trusting { $0.trust = .files(file: certificates.authority, directory: nil) }
                        }, clock: { UnixTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
                    ) { transport in
                        guard let expected else { return try await transport.expect("secret", from: url) }
                        let error = try #require(await transport.failure(url))
                        #expect(error.code == expected)
                        #expect(error.phase == .tls)
                        #expect(error.message.contains("192.0.2.7:443"))
                        #expect(server.requests.isEmpty)
                    }
                }
            }
        }
    }

    @Test(arguments: ["https://192.0.2.7/", "https://[2001:db8::7]/"])
    func anAddressBehindATunnelNeedsACertificateForItself(url: String) async throws {
        try await expect(nil, from: url, certificate: "address")
    }

    @Test(arguments: ["good", "other"])
    func theCertificateOfTheProxysAddressIsNoneForTheOrigins(certificate: String) async throws {
        try await expect(.tlsWrongHost, from: "https://192.0.2.7/", certificate: certificate)
    }

    @Test func aStrangersCertificateForAnAddressBehindATunnelIsRefused() async throws {
        try await expect(.tlsUntrusted, from: "https://192.0.2.7/", certificate: "address", trusting: false)
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

import Foundation
import HTTPSemantics
import HTTPTransport
import NIOCore
import Testing

/// Servers in the place of the URL's, and addresses that are not allowed.
@Suite(.timeLimit(.minutes(1))) struct GivenServerTests {
    @Test func theRequestStaysTheSame() async throws {
        try await RawServer.run { _ in
            [okay("mirror")]
        } body: { server in
            let environment = ProxyEnvironment(["http_proxy": "http://127.0.0.1:1"])
            try await withTransport({ $0.proxies = environment }) { transport in
                let given = Server(host: "127.0.0.1", port: server.port)
                for _ in 0..<2 {
                    let (response, body) = try await transport.fetch("http://example.com/x?y", .get, content: nil, server: given)
                    #expect(body == "mirror")
                    #expect(response.server == given)
                }
                #expect(server.requests[0].head == "GET /x?y HTTP/1.1\r\nHost: example.com\r\n\r\n")
                #expect(server.connections == 1)
            }
        }
    }

    @Test func aServerThatIsNoneIsRefused() async throws {
        try await withTransport { transport in
            for server in [Server(host: "", port: 80), Server(host: "a", port: 0), Server(host: "a", port: 65_536)] {
                let error = await failure {
                    _ = try await transport.fetch("http://example.com/", .get, content: nil, server: server)
                }
                #expect(error?.code == .invalidRequest)
            }
        }
    }

    /// The certificate must be for the name that is given, or else for the server's own; the URL's counts for nothing by itself.
    @Test(
        arguments: [
            ("good", nil, nil), ("good", "localhost", nil), ("good", "127.0.0.1", nil), ("good", "example.com", .tlsWrongHost),
            ("address", nil, .tlsWrongHost), ("address", "192.0.2.7", nil), ("address", "[2001:db8::7]", nil),
            ("good", "192.0.2.7", .tlsWrongHost),
        ] as [(String, String?, TransportError.Code?)])
    func theCertificateIsForTheNameThatIsGiven(certificate: String, name: String?, code: TransportError.Code?) async throws {
        try await TestCertificates.with { certificates in
            try await RawServer.run(tls: try certificates.context(certificate), answer: { _ in [okay("secret")] }) { server in
                let trust = TrustStore.files(file: certificates.authority, directory: nil)
                let now: @Sendable () -> UnixTime = { UnixTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
                try await withTransport({ $0.trust = trust }, clock: now) { transport in
                    let given = Server(isSecure: true, host: "127.0.0.1", port: server.port, tlsName: name)
                    let error = await failure {
                        let (_, body) = try await transport.fetch("http://example.com/", .get, content: nil, server: given)
                        #expect(body == "secret")
                    }
                    #expect(error?.code == code)
                    #expect(server.requests.isEmpty == (code != nil))
                }
            }
        }
    }

    @Test func addressesMayBeRefused() async throws {
        try await RawServer.run { _ in
            [okay("inside")]
        } body: { server in
            let filter: @Sendable (SocketAddress) -> Bool = { address in
                address.ipAddress.map { !$0.hasPrefix("127.") && $0 != "::1" } ?? false
            }
            try await withTransport({ $0.addressFilter = filter }) { transport in
                let given = Server(host: "127.0.0.1", port: server.port)
                let url = "http://127.0.0.1:\(server.port)/"
                // A connection that was opened for a given server serves nobody else.
                _ = try await transport.fetch(url, .get, content: nil, server: given)
                for url in [url, "http://localhost:\(server.port)/", "http://[::1]:\(server.port)/"] {
                    let error = try #require(await transport.failure(url))
                    #expect(error.code == .addressRefused)
                    #expect(error.phase == .connect)
                    #expect(!error.isRetryable)
                    let tunnel = await failure {
                        _ = try await transport.openTunnel(host: try #require(WebURL(url)).host, port: server.port)
                    }
                    #expect(tunnel?.code == .addressRefused)
                }
                #expect(server.connections == 1)
            }
        }
    }

    @Test func behindAProxyAddressesInURLsAreJudged() async throws {
        try await RawServer.run { _ in
            [okay("by proxy")]
        } body: { proxy in
            try await withTransport({
                $0.proxies = ProxyEnvironment(["all_proxy": "http://127.0.0.1:\(proxy.port)"])
                $0.addressFilter = { $0.ipAddress != "127.0.0.1" }
            }) { transport in
                try await transport.expect("by proxy", from: "http://one.example/")
                #expect(await transport.failure("http://127.0.0.1:1/")?.code == .addressRefused)
                #expect(await transport.failure("https://127.0.0.1:1/")?.code == .addressRefused)
                #expect(await transport.failure("http://127.0.0.1:\(proxy.port)/")?.code == .addressRefused)
                #expect(proxy.requests.count == 1)
            }
        }
    }
}

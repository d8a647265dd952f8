import Foundation
import HTTPSemantics
import HTTPTransport
import Testing

/// TLS with certificates made for the run: good ones, and each way in which one can be bad.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    @Sendable private static func now() -> UnixTime {
        UnixTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    private func withTLS(
        _ name: String, trusting: Bool = true, steps: @escaping @Sendable (SeenRequest) -> [Step] = { _ in [okay("secret")] },
        body: (RawServer, NIOTransport) async throws -> Void
    ) async throws {
        try await TestCertificates.with { certificates in
            try await RawServer.run(tls: try certificates.context(name), answer: steps) { server in
                let trust: TrustStore = trusting ? .files(file: certificates.authority, directory: nil) : .system
                try await withTransport({ $0.trust = trust }, clock: Self.now) { transport in try await body(server, transport) }
            }
        }
    }

    @Test func aGoodCertificateIsAccepted() async throws {
        try await withTLS("good") { server, transport in
            try await transport.expect("secret", from: "https://localhost:\(server.port)/")
            try await transport.expect("secret", from: "https://localhost:\(server.port)/")
            #expect(server.connections == 1)
            // By address: no SNI, and the address must stand in the certificate.
            try await transport.expect("secret", from: "https://127.0.0.1:\(server.port)/")
            #expect(server.connections == 2)
        }
    }

    @Test func anExpiredCertificateIsRefused() async throws {
        for name in ["expired", "early"] {
            try await withTLS(name) { server, transport in
                let error = try #require(await transport.failure("https://localhost:\(server.port)/"))
                #expect(error.code == .tlsCertificateExpired)
                #expect(error.phase == .tls)
                #expect(!error.isRetryable)
                #expect(error.message.contains("localhost:\(server.port)"))
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        try await withTLS("other") { server, transport in
            for host in ["localhost", "127.0.0.1"] {
                let error = try #require(await transport.failure("https://\(host):\(server.port)/"))
                #expect(error.code == .tlsWrongHost)
                #expect(error.phase == .tls)
            }
            #expect(server.requests.isEmpty)
        }
    }

    /// The peer's address is in the certificate, the name that was asked for is not.
    @Test func aCertificateForTheAddressIsNoneForTheName() async throws {
        try await withTLS("byaddress") { server, transport in
            try await transport.expect("secret", from: "https://127.0.0.1:\(server.port)/")
            let error = try #require(await transport.failure("https://localhost:\(server.port)/"))
            #expect(error.code == .tlsWrongHost)
            #expect(server.requests.count == 1)
        }
    }

    @Test func aCertificateOfAStrangerIsRefused() async throws {
        try await withTLS("good", trusting: false) { server, transport in
            let error = try #require(await transport.failure("https://localhost:\(server.port)/"))
            #expect(error.code == .tlsUntrusted)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func theDirectoryOfTrustedCertificatesIsRead() async throws {
        try await TestCertificates.with { certificates in
            try await certificates.hash()
            try await RawServer.run(tls: try certificates.context("good"), answer: { _ in [okay("secret")] }) { server in
                let trust = TrustStore(environment: ["SSL_CERT_DIR": certificates.directory.path])
                try await withTransport({ $0.trust = trust }, clock: Self.now) { transport in
                    try await transport.expect("secret", from: "https://localhost:\(server.port)/")
                }
            }
        }
    }

    @Test func aTrustStoreThatCannotBeReadIsAnError() async throws {
        try await withTransport({ $0.trust = .files(file: "/nonexistent/ca.pem", directory: nil) }) { transport in
            let error = try #require(await transport.failure("https://127.0.0.1:9/"))
            #expect(error.code == .tlsFailed)
            #expect(error.message.contains("SSL_CERT_FILE"))
        }
    }

    @Test func aServerWithoutTLSIsATLSFailure() async throws {
        try await PlainGreeter.run { port in
            try await withTransport { transport in
                let error = try #require(await transport.failure("https://127.0.0.1:\(port)/"))
                #expect(error.code == .tlsFailed)
                #expect(error.phase == .tls)
            }
        }
    }

    @Test func aBodyThatEndsWithTheConnectionNeedsACloseNotify() async throws {
        try await withTLS("good") { request in
            [.send("HTTP/1.1 200 OK\r\n\r\nall"), .wait(milliseconds: 20), request.index == 0 ? .close : .cut]
        } body: { server, transport in
            try await transport.expect("all", from: "https://localhost:\(server.port)/")
            let error = try #require(await transport.failure("https://localhost:\(server.port)/"))
            #expect(error.code == .truncatedBody)
        }
    }
}

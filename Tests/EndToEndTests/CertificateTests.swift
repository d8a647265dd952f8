import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// TLS: who may be trusted, and what is said of the others.
@Suite struct CertificateTests {
    private enum Kind: String, CaseIterable {
        case expired, wrongName, untrusted
    }

    @Test func aGoodCertificateOfATrustedAuthorityWorks() async throws {
        try await withCertificates { (larder, certificates) async throws in
            try await withOrigin(tls: certificates.good) { origin async throws in
                origin.script("/a", .text("secure", fields: ["ETag": "\"1\"", "Cache-Control": "no-cache"]))
                for host in ["127.0.0.1", "localhost"] {
                    let url = "https://\(host):\(origin.port)/a"
                    #expect(try await larder.crawl([url]).outcomes == ["miss": 1])
                    #expect(try await larder.cat(url) == Array("secure".utf8))
                }
            }
        }
    }

    @Test func aBadCertificateIsRefusedAndNamed() async throws {
        try await withCertificates { larder, certificates in
            for (kind, identity, code) in [
                (Kind.expired, certificates.expired, "tls_certificate_expired"),
                (.wrongName, certificates.wrongName, "tls_wrong_host"),
                (.untrusted, certificates.selfSigned, "tls_untrusted"),
            ] {
                try await withOrigin(tls: identity) { origin in
                    origin.script("/a", .text("not to be seen"))
                    let url = origin.url("/a")
                    let report = try await larder.crawl([url])
                    #expect(report.status == 5, "\(kind)")
                    #expect(report[url]["error"]["code"].string == code)
                    #expect(report[url]["attempts"] == 1, "\(kind)")
                    #expect(report.errors.contains("127.0.0.1:\(origin.port)") && report.errors.contains("[\(code)]"))
                    let get = try await larder.run("get", url)
                    #expect(get.status == 5 && get.output.isEmpty)
                    #expect(origin.requestCount == 0)
                }
            }
        }
    }

    @Test func withoutTheAuthorityTheSystemTrustsNobodyHere() async throws {
        try await withCertificates { larder, certificates in
            var unaware = larder
            unaware.environment = [:]
            try await withOrigin(tls: certificates.good) { origin in
                let report = try await unaware.crawl([origin.url("/a")])
                #expect(report.status == 5)
                #expect(report.results.first?["error"]["code"] == "tls_untrusted")
            }
        }
    }

    @Test func anEarlierCopyOutlivesABadCertificate() async throws {
        try await withCertificates { larder, certificates in
            var unaware = larder
            unaware.environment = [:]
            try await withOrigin(tls: certificates.good) { origin in
                origin.script("/a", good)
                let url = origin.url("/a")
                #expect(try await larder.crawl([url]).outcomes == ["miss": 1])
                try await expectFailure(unaware, url, code: "tls_untrusted", exit: 5, says: "127.0.0.1:\(origin.port)")
            }
        }
    }

    /// Cut off without close_notify, a body that ends with the connection proves nothing (RFC 9112 section 9.8).
    @Test func aBodyThatEndsWithTheConnectionNeedsACleanEnd() async throws {
        try await withCertificates { larder, certificates in
            try await withOrigin(tls: certificates.good) { origin in
                origin.script("/cut", ScriptedResponse(body: .bytes([1, 2, 3]), framing: .untilClose, ending: .cut))
                origin.script("/clean", ScriptedResponse(body: .bytes([1, 2, 3]), framing: .untilClose, ending: .close))
                let report = try await larder.crawl([origin.url("/cut"), origin.url("/clean")], "--retry", "0")
                #expect(report[origin.url("/cut")]["error"]["code"] == "truncated_body")
                #expect(report[origin.url("/clean")]["cache"] == "miss")
                #expect(report.status == 4)
            }
        }
    }

    @Test func aTrustStoreThatCannotBeReadIsNamed() async throws {
        var larder = try Larder()
        larder.environment["SSL_CERT_FILE"] = "/nonexistent/ca.pem"
        try await withCertificates { _, certificates in
            try await withOrigin(tls: certificates.good) { origin in
                let report = try await larder.crawl([origin.url("/a")])
                #expect(report.status == 5)
                #expect(report.results.first?["error"]["code"] == "tls_failed")
                #expect(report.errors.contains("/nonexistent/ca.pem") || report.errors.contains("SSL_CERT_FILE"))
            }
        }
    }

    /// A larder that trusts the test's authority.
    private func withCertificates(_ body: (Larder, TestCertificates) async throws -> Void) async throws {
        let certificates = try await TestCertificates.make()
        defer { certificates.remove() }
        var larder = try Larder()
        larder.environment["SSL_CERT_FILE"] = certificates.authorityFile
        try await body(larder, certificates)
    }
}

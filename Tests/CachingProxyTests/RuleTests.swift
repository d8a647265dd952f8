import CachingClient
import CachingProxy
import HTTPSemantics
import Testing

@Suite struct RuleTests {
    private let rules = TargetRules(ownHosts: ["192.0.2.1"], ownPorts: [8118])

    private func result(
        _ target: String, _ method: HTTPMethod = .get, _ fields: FieldSection = ["Host": "127.0.0.1:8118"],
        rules: TargetRules? = nil
    ) -> String {
        do throws(Refusal) {
            return switch try (rules ?? self.rules).target(method: method, target: target, fields: fields) {
            case .fetch(let url, let target): url.serialized + (target.map { " as \($0)" } ?? "")
            case .tunnel(let host, let port): "tunnel \(host) \(port)"
            case .serverOptions: "options"
            case .statusPage(let isJSON): isJSON ? "json" : "page"
            }
        } catch {
            return "\(error.status)"
        }
    }

    @Test(arguments: [
        ("http://example.test/a?b", "http://example.test/a?b"),
        ("HTTP://u:p@Example.test", "http://example.test/"),
        ("http://example.test/a/../b?c=\"d\"#e", "http://example.test/b?c=%22d%22 as /a/../b?c=\"d\""),
        ("http://example.test?b", "http://example.test/?b"),
        ("https://example.test/", "https://example.test/"),
        ("ftp://example.test/", "400"),
        ("http:///", "400"),
        ("example.test/", "400"),
        ("http://127.0.0.1:8118/", "508"),
        ("http://localhost:8118/", "508"),
        ("http://[::1]:8118/", "508"),
        ("http://192.0.2.1:8118/", "508"),
        ("http://0.0.0.0:8118/", "508"),
        ("http://127.0.0.1:8119/", "http://127.0.0.1:8119/"),
        ("/https://example.test/x?y", "https://example.test/x?y"),
        ("/http://example.test", "http://example.test/"),
        ("/https:/example.test/x", "https://example.test/x"),
        ("/https:///example.test/x", "404"),
        ("/http://127.0.0.1:8118/", "508"),
        ("/", "page"),
        ("/larder/status", "json"),
        ("/larder/", "page"),
        ("/favicon.ico", "404"),
        ("*", "400"),
    ])
    func targets(_ target: String, _ expected: String) {
        #expect(result(target) == expected)
    }

    @Test func targetsOfOtherMethods() {
        #expect(result("*", .options) == "options")
        #expect(result("example.test:443", .connect) == "tunnel example.test 443")
        #expect(result("[2001:db8::1]:443", .connect) == "tunnel 2001:db8::1 443")
        for target in [
            "example.test", "example.test:0", "example.test:99999", "http://a/", "a/b:1", "u@a:1", "/", ":1", "a:+1", "a:-1",
            "a: 1", "a:",
        ] {
            #expect(result(target, .connect) == "400", "\(target)")
        }
        #expect(result("localhost:8118", .connect) == "508")
        #expect(result("a:22", .connect, rules: TargetRules(tunnelPorts: [443])) == "403")
        #expect(result("a:443", .connect, rules: TargetRules(tunnelPorts: [443])) == "tunnel a 443")
        #expect(result("a:443", .connect, rules: TargetRules(site: WebURL("http://site.test"))) == "403")
    }

    @Test func foreignNamesAreRefusedForOwnAddresses() {
        for target in ["/", "/larder/status", "/http://example.test/"] {
            #expect(result(target, .get, ["Host": "evil.test:8118"]) == "421")
            #expect(result(target, .get, ["Host": "localhost:8118"]) != "421")
            #expect(result(target, .get, ["Host": "evil.test"], rules: TargetRules(allowsRemote: true)) != "421")
        }
        #expect(result("http://example.test/", .get, ["Host": "evil.test"]) == "http://example.test/")
        #expect(result("/http://example.test/", .get, ["Host": "localhost", "Sec-Fetch-Site": "cross-site"]) == "403")
    }

    @Test func reverseProxy() {
        let rules = TargetRules(site: WebURL("http://site.test"), ownPorts: [8118])
        #expect(result("/a?b", .get, ["Host": "www.test"], rules: rules) == "http://site.test/a?b")
        #expect(result("/", .get, ["Host": "127.0.0.1:8118"], rules: rules) == "http://site.test/")
        #expect(result("/https://x/", .get, ["Host": "www.test"], rules: rules) == "http://site.test/https://x/")
        #expect(result("//x/y", .get, ["Host": "www.test"], rules: rules) == "http://site.test//x/y")
        #expect(result("http://other.test/a", .get, ["Host": "other.test"], rules: rules) == "http://site.test/a")
        #expect(result("/larder/status", .get, ["Host": "127.0.0.1:8118"], rules: rules) == "json")
        #expect(result("/larder/", .get, ["Host": "localhost"], rules: rules) == "page")
        #expect(result("/larder/status", .get, ["Host": "www.test"], rules: rules) == "http://site.test/larder/status")
        var remote = TargetRules(allowsRemote: true)
        remote.site = WebURL("http://site.test")
        #expect(result("/larder/", .get, ["Host": "localhost"], rules: remote) == "http://site.test/larder/")
    }

    @Test(arguments: [
        ("http://site.test/a?b#c", "/a?b#c"), ("http://site.test", "/"), ("http://other.test/a", "http://other.test/a"),
        ("/a", "/a"), ("https://site.test/a", "https://site.test/a"),
    ])
    func locationsOfTheSiteLeadBackToTheProxy(_ value: String, _ expected: String) throws {
        let site = try #require(WebURL("http://site.test"))
        let head = ResponseHead(status: 302, fields: ["Location": value])
        #expect(SiteLocation.answer(head, site: site).fields.first("Location") == expected)
    }

    // MARK: - Forwarding

    private let forwarding = ForwardingRules(pseudonym: "larder-1")

    private func head(_ method: HTTPMethod, _ fields: FieldSection) throws -> RequestHead {
        RequestHead(method: method, url: try #require(WebURL("http://a/")), fields: fields)
    }

    @Test func hopByHopFieldsStay() throws {
        let received = try head(
            .post,
            [
                "Host": "a", "Connection": "X-Hop, keep-alive", "X-Hop": "1", "Keep-Alive": "5",
                "Proxy-Authorization": "Basic eA==",
                "Proxy-Connection": "keep-alive", "TE": "trailers", "Upgrade": "h2c", "HTTP2-Settings": "x", "Content-Length": "3",
                "Transfer-Encoding": "chunked", "Accept": "*/*", "Via": "1.0 before",
            ])
        let decision = try forwarding.decide(received, version: .http1_0)
        #expect(decision == .forward(try head(.post, ["Accept": "*/*", "Via": "1.0 before", "Via": "1.0 larder-1"])))
    }

    @Test func loopsAndMaxForwards() throws {
        #expect(throws: Refusal.self) {
            try forwarding.decide(try head(.get, ["Via": "1.1 x, 1.1 LARDER-1 (y)"]), version: .http1_1)
        }
        #expect(try forwarding.decide(try head(.trace, ["Max-Forwards": "0"]), version: .http1_1) == .answerHere)
        #expect(
            try forwarding.decide(try head(.options, ["Max-Forwards": "2"]), version: .http1_1)
                == .forward(try head(.options, ["Max-Forwards": "1", "Via": "1.1 larder-1"])))
        #expect(!ForwardingRules.echo(try head(.trace, ["Cookie": "secret", "X": "y"]), version: .http1_1).contains("secret"))
    }

    @Test(arguments: [
        ("connection_refused", FailureClass.network, 502), ("timeout", .network, 504), ("max_time", .network, 504),
        ("protocol_error", .protocol, 502), ("tls_untrusted", .tls, 502), ("address_refused", .refused, 403),
        ("all_servers_down", .network, 502), ("body_too_large", .generic, 502), ("too_many_open_files", .network, 503),
        ("only_if_cached", .offlineMiss, 504), ("io_error", .fileIO, 500),
    ])
    func errorsAreMapped(_ code: String, _ failureClass: FailureClass, _ status: Int) {
        let refusal = Refusal(FetchError(code: .init(rawValue: code), message: "m\u{7}\u{E9}", failureClass: failureClass))
        #expect(refusal.status == status)
        let (head, text) = OwnAnswer.refusal(refusal, now: testTime)
        #expect(head.fields.first("Content-Length") == String(text.utf8.count))
        #expect(head.fields.first("Cache-Status") == "larder; detail=\(code)")
        #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A })
    }

    @Test func framings() {
        func framing(_ status: Int, _ fields: FieldSection, _ method: HTTPMethod = .get, old: Bool = false) -> AnswerFraming {
            AnswerFraming(ResponseHead(status: status, fields: fields), to: method, isHTTP11: !old, hasContent: true)
        }
        #expect(framing(200, ["Content-Length": "3"]) == .length(3))
        #expect(framing(200, [:]) == .chunked)
        #expect(framing(200, [:], old: true) == .untilClose)
        #expect(framing(200, ["Content-Length": "3"], .head) == .none)
        #expect(framing(304, ["Content-Length": "3"]) == .none)
        #expect(framing(204, [:]) == .none)
    }
}

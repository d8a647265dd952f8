import HTTPTransport
import Testing

/// The variables of the environment, as curl reads them.
@Suite struct ProxyEnvironmentTests {
    private func proxy(
        _ environment: [String: String], secure: Bool = false, host: String = "example.com", port: Int? = nil
    ) throws(TransportError) -> Proxy? {
        try ProxyEnvironment(environment).proxy(isSecure: secure, host: host, port: port ?? (secure ? 443 : 80))
    }

    @Test func eachSchemeHasItsVariable() throws {
        let both = ["http_proxy": "http://a:1", "https_proxy": "http://b:2"]
        #expect(try proxy(both) == Proxy(host: "a", port: 1))
        #expect(try proxy(both, secure: true) == Proxy(host: "b", port: 2))
        #expect(try proxy(["HTTPS_PROXY": "http://b:2"], secure: true) == Proxy(host: "b", port: 2))
        #expect(try proxy(["https_proxy": "http://b:2", "HTTPS_PROXY": "http://c:3"], secure: true) == Proxy(host: "b", port: 2))
        #expect(try proxy([:]) == nil)
        #expect(try proxy(["http_proxy": ""]) == nil)
    }

    @Test func theUpperCaseVariableForHTTPIsNotRead() throws {
        #expect(try proxy(["HTTP_PROXY": "http://a:1"]) == nil)
    }

    @Test func oneVariableForAll() throws {
        #expect(try proxy(["ALL_PROXY": "http://a:1"]) == Proxy(host: "a", port: 1))
        #expect(try proxy(["all_proxy": "http://a:1"], secure: true) == Proxy(host: "a", port: 1))
        #expect(try proxy(["all_proxy": "http://a:1", "http_proxy": "http://b:2"]) == Proxy(host: "b", port: 2))
    }

    @Test(arguments: [
        ("proxy", Proxy(host: "proxy", port: 1080)), ("proxy:3128", Proxy(host: "proxy", port: 3128)),
        ("HTTP://proxy:3128/", Proxy(host: "proxy", port: 3128)), ("http://[::1]:3128", Proxy(host: "::1", port: 3128)),
        ("http://me@proxy", Proxy(host: "proxy", port: 1080, authorization: "Basic bWU6")),
        (
            "http://Aladdin:open%20sesame@proxy:1",
            Proxy(host: "proxy", port: 1, authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        ),
    ])
    func aValueIsAnAuthorityWithOrWithoutScheme(value: String, expected: Proxy) throws {
        #expect(try proxy(["http_proxy": value]) == expected)
    }

    @Test(arguments: ["socks5://a:1", "https://a:1", "http://", "a:b", "a:99999", "http://[::1", "a b"])
    func aValueThatCannotBeUsedIsAnError(value: String) throws {
        let error = #expect(throws: TransportError.self) { try self.proxy(["http_proxy": value]) }
        #expect(error?.code == .proxyFailed)
        #expect(error?.message.contains("http_proxy") == true)
        #expect(try proxy(["http_proxy": value, "no_proxy": "example.com"]) == nil)
    }

    @Test(arguments: [
        ("example.com", "example.com", 80, true), ("example.com", "www.example.com", 80, true),
        (".example.com", "example.com", 80, true), (".example.com", "www.example.com", 80, true),
        ("example.com", "notexample.com", 80, false), ("EXAMPLE.com", "Example.COM", 80, true),
        ("example.com", "example.com.", 80, true), ("a.org, example.com b.org", "b.org", 80, true), ("*", "anything", 80, true),
        ("example.com:8080", "example.com", 80, false), ("example.com:8080", "example.com", 8080, true),
        ("127.0.0.1", "127.0.0.1", 80, true), ("127.0.0.0/8", "127.1.2.3", 80, true), ("127.0.0.0/8", "128.0.0.1", 80, false),
        ("10.1.0.0/12", "10.15.0.1", 80, true), ("10.1.0.0/12", "10.16.0.1", 80, false), ("0.0.1", "127.0.0.1", 80, false),
        ("[::1]", "[::1]", 80, true), ("::1", "[::1]", 80, true), ("fe80::/10", "[fe80::1]", 80, true),
        ("", "example.com", 80, false),
        ("10.0.0.0/99", "10.0.0.1", 80, false),
    ])
    func exceptions(list: String, host: String, port: Int, isDirect: Bool) throws {
        #expect((try proxy(["http_proxy": "a", "NO_PROXY": list], host: host, port: port) == nil) == isDirect)
    }
}

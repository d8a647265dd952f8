import CachingProxy
import HTTPSemantics
import Testing

/// What browsers may do with gateway addresses, `/https://host/path`.
@Suite struct GatewayRuleTests {
    private let own = "http://127.0.0.1:8118"

    private func status(_ fields: FieldSection, _ target: String = "/https://a.test/x") -> Int {
        var fields = fields
        fields.append("Host", "127.0.0.1:8118")
        do throws(Refusal) {
            _ = try TargetRules(ownPorts: [8118]).target(method: .get, target: target, fields: fields)
            return 200
        } catch {
            return error.status
        }
    }

    @Test(arguments: [
        ("none", "document", nil, 200),
        ("none", "document", "https://other.test/", 200),
        ("cross-site", "document", nil, 403),
        ("cross-site", "image", "/https://a.test/", 403),
        // Another port of this machine is the same site.
        ("same-site", "empty", "/https://a.test/", 403),
        ("something", "image", "/https://a.test/", 403),
        ("same-origin", "image", "/https://a.test/page?q", 200),
        ("same-origin", "style", "/https:/a.test/page", 200),
        ("same-origin", "empty", "/https://A.test:443/", 200),
        ("same-origin", "image", "/http://a.test/", 403),
        ("same-origin", "image", "/https://a.test:8443/", 403),
        ("same-origin", "script", "/https://b.test/", 403),
        ("same-origin", "iframe", "/https://b.test/", 403),
        ("same-origin", "image", "/", 403),
        ("same-origin", "image", "/larder/status", 403),
        ("same-origin", "image", nil, 403),
        ("same-origin", "serviceworker", "/https://a.test/", 403),
        ("none", "serviceworker", nil, 403),
    ])
    func whatABrowserMayFetch(_ site: String, _ destination: String, _ referer: String?, _ expected: Int) {
        var fields: FieldSection = ["Sec-Fetch-Site": site, "Sec-Fetch-Dest": destination, "Sec-Fetch-Mode": "no-cors"]
        if let referer { fields.append("Referer", referer.hasPrefix("/") ? own + referer : referer) }
        #expect(status(fields) == expected)
    }

    @Test func linksMayBeFollowedToOtherSites() {
        var fields: FieldSection = [
            "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
            "Referer": "\(own)/https://b.test/",
        ]
        #expect(status(fields) == 200)
        fields.set("Sec-Fetch-Dest", "iframe")
        #expect(status(fields) == 403)
    }

    @Test func otherProgramsAndOtherFormsAreNotJudged() {
        #expect(status(["Referer": "http://evil.test/"]) == 200)
        #expect(status(["Sec-Fetch-Site": "cross-site"], "http://a.test/") == 200)
    }

    @Test(arguments: ["Sec-Fetch-Site", "sec-fetch-mode", "Sec-Fetch-Dest"])
    func aBrowsersCredentialsStayHere(_ name: String) {
        let secrets: FieldSection = ["Cookie": "a=b", "Accept": "*/*", "Authorization": "Basic eA=="]
        #expect(GatewayRules.request(secrets) == secrets)
        var fields = secrets
        fields.append(name, "cors")
        #expect(GatewayRules.request(fields) == ["Accept": "*/*", name: "cors"])
    }

    @Test func aBrowserKeepsNoCookieAndRunsNoScript() throws {
        let target = try #require(WebURL("https://a.test/x/y"))
        let head = ResponseHead(
            status: 302,
            fields: ["Set-Cookie": "a=b", "Location": "../z", "Set-Cookie": "c=d", "Content-Security-Policy": "default-src *"])
        func answer(_ fields: FieldSection) -> FieldSection { GatewayRules.answer(head, to: fields, target: target).fields }
        let plain = answer(["Accept": "*/*"])
        #expect(plain.values("Set-Cookie") == ["a=b", "c=d"])
        #expect(plain.first("Location") == "/https://a.test/z")
        #expect(plain.values("Content-Security-Policy") == ["default-src *"])
        let image = answer(["Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"])
        #expect(image.values("Set-Cookie") == [])
        #expect(image.values("Content-Security-Policy") == ["default-src *"])
        for destination in ["document", "iframe", "frame", "embed", "object"] {
            let page = answer(["Sec-Fetch-Dest": destination])
            #expect(page.values("Set-Cookie") == [])
            #expect(page.values("Content-Security-Policy") == ["default-src *", "sandbox allow-same-origin"])
        }
    }

    @Test(arguments: [
        ("/b", "/https://a.test/b"),
        ("b?c#d", "/https://a.test/x/b?c#d"),
        ("?q", "/https://a.test/x/y?q"),
        ("", "/https://a.test/x/y"),
        ("//b.test", "/https://b.test/"),
        ("http://b.test:80/p", "/http://b.test/p"),
        ("http://u:p@b.test/", "/http://b.test/"),
        ("https://b.test:8443/", "/https://b.test:8443/"),
        ("mailto:a@b", "mailto:a@b"),
        ("ftp://b.test/", "ftp://b.test/"),
        ("http://[x", "http://[x"),
    ])
    func locationsStayInTheGateway(_ value: String, _ expected: String) throws {
        #expect(GatewayLocation.rewritten(value, target: try #require(WebURL("https://a.test/x/y"))) == expected)
    }

    @Test func onlyTargetsBehindASlashAreGatewayAddresses() {
        #expect(TargetRules().isGateway("/https://a.test/"))
        #expect(!TargetRules().isGateway("https://a.test/"))
        #expect(!TargetRules(site: WebURL("http://site.test")).isGateway("/https://a.test/"))
    }
}

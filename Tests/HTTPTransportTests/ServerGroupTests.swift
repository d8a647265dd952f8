import HTTPSemantics
import HTTPTransport
import Testing

/// How options name servers.
@Suite struct ServerGroupTests {
    @Test func aMirrorHasServers() throws {
        let mirror = try HostMirror(option: "Example.COM=one.example:8001*3,https://two.example,[2001:DB8::1]:81,127.0.0.1")
        #expect(mirror.host == "example.com")
        #expect(mirror.port == nil)
        #expect(
            mirror.group.members == [
                .init(host: "one.example", port: 8001, weight: 3), .init(isSecure: true, host: "two.example", port: 443),
                .init(host: "2001:db8::1", port: 81), .init(host: "127.0.0.1"),
            ])
        #expect(
            mirror.group.members.map(\.label) == ["one.example:8001", "https://two.example:443", "[2001:db8::1]:81", "127.0.0.1"])
    }

    @Test func aMirrorIsForItsHost() throws {
        let any = try HostMirror(option: "example.com=a:1")
        let one = try HostMirror(option: "example.com:443=a:1")
        func urls(_ mirror: HostMirror) -> [Bool] {
            ["http://example.com/", "https://EXAMPLE.com/x", "http://example.com:8080/", "http://www.example.com/"].map {
                WebURL($0).map { mirror.isFor($0) } ?? false
            }
        }
        #expect(urls(any) == [true, true, true, false])
        #expect(urls(one) == [false, true, false, false])
    }

    @Test func aMirrorIsSpokenToAsTheURLSays() throws {
        let secure = try #require(WebURL("https://example.com:8443/"))
        let plain = try #require(WebURL("http://example.com/"))
        let members = try HostMirror(option: "example.com=a,https://b,http://c:81").group.members
        #expect(
            members.map { $0.server(for: secure) } == [
                Server(isSecure: true, host: "a", port: 8443, tlsName: "example.com"), Server(isSecure: true, host: "b", port: 443),
                Server(host: "c", port: 81),
            ])
        #expect(
            members.map { $0.server(for: plain) } == [
                Server(host: "a", port: 80), Server(isSecure: true, host: "b", port: 443), Server(host: "c", port: 81),
            ])
    }

    @Test func anUpstreamIsAURL() throws {
        #expect(try ServerGroup.Member(upstream: "http://a:8001") == .init(isSecure: false, host: "a", port: 8001))
        #expect(try ServerGroup.Member(upstream: "https://[::1]/*5") == .init(isSecure: true, host: "::1", port: 443, weight: 5))
        #expect(try ServerGroup.Member(upstream: "http://a:80*1000") == .init(isSecure: false, host: "a", port: 80, weight: 1000))
    }

    @Test(
        arguments: [
            ("example.com", .notAMirror), ("example.com=", .notAMirror), ("example.com=,", .notAMirror), ("=a:1", .badHost),
            ("example.com=a:0", .badPort), ("example.com=a:65536", .badPort), ("example.com=a:", .badPort),
            ("example.com=a:+1", .badPort),
            ("example.com:x=a", .badPort), ("example.com=a/b", .badHost), ("example.com=u@a", .badHost),
            ("example.com=::1", .badHost),
            ("example.com=[::1", .badHost), ("example.com=ftp://a", .badHost), ("example.com=a b", .badHost),
            ("example.com=a*0", .badWeight), ("example.com=a*1001", .badWeight), ("example.com=a*", .badWeight),
            ("example.com=a*-1", .badWeight), ("example.com=*2", .badHost),
        ] as [(String, ServerGroupError.Code)])
    func aMirrorThatIsNone(text: String, code: ServerGroupError.Code) {
        let error = #expect(throws: ServerGroupError.self) { try HostMirror(option: text) }
        #expect(error?.code == code)
    }

    @Test(
        arguments: [
            ("a:8001", .badURL), ("ftp://a", .badURL), ("http://", .badURL), ("http://a/x", .badURL), ("http://a/?x", .badURL),
            ("http://a/#x", .badURL), ("http://u:p@a/", .badURL), ("http://a:0", .badPort), ("http://a*0", .badWeight),
            ("", .badURL),
        ] as [(String, ServerGroupError.Code)])
    func anUpstreamThatIsNone(text: String, code: ServerGroupError.Code) {
        let error = #expect(throws: ServerGroupError.self) { try ServerGroup.Member(upstream: text) }
        #expect(error?.code == code)
        #expect(error?.description.contains("u:p") != true)
    }
}

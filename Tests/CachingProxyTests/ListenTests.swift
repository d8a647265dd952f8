import CachingProxy
import NIOCore
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct ListenTests {
    @Test(arguments: [
        ("127.0.0.1:8118", ListenAddress.tcp(host: "127.0.0.1", port: 8118), true),
        ("[::1]:0", .tcp(host: "::1", port: 0), true),
        ("localhost:1", .tcp(host: "localhost", port: 1), true),
        ("127.1.2.3:1", .tcp(host: "127.1.2.3", port: 1), true),
        ("0.0.0.0:1", .tcp(host: "0.0.0.0", port: 1), false),
        ("[::]:1", .tcp(host: "::", port: 1), false),
        ("127.example.com:1", .tcp(host: "127.example.com", port: 1), false),
        ("unix:/run/x", .unix(path: "/run/x"), true),
    ])
    func addresses(_ text: String, _ expected: ListenAddress, _ isLoopback: Bool) {
        #expect(ListenAddress(text) == expected)
        #expect(ListenAddress(text)?.isLoopback == isLoopback)
    }

    @Test(arguments: ["", "8118", "a:", ":1", "a:65536", "::1:80", "a:+1", "unix:"])
    func notAddresses(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test func socketFiles() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        let listen = ListenAddress.unix(path: path)
        try await withServer(listen: listen) { server in
            #expect(server.addresses == ["unix:\(path)"])
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let client = try await RawClient.connect(path: path)
            client.send("GET / HTTP/1.1\r\nHost: any.name\r\nConnection: close\r\n\r\n")
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 200 OK\r\n"))
            client.close()
            await #expect(throws: ProxyServerError.self) { try await withServer(listen: listen) { _ in } }
            #expect(access(path, F_OK) == 0)
        }
        #expect(access(path, F_OK) != 0)
        // A file that a killed server left.
        leaveSocket(path)
        #expect(access(path, F_OK) == 0)
        try await withServer(listen: listen) { _ in }
    }

    @Test func aSocketFileOfSomebodyElseStays() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        try await withServer(listen: .unix(path: path)) { _ in
            // Another program has taken the place meanwhile.
            unlink(path)
            leaveSocket(path)
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test func theUmaskOfTheProcessStays() async throws {
        let directory = try TemporaryDirectory()
        let before = umask(0o022)
        defer { umask(before) }
        // Others who make files meanwhile get the mode that they ask for.
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask {
                    try? await withServer(listen: .unix(path: directory.path + "/s\(index)")) { _ in }
                }
                group.addTask {
                    let path = directory.path + "/f\(index)"
                    close(open(path, O_CREAT | O_WRONLY, 0o644))
                    var status = stat()
                    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o644)
                }
            }
        }
    }

    @Test func aPathThatIsTooLongIsAnError() async throws {
        let error = await #expect(throws: ProxyServerError.self) {
            try await withServer(listen: .unix(path: "/tmp/" + String(repeating: "x", count: 200))) { _ in }
        }
        #expect(error?.code == .cannotListen)
    }

    private func leaveSocket(_ path: String) {
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        close(descriptor)
    }

    @Test func whatIsTakenOrRemoteIsRefused() async throws {
        try await withServer { server in
            let error = await #expect(throws: ProxyServerError.self) {
                try await withServer(listen: .tcp(host: "127.0.0.1", port: server.port)) { _ in }
            }
            #expect(error?.code == .addressInUse)
        }
        let error = await #expect(throws: ProxyServerError.self) {
            try await withServer(listen: .tcp(host: "0.0.0.0", port: 0)) { _ in }
        }
        #expect(error?.code == .remoteNotAllowed)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("10.1.2.3", true), ("172.16.0.1", true), ("172.32.0.1", false), ("192.168.1.1", true),
        ("169.254.1.1", true), ("100.64.0.1", true), ("0.0.0.0", true), ("8.8.8.8", false), ("::1", true), ("::", true),
        ("fe80::1", true), ("fd00::1", true), ("::ffff:10.0.0.1", true), ("::ffff:8.8.8.8", false), ("64:ff9b::7f00:1", true),
        ("64:ff9b::808:808", false), ("64:ff9b:1::808:808", true),
        ("2001:4860:4860::8888", false), ("2002:7f00:1::", true), ("ff02::1", true), ("255.255.255.255", true),
    ])
    func privateNetworks(_ address: String, _ isPrivate: Bool) throws {
        #expect(PrivateNetworks.contains(try SocketAddress(ipAddress: address, port: 1)) == isPrivate)
    }
}

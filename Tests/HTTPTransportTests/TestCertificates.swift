import Foundation
import NIOSSL
import TestSupport

/// Certificates made by the `openssl` command for one test run, in a temporary directory.
struct TestCertificates {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let directory: URL
    var authority: String { path("ca.pem") }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// The settings of a server that shows the certificate of that name.
    func context(_ name: String) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(path(name + ".pem")).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: path(name + ".key"), format: .pem)
        return try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }

    /// `good` for localhost and both loopback addresses, `other` for another name, `address` for `192.0.2.7` and `2001:db8::7`,
    /// `byaddress` for the loopback addresses and another name, `expired`, `early`; all by one authority.
    static func with(_ body: (TestCertificates) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("larder-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let certificates = TestCertificates(directory: directory)
        try await certificates.run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Test")
        let loopback = "DNS:localhost,IP:127.0.0.1,IP:::1"
        try await certificates.make("good", names: loopback, dates: nil)
        try await certificates.make("other", names: "DNS:other.example", dates: nil)
        try await certificates.make("address", names: "IP:192.0.2.7,IP:2001:db8::7", dates: nil)
        try await certificates.make("byaddress", names: "DNS:other.example,IP:127.0.0.1,IP:::1", dates: nil)
        try await certificates.make("expired", names: loopback, dates: ("20200101000000Z", "20200201000000Z"))
        try await certificates.make("early", names: loopback, dates: ("20900101000000Z", "20910101000000Z"))
        try await body(certificates)
    }

    private func make(_ name: String, names: String, dates: (String, String)?) async throws {
        try await run(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name)")
        let configuration = """
            [ca]
            default_ca = x
            [x]
            new_certs_dir = .
            database = index.txt
            rand_serial = yes
            default_md = sha256
            policy = p
            unique_subject = no
            [p]
            commonName = supplied
            [e]
            subjectAltName = \(names)
            """
        try configuration.write(toFile: path("\(name).cnf"), atomically: true, encoding: .utf8)
        try "".write(toFile: path("index.txt"), atomically: true, encoding: .utf8)
        let period = dates.map { "-startdate \($0.0) -enddate \($0.1)" } ?? "-days 10"
        try await run(
            "ca -batch -notext -config \(name).cnf -extensions e -cert ca.pem -keyfile ca.key -in \(name).csr -out \(name).pem \(period)"
        )
    }

    private func run(_ arguments: String) async throws {
        let openssl = ["-C", directory.path, "openssl"]
        let result = try await Program.run("env", openssl + arguments.split(separator: " ").map(String.init))
        guard result.status == 0 else { throw Failure(description: "openssl \(arguments): \(result.errors)") }
    }

    /// Makes the directory one that OpenSSL finds certificates in.
    func hash() async throws {
        try await run("rehash .")
    }
}

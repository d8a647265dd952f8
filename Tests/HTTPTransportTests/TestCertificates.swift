import Foundation
import NIOSSL

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
        try certificates.run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Test")
        let loopback = "DNS:localhost,IP:127.0.0.1,IP:::1"
        try certificates.make("good", names: loopback, dates: nil)
        try certificates.make("other", names: "DNS:other.example", dates: nil)
        try certificates.make("address", names: "IP:192.0.2.7,IP:2001:db8::7", dates: nil)
        try certificates.make("byaddress", names: "DNS:other.example,IP:127.0.0.1,IP:::1", dates: nil)
        try certificates.make("expired", names: loopback, dates: ("20200101000000Z", "20200201000000Z"))
        try certificates.make("early", names: loopback, dates: ("20900101000000Z", "20910101000000Z"))
        try await body(certificates)
    }

    private func make(_ name: String, names: String, dates: (String, String)?) throws {
        try run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name)")
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
        try run(
            "ca -batch -notext -config \(name).cnf -extensions e -cert ca.pem -keyfile ca.key -in \(name).csr -out \(name).pem \(period)"
        )
    }

    private func run(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = directory
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(arguments): \(String(decoding: text, as: UTF8.self))")
        }
    }
}

extension TestCertificates {
    /// Makes the directory one that OpenSSL finds certificates in.
    func hash() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl", "rehash", directory.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "openssl rehash failed") }
    }
}

import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Certificates for tests of TLS, made by the `openssl` program in a directory of their own.
///
/// The keys are worth nothing: they are made anew each time and trusted by nobody but the test.
package struct TestCertificates: Sendable {
    /// The directory with the files; removed by `remove()`.
    package let directory: String
    /// PEM file of the authority that a client must trust; all but `selfSigned` are signed by it.
    package let authorityFile: String
    /// For `localhost`, `127.0.0.1` and `::1`, valid for ten years.
    package let good: TestOrigin.TLSIdentity
    /// For the same names, valid in January 2020 only.
    package let expired: TestOrigin.TLSIdentity
    /// Valid, for `other.example`.
    package let wrongName: TestOrigin.TLSIdentity
    /// Valid for the same names as `good`, signed by nobody else.
    package let selfSigned: TestOrigin.TLSIdentity

    /// Makes them; takes some tenths of a second, on a thread that may block.
    ///
    /// - Throws: `missingProgram` where there is no openssl, `programFailed`, `fileError`.
    package static func make() async throws(TestOriginError) -> TestCertificates {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try makeBlocking() }
        } catch let error as TestOriginError {
            throw error
        } catch {
            throw TestOriginError(code: .programFailed, message: "cannot make certificates: \(error)")
        }
    }

    /// Removes the directory and what is in it.
    package func remove() {
        Self.remove(directory)
    }

    // MARK: - Making

    private static let programs = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"]

    private static func makeBlocking() throws(TestOriginError) -> TestCertificates {
        guard let program = programs.first(where: { access($0, X_OK) == 0 }) else {
            throw TestOriginError(
                code: .missingProgram, message: "no openssl program at \(programs[0]); install the package openssl")
        }
        let directory = try temporaryDirectory()
        do {
            return try fill(directory, program)
        } catch {
            remove(directory)
            throw error
        }
    }

    private static func fill(_ directory: String, _ program: String) throws(TestOriginError) -> TestCertificates {
        try TextFile.write(configuration(directory), to: directory + "/openssl.cnf")
        try TextFile.write("", to: directory + "/index.txt")

        func openssl(_ arguments: String...) throws(TestOriginError) {
            try ChildProcess.run(program, arguments, outputFile: directory + "/output.txt")
        }
        func path(_ name: String) -> String { "\(directory)/\(name)" }
        func selfSign(_ name: String, subject: String, extensions: String) throws(TestOriginError) {
            try openssl(
                "req", "-x509", "-config", path("openssl.cnf"), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", path("\(name).key"), "-out", path("\(name).pem"), "-days", "3650", "-subj", "/CN=\(subject)",
                "-extensions", extensions)
        }
        func sign(_ name: String, subject: String, extensions: String, until end: String) throws(TestOriginError) {
            try openssl(
                "req", "-new", "-config", path("openssl.cnf"), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", path("\(name).key"), "-out", path("\(name).csr"), "-subj", "/CN=\(subject)")
            try openssl(
                "ca", "-batch", "-notext", "-config", path("openssl.cnf"), "-in", path("\(name).csr"), "-out",
                path("\(name).pem"), "-startdate", "20200101000000Z", "-enddate", end, "-extensions", extensions)
        }
        func identity(_ name: String) -> TestOrigin.TLSIdentity {
            TestOrigin.TLSIdentity(certificateFile: path("\(name).pem"), keyFile: path("\(name).key"))
        }

        try selfSign("ca", subject: "Larder test authority", extensions: "authority")
        try sign("good", subject: "localhost", extensions: "loopback", until: "20491231235959Z")
        try sign("expired", subject: "localhost", extensions: "loopback", until: "20200201000000Z")
        try sign("other", subject: "other.example", extensions: "other", until: "20491231235959Z")
        try selfSign("self", subject: "localhost", extensions: "loopback")
        return TestCertificates(
            directory: directory, authorityFile: path("ca.pem"), good: identity("good"), expired: identity("expired"),
            wrongName: identity("other"), selfSigned: identity("self"))
    }

    /// Everything openssl needs to know, so that the machine's own configuration does not matter.
    private static func configuration(_ directory: String) -> String {
        """
        [req]
        distinguished_name = name
        prompt = no
        [name]
        [ca]
        default_ca = test
        [test]
        certificate = \(directory)/ca.pem
        private_key = \(directory)/ca.key
        database = \(directory)/index.txt
        new_certs_dir = \(directory)
        default_md = sha256
        rand_serial = yes
        unique_subject = no
        policy = policy
        [policy]
        commonName = supplied
        [authority]
        basicConstraints = critical, CA:TRUE
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        [loopback]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
        [other]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:other.example

        """
    }

    private static func temporaryDirectory() throws(TestOriginError) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        // mkdtemp(3) puts a name that is not there yet in the place of six letters X at the end.
        var path = Array("\(parent)/larder-certificates-\(String(repeating: "X", count: 6))".utf8CString)
        guard mkdtemp(&path) != nil else {
            throw TestOriginError(
                code: .fileError, message: "cannot make a directory in \(parent): \(String(cString: strerror(errno)))")
        }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The directory is flat.
    private static func remove(_ directory: String) {
        guard let entries = opendir(directory) else { return }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { unlink("\(directory)/\(name)") }
        }
        closedir(entries)
        rmdir(directory)
    }
}

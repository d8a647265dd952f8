#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs a program to its end. Blocks: never on an event loop.
enum ChildProcess {
    /// - Parameters:
    ///   - program: an absolute path.
    ///   - outputFile: takes standard output and standard error.
    /// - Throws: `programFailed` with the end of the output where the program fails.
    static func run(_ program: String, _ arguments: [String], outputFile: String) throws(TestOriginError) {
        let words = [program] + arguments
        let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        // Nothing of the caller's environment decides what comes out.
        let environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), strdup("LC_ALL=C"), nil]
        defer { (argv + environment).forEach { free($0) } }

        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        var process = pid_t()
        let spawned = posix_spawn(&process, program, &actions, nil, argv, environment)
        guard spawned == 0 else {
            throw TestOriginError(code: .programFailed, message: "cannot run \(program): \(String(cString: strerror(spawned)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 && errno == EINTR {}
        guard status == 0 else {
            let output = (try? TextFile.read(outputFile)) ?? ""
            throw TestOriginError(
                code: .programFailed,
                message: "\(words.prefix(2).joined(separator: " ")) failed (wait status \(status)): \(output.suffix(500))")
        }
    }
}

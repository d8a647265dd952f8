import Foundation
import Glibc
import Synchronization

/// A process that this one has started. Foundation's `Process` loses the end of children that start at the same time: each inherits
/// the descriptor by which the end of another is noticed. It also ends this process where that has many files open.
package final class ChildProcess: Sendable {
    package let processID: Int32
    /// The wait status; nil while the process runs.
    private let status = Mutex<Int32?>(nil)
    private let ended: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation) = AsyncStream.makeStream()

    /// - Parameters:
    ///   - input, output, errors: the descriptors that the process gets as its first three; it gets no others.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String], input: Int32, output: Int32, errors: Int32
    ) throws {
        let argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + variables).forEach { free($0) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, number) in [(input, Int32(0)), (output, 1), (errors, 2)] {
            posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        }
        // A socket that listens, inherited, would go on listening when its test has closed it. Closing what is not open does no harm.
        for descriptor in 3..<Int32(clamping: min(sysconf(Int32(_SC_OPEN_MAX)), 4096)) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process blocks or ignores is none of the program's business.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var process = pid_t()
        let result = posix_spawn(&process, path, &actions, &attributes, argv, variables)
        guard result == 0 else { throw Program.Failure.system("start \(path)", result) }
        processID = process
        Thread.detachNewThread { [self] in waitForEnd() }
    }

    package var isRunning: Bool { status.withLock { $0 == nil } }

    package func signal(_ number: Int32) {
        // Under the lock: after the process has been waited for, its number may be another's.
        status.withLock { status in
            if status == nil { kill(processID, number) }
        }
    }

    /// Waits for the end.
    ///
    /// - Returns: the exit status; 128 and the signal's number where a signal ended it.
    package func wait() async -> Int32 {
        for await _ in ended.stream {}
        let status = status.withLock { $0 ?? 0 }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    }

    private func waitForEnd() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) == -1 && errno == EINTR {}
        status.withLock { status in
            var value: Int32 = 0
            while waitpid(processID, &value, 0) == -1 && errno == EINTR {}
            status = value
        }
        ended.continuation.finish()
    }
}

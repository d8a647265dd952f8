import CachingClient

/// Why a command ends early: a sentence for people, a stable code for programs, and the exit code.
struct CommandFailure: Error, Equatable {
    /// What failed, where, and what to do. Printed after `larder: `; escaped when it is printed.
    let message: String
    let exit: ExitStatus
    /// A name in snake case for `--json`.
    let code: String
    /// Whether the command has printed a JSON object about it already.
    var isInOutput = false

    init(_ message: String, exit: ExitStatus, code: String? = nil) {
        self.message = message
        self.exit = exit
        self.code = code ?? Self.generalCode(of: exit)
    }

    /// A system call on a file or a stream failed.
    static func fileIO(_ what: String, path: String, error: Int32) -> CommandFailure {
        CommandFailure("\(what) '\(path)': \(SystemError.text(error)).", exit: .fileIO)
    }

    /// The same failure, as the command's output tells it already or not.
    func told(inOutput: Bool) -> CommandFailure {
        var failure = self
        failure.isInOutput = inOutput
        return failure
    }

    /// The same failure with `place` before its sentence, as the command's output tells it already or not.
    func at(_ place: String, isInOutput: Bool) -> CommandFailure {
        CommandFailure("\(place): \(message)", exit: exit, code: code).told(inOutput: isInOutput)
    }

    /// The object that `--json` prints for a command that failed as a whole.
    func jsonLine() -> [UInt8] {
        var line = JSONLine()
        line.add("type", "error")
        line.addObject("error") { error in
            error.add("code", code)
            error.add("message", message)
        }
        line.add("exit_code", Int(exit.rawValue))
        return line.finished()
    }

    private static func generalCode(of exit: ExitStatus) -> String {
        switch exit {
        case .usage: "usage"
        case .fileIO: "file_io"
        case .httpStatus, ExitStatus(.authentication): "http_status"
        case .notInCache: "not_in_cache"
        case .interrupted: "stopped"
        default: "failed"
        }
    }
}

/// Ends the command with an exit code when everything that is to be said has been said.
struct QuietExit: Error, Equatable {
    let status: ExitStatus
}

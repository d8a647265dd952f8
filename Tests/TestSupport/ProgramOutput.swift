import Foundation
import Glibc

/// The descriptors of a program's standard output and error, and the ends of ours.
struct ProgramOutput {
    /// For the program: the terminal, where it reads from it; else nil.
    let input: Int32?
    /// For the program; closed here once it has started.
    let (output, errors): (Int32, Int32)
    /// What is read; nil where nothing is.
    let (readableOutput, readableErrors): (Int32?, Int32?)

    init(_ kind: Program.Output) throws {
        switch kind {
        case .pipes:
            input = nil
            (readableOutput, output) = try Self.pipe()
            (readableErrors, errors) = try Self.pipe()
        case .file(let path):
            input = nil
            output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard output >= 0 else { throw Program.Failure.system("open \(path)", errno) }
            readableOutput = nil
            (readableErrors, errors) = try Self.pipe()
        case .terminal, .typing:
            var (screen, terminal): (Int32, Int32) = (-1, -1)
            var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
            guard openpty(&screen, &terminal, nil, nil, &size) == 0 else { throw Program.Failure.system("openpty", errno) }
            (output, errors) = (terminal, terminal)
            if case .typing = kind { input = terminal } else { input = nil }
            (readableOutput, readableErrors) = (screen, nil)
        }
    }

    /// Types at the terminal; the line waits there until the program reads it.
    func type(_ text: String) throws {
        guard let screen = readableOutput, write(screen, text, text.utf8.count) == text.utf8.count else {
            throw Program.Failure.system("type", errno)
        }
    }

    /// Closes the program's ends, so that its end is the end of what we read.
    func closeProgramEnds() {
        close(output)
        if errors != output { close(errors) }
    }

    private static func pipe() throws -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw Program.Failure.system("pipe", errno) }
        return (ends[0], ends[1])
    }
}

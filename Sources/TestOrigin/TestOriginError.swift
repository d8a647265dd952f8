/// Why the test origin could not start, or certificates could not be made.
package struct TestOriginError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable name of the cause.
    package enum Code: String, Sendable {
        case cannotListen = "cannot_listen"
        case badCertificate = "bad_certificate"
        case missingProgram = "missing_program"
        case programFailed = "program_failed"
        case fileError = "file_error"
    }

    package let code: Code
    /// What went wrong, where, and what to do about it.
    package let message: String

    package var description: String { message }
}

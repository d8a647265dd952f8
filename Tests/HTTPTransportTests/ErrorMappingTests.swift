import NIOCore
import Testing

@testable import HTTPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What errors of the system become.
@Suite struct ErrorMappingTests {
    @Test(arguments: [(EMFILE, "ulimit -n"), (ENFILE, "this machine")])
    func theWantOfDescriptorsHasACodeOfItsOwn(errno: CInt, advice: String) {
        let error = TransportError.connecting(IOError(errnoCode: errno, reason: "socket"), authority: "example.com:80")
        #expect(error.code == .tooManyOpenFiles)
        #expect(error.code.rawValue == "too_many_open_files")
        #expect(error.phase == .connect)
        #expect(error.isRetryable)
        #expect(error.message.contains("example.com:80") && error.message.contains(advice) && error.message.contains("-j"))
    }
}

import CachingClient
import CrawlEngine
import HTTPTransport
import Testing

@testable import LarderCommand

@Suite struct ExitStatusTests {
    @Test(
        arguments: [
            ([], 0), ([.network], 4), ([.httpStatus, .network], 4), ([.httpStatus, .offlineMiss], 8), ([.integrity, .refused], 22),
            ([.tls, .generic, .diskReserve], 1),
        ] as [([FailureClass], Int32)])
    func `of several the lowest of 1 to 8 wins, else the lowest of our own`(failures: [FailureClass], code: Int32) {
        #expect(ExitStatus(failures).rawValue == code)
    }

    @Test func `a status of 400 or more is a failure`() {
        #expect([200, 204, 304, 399].allSatisfy { ExitStatus(httpStatus: $0) == .success })
        #expect(ExitStatus(httpStatus: 404).rawValue == 8)
        #expect(ExitStatus(httpStatus: 503).rawValue == 8)
        #expect(ExitStatus(httpStatus: 401).rawValue == 6)
    }

    @Test func `each error has its code and its exit`() {
        let timeout = CommandFailure(TransportError(.timeout, .body, "no byte came"))
        #expect(timeout.exit.rawValue == 4)
        #expect(timeout.code == "timeout")
        #expect(CommandFailure(TransportError(.tlsWrongHost, .tls, "x")).exit.rawValue == 5)
        #expect(CommandFailure(CrawlError.unreadableInput(path: "p", reason: "r")).exit.rawValue == 3)
        #expect(CommandFailure(CancellationError()).exit.rawValue == 23)
    }

    @Test func `a crawl that was stopped can go on, whatever failed`() {
        var summary = CrawlSummary()
        #expect(ExitStatus(summary) == .success)
        summary.failureClasses = [.httpStatus]
        #expect(ExitStatus(summary) == .httpStatus)
        summary.invalidSeeds = 1
        #expect(ExitStatus(summary).rawValue == 1)
        summary.interrupted = true
        #expect(ExitStatus(summary).rawValue == 23)
    }

    @Test func `the object of a failed command has code, message and exit`() {
        let line = String(decoding: CommandFailure("no disk.", exit: .fileIO).jsonLine(), as: UTF8.self)
        #expect(line == #"{"type":"error","error":{"code":"file_io","message":"no disk."},"exit_code":3}"# + "\n")
    }
}

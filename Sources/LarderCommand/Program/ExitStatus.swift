import CacheStore
import CachingClient
import CrawlEngine
import HTTPTransport

/// The exit codes: wget's where they exist, our own from 20. This is the one place that turns failures into them.
struct ExitStatus: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    static let success = ExitStatus(rawValue: 0)
    static let generic = ExitStatus(.generic)
    /// The command line or the configuration file cannot be understood.
    static let usage = ExitStatus(rawValue: 2)
    static let fileIO = ExitStatus(.fileIO)
    static let httpStatus = ExitStatus(.httpStatus)
    /// Not in the cache, and the network was not to be asked.
    static let notInCache = ExitStatus(.offlineMiss)
    static let interrupted = ExitStatus(.interrupted)
    /// What is stored is not what was stored.
    static let damaged = ExitStatus(.integrity)

    init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    init(_ failure: FailureClass) {
        self.init(rawValue: Int32(failure.rawValue))
    }

    /// Of several failures the lowest code of 1 to 8 wins, else the lowest of our own; success where there is none.
    init(_ failures: some Collection<FailureClass>) {
        self = failures.min().map(ExitStatus.init) ?? .success
    }

    /// How a single answer's status ends a command: 401 and 407 ask for authentication, other 4xx and 5xx are failures.
    init(httpStatus status: Int) {
        switch status {
        case 401, 407: self.init(.authentication)
        case 400...: self.init(.httpStatus)
        default: self = .success
        }
    }
}

extension CommandFailure {
    /// Any error that a command may end with, as a sentence and a code.
    init(_ error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as FetchError: self.init(error.message, exit: ExitStatus(error.failureClass), code: error.code.rawValue)
        case let error as CrawlError:
            switch error {
            case .unreadableInput: self.init(error.message, exit: .fileIO, code: "unreadable_input")
            case .cache(let error): self.init(error)
            }
        case let error as StoreError: self.init(FetchError(error))
        case let error as TransportError: self.init(FetchError(error))
        case is CancellationError: self.init("stopped.", exit: .interrupted)
        default: self.init("unexpected failure: \(error). Please report it.", exit: .generic)
        }
    }
}

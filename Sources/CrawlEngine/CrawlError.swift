package import CachingClient

/// Why a crawl could not go on at all.
package enum CrawlError: Error, Hashable, Sendable {
    /// An input file cannot be opened or read.
    case unreadableInput(path: String, reason: String)
    /// The cache can take nothing more: damaged, or its disk is full.
    case cache(FetchError)

    /// What failed, where, and what to do.
    package var message: String {
        switch self {
        case .unreadableInput(let path, let reason):
            "cannot read the list \(path): \(reason); name a file with one URL a line, or - for standard input"
        case .cache(let error): error.message
        }
    }

    package var failureClass: FailureClass {
        switch self {
        case .unreadableInput: .fileIO
        case .cache(let error): error.failureClass
        }
    }
}

package import CacheStore
package import HTTPSemantics
package import HTTPTransport

/// Why a fetch gave no whole response: a stable code, a sentence for people, and the kind of failure.
package struct FetchError: Error, Hashable, Sendable {
    /// A name that scripts may rely on, in snake case. The network's own codes are those of `TransportError.Code`.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The time for one URL is over; the transport's `max_time`.
        package static let maximumTime = Code(rawValue: TransportError.Code.maximumTime.rawValue)
        /// More redirects than allowed.
        package static let tooManyRedirects = Code(rawValue: "too_many_redirects")
        /// A redirect led back to a URL of its own chain.
        package static let redirectLoop = Code(rawValue: "redirect_loop")
        /// A redirect whose Location is missing, or is no http or https URL.
        package static let invalidRedirect = Code(rawValue: "invalid_redirect")
        /// The body is larger than the limit that was set.
        package static let bodyTooLarge = Code(rawValue: "body_too_large")
        /// robots.txt does not allow it.
        package static let robotsDisallowed = Code(rawValue: "robots_disallowed")
        /// The server asked to be left alone for longer than we wait.
        package static let hostPutAside = Code(rawValue: "host_put_aside")
        /// Another fetch of the same thing was under way for longer than we wait.
        package static let lockTimeout = Code(rawValue: "lock_timeout")
        /// Others asked the host as much as they may for longer than we wait.
        package static let hostBusy = Code(rawValue: "host_busy")
        /// The run was stopped before this fetch ended.
        package static let stopped = Code(rawValue: "stopped")
        /// A stored body differs from its digest. The store's other codes are those of `StoreError.Code`.
        package static let cacheCorrupt = Code(rawValue: "cache_corrupt")
        /// A body could not be compressed or decompressed for want of memory.
        package static let cacheFailed = Code(rawValue: "cache_failed")
        /// Whoever received the body failed, an output file for one.
        package static let deliveryFailed = Code(rawValue: "delivery_failed")
    }

    package let code: Code
    /// What failed, where, and what to do; without secrets.
    package let message: String
    package let failureClass: FailureClass
    /// What the store says of it; nil where the store took no part.
    package let storeError: StoreError?
    /// Whether stored content failed before anything of its answer was handed on, so that another answer may take its place.
    var isBeforeHead = false
    /// Before which time the host does not want to be asked again; nil where that is not why.
    package var retryTime: UnixTime?

    package init(code: Code, message: String, failureClass: FailureClass, storeError: StoreError? = nil) {
        self.code = code
        self.message = message
        self.failureClass = failureClass
        self.storeError = storeError
    }
}

/// The kinds of failure that users tell apart by exit code. The raw values are those codes: 1 to 8 as wget has them, ours from 20.
package enum FailureClass: Int, Hashable, Comparable, Sendable {
    case generic = 1
    case fileIO = 3
    case network = 4
    case tls = 5
    case authentication = 6
    case `protocol` = 7
    /// A status of 400 or more.
    case httpStatus = 8
    /// Not in the cache while offline.
    case offlineMiss = 20
    case lockTimeout = 21
    /// Refused by robots.txt, by policy, or at the server's own request.
    case refused = 22
    /// Stopped, and can go on.
    case interrupted = 23
    /// Stored data are damaged.
    case integrity = 24
    /// No room on the disk.
    case diskReserve = 25

    package static func < (left: FailureClass, right: FailureClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension FetchError {
    package init(_ error: TransportError) {
        self.init(
            code: Code(rawValue: error.code.rawValue), message: error.message, failureClass: FailureClass(error.code))
    }

    /// The error of a fetch of which only the code is known; nil where that is none of the network's.
    package init?(networkCode: String, message: String) {
        guard let code = TransportError.Code(rawValue: networkCode) else { return nil }
        self.init(code: Code(rawValue: networkCode), message: message, failureClass: FailureClass(code))
    }

    package init(_ error: StoreError) {
        self.init(
            code: Code(rawValue: error.code.name), message: error.description, failureClass: FailureClass(error.code),
            storeError: error)
    }

    /// There is no answer without the network, and the network may not be used.
    static func unsatisfiable(reason: String) -> FetchError {
        FetchError(
            code: Code(rawValue: reason), message: "nothing stored may answer, and the network may not be asked",
            failureClass: .offlineMiss)
    }

    /// A reader was too slow for what is not stored.
    static let fellBehind = FetchError(
        code: .deliveryFailed, message: "the content could not be kept for a reader that is slower than another; ask again",
        failureClass: .generic)

    static let noAnswer = FetchError(
        code: .cacheFailed, message: "the cache gave no answer for a request", failureClass: .generic)

    /// Whether the origin could not be asked, so that what is stored may answer in its place (RFC 5861 section 4).
    var isOfOrigin: Bool {
        switch failureClass {
        case .network, .protocol, .tls: true
        default: code == .hostPutAside || code == .hostBusy
        }
    }

    /// Whether the store failed, so that the origin may answer in its place.
    package var isOfStore: Bool {
        switch failureClass {
        case .integrity, .diskReserve, .fileIO: true
        case .lockTimeout: code != .lockTimeout && code != .hostBusy
        default: code == .cacheFailed
        }
    }

    /// The error of a run that is being stopped.
    package static let stopped = FetchError(
        code: .stopped, message: "stopped before the response was complete; run the same command again to fetch it",
        failureClass: .interrupted)
}

extension FailureClass {
    package init(_ code: TransportError.Code) {
        switch code {
        case .dnsFailed, .connectionRefused, .networkUnreachable, .connectTimeout, .connectionReset, .connectionClosed, .timeout,
            .maximumTime, .truncatedBody, .proxyFailed, .tooManyOpenFiles, .allServersDown:
            self = .network
        case .tlsCertificateExpired, .tlsWrongHost, .tlsUntrusted, .tlsFailed: self = .tls
        case .protocolError, .headTooLarge: self = .protocol
        case .addressRefused: self = .refused
        case .cancelled: self = .interrupted
        case .invalidRequest, .internal: self = .generic
        }
    }
}

extension FailureClass {
    package init(_ code: StoreError.Code) {
        switch code {
        case .diskFull, .diskReserve, .cacheFull, .tooLargeForCache: self = .diskReserve
        case .corrupt, .bodyGone: self = .integrity
        case .busy: self = .lockTimeout
        case .closed, .invalidArgument: self = .generic
        case .notWritable, .cannotCreate, .newerSchema, .differentKeyRecipe, .networkFileSystem, .ioError, .noCache, .noJob:
            self = .fileIO
        }
    }
}

import CacheStore
import CachingClient
import ContentCoding
import HTTPSemantics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The one place where failures of the layers below become failures of this library. Sentences that advise an option of the command
/// line are put in terms of this library.
extension LarderError {
    init(_ error: FetchError, url: WebURL? = nil) {
        if let storeError = error.storeError {
            self.init(storeError)
        } else if let (kind, code, message) = Self.worded(error) {
            self.init(kind, code: code ?? error.code.rawValue, message)
        } else {
            self.init(Kind(error.failureClass), code: error.code.rawValue, error.message)
        }
        self.url = url?.withoutUserinfo().withoutFragment().serialized
    }

    private static func worded(_ error: FetchError) -> (kind: Kind, code: String?, message: String)? {
        if error.failureClass == .offlineMiss {
            return (.offlineMiss, "not_in_cache", "not in the cache, and the network was not to be used")
        }
        switch error.code {
        case .stopped: return (.cancelled, "cancelled", "the fetch was cancelled before the response was complete")
        case .bodyTooLarge:
            return (.refused, nil, "the content is longer than allowed; raise FetchOptions.maximumBodyBytes to take it")
        case .tooManyRedirects:
            return (.protocolViolation, nil, "there are more redirects than allowed; raise FetchOptions.maximumRedirects to go on")
        case .lockTimeout:
            return (.lockTimeout, nil, "another fetch of the same has been under way for longer than waitTimeout; try again")
        case .hostBusy:
            return (
                .lockTimeout, nil, "others have been keeping the host as busy as it may be for longer than waitTimeout; try again"
            )
        case .cacheCorrupt:
            return (.integrity, nil, "what is stored differs from what was received; fetch it again with Freshness.reload")
        default: return nil
        }
    }

    init(_ error: StoreError) {
        self.init(Kind(FailureClass(error.code), error.code), code: error.code.name, Self.sentence(error))
    }

    private static func sentence(_ error: StoreError) -> String {
        let reason: String
        if let number = error.systemError, number != 0 {
            reason = ": " + String(cString: strerror(number))
        } else {
            reason = error.detail.isEmpty ? "" : ": " + error.detail
        }
        let place = "the cache at \(error.path)"
        return switch error.code {
        case .notWritable: "cannot write \(place) (\(error.operation))\(reason); change its permissions or open another directory"
        case .cannotCreate: "cannot make or open \(place) (\(error.operation))\(reason); open another directory"
        case .newerSchema(let found, let supported):
            "\(place) has schema version \(found), and this version of Larder knows up to \(supported); it was left as it is"
        case .differentKeyRecipe: "\(place) was made by a version of Larder that names entries otherwise; it was left as it is"
        case .networkFileSystem: "\(place) lies on a network file system, where it would be damaged; open a local directory"
        case .diskFull: "no space is left for \(place) (\(error.operation)); free some"
        case .diskReserve: "\(place) does not grow: its disk has no more than the reserve left; free some, or change the reserve"
        case .cacheFull: "\(place) has reached its size limit, and nothing in it may go; raise the limit, or unpin entries"
        case .tooLargeForCache: "the content is too long for the size limit of \(place)"
        case .noCache: "there is no cache in \(error.path); set createsCache to make one"
        case .closed: "\(place) was closed (\(error.operation))"
        default: error.description
        }
    }

    init(_ error: CodingError) {
        switch error {
        case .outputLimit:
            self.init(
                .refused, code: error.code,
                "the decoded content is longer than allowed; raise FetchOptions.maximumDecodedBytes if the server is trusted")
        case .unsupported(let name):
            self.init(
                .protocolViolation, code: error.code,
                "the content coding '\(name)' is not known here; read rawBody to have it as sent")
        case .corrupt(let detail):
            self.init(
                .protocolViolation, code: error.code,
                "the compressed content is damaged (\(detail)); read rawBody to have it as sent")
        case .truncated:
            self.init(
                .protocolViolation, code: error.code, "the compressed content ends too early; read rawBody to have it as sent")
        default: self.init(.other, code: error.code, "\(error)")
        }
    }

    static let closed = LarderError(.closed, code: "cache_closed", "the cache was closed")
}

extension LarderError.Kind {
    init(_ failureClass: FailureClass) {
        switch failureClass {
        case .generic: self = .other
        case .fileIO: self = .file
        case .network: self = .network
        case .tls: self = .tls
        case .authentication, .protocol, .httpStatus: self = .protocolViolation
        case .offlineMiss: self = .offlineMiss
        case .lockTimeout: self = .lockTimeout
        case .refused: self = .refused
        case .interrupted: self = .cancelled
        case .integrity: self = .integrity
        case .diskReserve: self = .disk
        }
    }

    init(_ failureClass: FailureClass, _ code: StoreError.Code) {
        if case .closed = code { self = .closed } else { self.init(failureClass) }
    }
}

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

#if canImport(Darwin)
    private let datagramSocket = SOCK_DGRAM
#else
    private let datagramSocket = CInt(SOCK_DGRAM.rawValue)
#endif

extension TransportError {
    /// A failure of an exchange on an open connection to `authority`.
    init(_ failure: ConnectionMachine.Failure, authority: String) {
        self.init(failure.code, failure.phase, "\(authority): \(failure.detail)", isRetryable: failure.isRetryable)
    }

    /// What kept a connection to `authority` from being opened.
    static func connecting(_ error: any Error, authority: String) -> TransportError {
        switch error {
        case let error as TransportError:
            return error
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else { return resolving(authority: authority) }
            // That one address is refused matters only where no other gave a reason of its own.
            let tried = error.connectionErrors.first { ($0.error as? TransportError)?.code != .addressRefused }
            return connecting((tried ?? first).error, authority: authority)
        case is SocketAddressError:
            return resolving(authority: authority)
        case let error as IOError:
            return connecting(errno: error.errnoCode, error, authority: authority)
        case ChannelError.connectTimeout:
            return connectTimeout(authority: authority, phase: .connect)
        default:
            return TransportError(.internal, .connect, "\(authority): \(error)", isRetryable: true)
        }
    }

    /// The name look-up failed. It opens files and sockets of its own and does not tell when it could not, so this is tried here.
    private static func resolving(authority: String) -> TransportError {
        let descriptor = socket(AF_INET, datagramSocket, 0)
        guard descriptor >= 0 else {
            let code = errno
            if code == EMFILE || code == ENFILE { return tooManyOpenFiles(errno: code, authority: authority, phase: .resolve) }
            return nameWithoutAddress(authority)
        }
        close(descriptor)
        return nameWithoutAddress(authority)
    }

    private static func nameWithoutAddress(_ authority: String) -> TransportError {
        TransportError(
            .dnsFailed, .resolve, "\(authority): the host name has no address; check its spelling and the name server",
            isRetryable: true)
    }

    private static func tooManyOpenFiles(errno: CInt, authority: String, phase: Phase) -> TransportError {
        TransportError(
            .tooManyOpenFiles, phase,
            errno == ENFILE
                ? "\(authority): this machine has too many files open; end other programs, or fetch fewer URLs at a time with -j"
                : "\(authority): too many open files; allow more with `ulimit -n`, or fetch fewer URLs at a time with -j",
            isRetryable: true)
    }

    private static func connecting(errno: CInt, _ error: IOError, authority: String) -> TransportError {
        switch errno {
        case ECONNREFUSED:
            return TransportError(
                .connectionRefused, .connect, "\(authority): connection refused; nothing listens on that port", isRetryable: true)
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EAFNOSUPPORT, EACCES, EPERM:
            return TransportError(
                .networkUnreachable, .connect, "\(authority): the network is unreachable (\(error))", isRetryable: true)
        case ETIMEDOUT:
            return connectTimeout(authority: authority, phase: .connect)
        case ECONNRESET, EPIPE:
            return TransportError(
                .connectionReset, .connect, "\(authority): the connection was reset while it was opened", isRetryable: true)
        case EMFILE, ENFILE:
            return tooManyOpenFiles(errno: errno, authority: authority, phase: .connect)
        default:
            return TransportError(.internal, .connect, "\(authority): \(error)", isRetryable: true)
        }
    }

    static func addressRefused(authority: String) -> TransportError {
        TransportError(
            .addressRefused, .connect,
            "\(authority): connections to this address are not allowed; it belongs to a network that has been excluded")
    }

    static func connectTimeout(authority: String, phase: Phase) -> TransportError {
        TransportError(
            .connectTimeout, phase, "\(authority): no connection within the connect time-out; the host may be down",
            isRetryable: true)
    }
}

extension ConnectionMachine.Failure {
    /// Whether another attempt may fare better: no byte came, and it was not the caller's limits or the certificate.
    var isRetryable: Bool {
        guard isUnanswered else { return false }
        switch code {
        case .connectionReset, .connectionClosed, .timeout, .tlsFailed, .internal: return true
        default: return false
        }
    }
}

extension ConnectionMachine.Fault {
    init(_ error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection, NIOSSLError.uncleanShutdown:
            self = .endOfInput
        case HTTPParserError.headerOverflow, is ResponseDecoder.HeadTooLarge:
            self = .headTooLarge
        case is ResponseDecoder.UnsolicitedBytes, is NIOHTTPDecoderError:
            self = .protocolViolation("bytes that no request asked for")
        case let error as HTTPParserError:
            self = .protocolViolation("\(error)")
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
            self = .reset
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.outputClosed:
            self = .endOfInput
        case let error as NIOSSLError:
            self = .tls("\(error)")
        case let error as BoringSSLError:
            self = .tls("\(error)")
        case let error as IOError where error.errnoCode == ETIMEDOUT || error.errnoCode == EHOSTUNREACH:
            self = .reset
        default:
            self = .other("\(error)")
        }
    }
}

extension ResponseFraming.Failure {
    var detail: String {
        switch self {
        case .transferCoding: "a transfer coding other than chunked"
        case .contentLength: "a Content-Length beyond measure"
        case .status: "a status below 100"
        case .switchedProtocols: "it switches to another protocol"
        }
    }
}

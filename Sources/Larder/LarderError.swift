/// Why the cache could not do what was asked: the kind of failure for a program to act on, a stable code, and a sentence for people.
public struct LarderError: Error, Hashable, Sendable {
    /// What kind of failure it is. More kinds may come; a `switch` needs a `default`.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// A stable name.
        public let rawValue: String

        /// The kind of that name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The request cannot be sent as it is: its URL, its method or a field.
        public static let invalidRequest = Kind(rawValue: "invalid_request")
        /// A name that does not resolve, a refused or broken connection, a time-out, half a body.
        public static let network = Kind(rawValue: "network")
        /// A certificate that is expired, for another name, or not trusted.
        public static let tls = Kind(rawValue: "tls")
        /// The server does not speak HTTP, redirects without end, or sends what cannot be decoded.
        public static let protocolViolation = Kind(rawValue: "protocol")
        /// Nothing stored may answer, and the network was not to be used.
        public static let offlineMiss = Kind(rawValue: "offline_miss")
        /// A limit of yours or of the server's forbids it: the length of a body, an address, a server that wants to be left alone.
        public static let refused = Kind(rawValue: "refused")
        /// The task was cancelled.
        public static let cancelled = Kind(rawValue: "cancelled")
        /// Another process held a lock for longer than ``Cache/Configuration/lockTimeout``, or fetched the same, or kept the host as busy
        /// as it may be, for longer than ``Cache/Configuration/waitTimeout``.
        public static let lockTimeout = Kind(rawValue: "lock_timeout")
        /// What is stored is damaged, or was removed while it was read.
        public static let integrity = Kind(rawValue: "integrity")
        /// There is no room on the disk.
        public static let disk = Kind(rawValue: "disk")
        /// The cache cannot be made, opened, read or written.
        public static let file = Kind(rawValue: "file")
        /// The cache was closed.
        public static let closed = Kind(rawValue: "closed")
        /// Used against the rules of this library: a body that is read twice, for one.
        public static let misuse = Kind(rawValue: "misuse")
        /// Anything else.
        public static let other = Kind(rawValue: "other")
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// What exactly it is, in snake case: stable, and the same that the program `larder` tells with `--json`.
    public let code: String
    /// What failed, where, and what to do; without credentials.
    public let message: String
    /// The URL that it was about, without user, password and fragment; nil where it was about none.
    public internal(set) var url: String?

    init(_ kind: Kind, code: String, _ message: String, url: String? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.url = url
    }
}

extension LarderError: CustomStringConvertible {
    /// The message, with the URL before it where there is one.
    public var description: String {
        url.map { "\($0): \(message)" } ?? message
    }
}

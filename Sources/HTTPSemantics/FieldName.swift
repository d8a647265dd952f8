/// The field names that rules ask for, and some more that nearly every server sends.
///
/// A field line knows from the start which of them its name is, so that looking for one compares numbers in place of text. Any other
/// name is compared as text. At most 64, so that a set of them is one number.
package enum FieldName: UInt8, Hashable, Sendable, CaseIterable {
    case accept, acceptCharset, acceptEncoding, acceptLanguage, acceptRanges, accessControlAllowOrigin, age, altSvc, authorization
    case cacheControl, cacheStatus, cdnCacheControl, close, connection, contentDigest, contentEncoding, contentLanguage
    case contentLength, contentLocation, contentMD5, contentRange, contentSecurityPolicy, contentType, cookie
    case date, digest, entityTag, expect, expires, host
    case ifMatch, ifModifiedSince, ifNoneMatch, ifRange, ifUnmodifiedSince, keepAlive, lastModified, link, location
    case pragma, proxyAuthenticate, proxyAuthenticationInfo, proxyAuthorization, proxyConnection
    case range, referer, reprDigest, retryAfter, server, setCookie, strictTransportSecurity
    case te, trailer, transferEncoding, upgrade, userAgent, vary, via, warning
    case xContentTypeOptions, xFrameOptions, xPoweredBy, xRobotsTag

    /// As its standard spells it.
    package var spelling: String { FieldNameTable.standard.spellings[Int(rawValue)] }

    /// The name that the text spells, without regard to the case of ASCII letters (RFC 9110 section 5.1); nil: none of these.
    package init?(_ text: String) {
        guard let name = text.withBytes({ FieldNameTable.standard.find($0)?.name }) else { return nil }
        self = name
    }

    /// The same of the bytes of a text.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let name = FieldNameTable.standard.find(text)?.name else { return nil }
        self = name
    }

    /// The name that the bytes spell, and the very text that they spell: nil for a name that is not known. One in its usual spelling
    /// costs no copy.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> (name: FieldName?, text: String) {
        guard let found = FieldNameTable.standard.find(text) else { return (nil, String(decoding: text, as: UTF8.self)) }
        return (found.name, found.isUsual ? found.name.spelling : String(decoding: text, as: UTF8.self))
    }

    fileprivate var standardSpelling: StaticString {
        switch self {
        case .accept: "Accept"
        case .acceptCharset: "Accept-Charset"
        case .acceptEncoding: "Accept-Encoding"
        case .acceptLanguage: "Accept-Language"
        case .acceptRanges: "Accept-Ranges"
        case .accessControlAllowOrigin: "Access-Control-Allow-Origin"
        case .age: "Age"
        case .altSvc: "Alt-Svc"
        case .authorization: "Authorization"
        case .cacheControl: "Cache-Control"
        case .cacheStatus: "Cache-Status"
        case .cdnCacheControl: "CDN-Cache-Control"
        case .close: "Close"
        case .connection: "Connection"
        case .contentDigest: "Content-Digest"
        case .contentEncoding: "Content-Encoding"
        case .contentLanguage: "Content-Language"
        case .contentLength: "Content-Length"
        case .contentLocation: "Content-Location"
        case .contentMD5: "Content-MD5"
        case .contentRange: "Content-Range"
        case .contentSecurityPolicy: "Content-Security-Policy"
        case .contentType: "Content-Type"
        case .cookie: "Cookie"
        case .date: "Date"
        case .digest: "Digest"
        case .entityTag: "ETag"
        case .expect: "Expect"
        case .expires: "Expires"
        case .host: "Host"
        case .ifMatch: "If-Match"
        case .ifModifiedSince: "If-Modified-Since"
        case .ifNoneMatch: "If-None-Match"
        case .ifRange: "If-Range"
        case .ifUnmodifiedSince: "If-Unmodified-Since"
        case .keepAlive: "Keep-Alive"
        case .lastModified: "Last-Modified"
        case .link: "Link"
        case .location: "Location"
        case .pragma: "Pragma"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .proxyAuthenticationInfo: "Proxy-Authentication-Info"
        case .proxyAuthorization: "Proxy-Authorization"
        case .proxyConnection: "Proxy-Connection"
        case .range: "Range"
        case .referer: "Referer"
        case .reprDigest: "Repr-Digest"
        case .retryAfter: "Retry-After"
        case .server: "Server"
        case .setCookie: "Set-Cookie"
        case .strictTransportSecurity: "Strict-Transport-Security"
        case .te: "TE"
        case .trailer: "Trailer"
        case .transferEncoding: "Transfer-Encoding"
        case .upgrade: "Upgrade"
        case .userAgent: "User-Agent"
        case .vary: "Vary"
        case .via: "Via"
        case .warning: "Warning"
        case .xContentTypeOptions: "X-Content-Type-Options"
        case .xFrameOptions: "X-Frame-Options"
        case .xPoweredBy: "X-Powered-By"
        case .xRobotsTag: "X-Robots-Tag"
        }
    }
}

/// Some of the known field names.
package struct FieldNameSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// No name. Written as `[]` it would go through the generic initialiser of sets in other modules.
    package static let none: FieldNameSet = []

    package init(_ names: FieldName...) {
        self.init(rawValue: names.reduce(0) { $0 | 1 << UInt64($1.rawValue) })
    }

    @inlinable package func contains(_ name: FieldName) -> Bool {
        rawValue & (1 << UInt64(name.rawValue)) != 0
    }

    @inlinable package mutating func insert(_ name: FieldName) {
        self = FieldNameSet(rawValue: rawValue | 1 << UInt64(name.rawValue))
    }
}

/// A hash table of the known names: a name is found by its length and the letters at its ends, and compared once.
private struct FieldNameTable: Sendable {
    static let standard = FieldNameTable()

    /// By raw value.
    let spellings: [String]
    private let literals: [StaticString]
    /// What finds its slot taken lies in the next one that is free.
    private var slots: [FieldName?]

    private init() {
        literals = FieldName.allCases.map(\.standardSpelling)
        spellings = literals.map(\.description)
        slots = Array(repeating: nil, count: 256)
        for name in FieldName.allCases {
            var slot = Self.slot(Self.bytes(of: literals[Int(name.rawValue)]))
            while slots[slot] != nil { slot = (slot + 1) % 256 }
            slots[slot] = name
        }
    }

    /// The name that the text spells, and whether it does in the usual way.
    func find(_ text: UnsafeBufferPointer<UInt8>) -> (name: FieldName, isUsual: Bool)? {
        guard !text.isEmpty else { return nil }
        var slot = Self.slot(text)
        while let name = slots[slot] {
            let spelling = Self.bytes(of: literals[Int(name.rawValue)])
            if Grammar.isEqual(spelling, text) { return (name, true) }
            if Grammar.equalIgnoringCase(spelling, text) { return (name, false) }
            slot = (slot + 1) % 256
        }
        return nil
    }

    private static func bytes(of literal: StaticString) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    }

    private static func slot(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        let first = Int(text[0] | 0x20)
        let last = Int(text[text.count - 1] | 0x20)
        return (text.count &* 59 &+ first &* 5 &+ last &* 23) & 255
    }
}

import CachingClient
import HTTPSemantics

/// What is asked for. Most often that is a URL alone, and `Cache.fetch` takes one.
public struct Request: Hashable, Sendable {
    /// An http or https URL. User and password in it become an Authorization field, where there is none, and go nowhere else; a
    /// fragment is not sent.
    public var url: String
    /// The method. Only answers to `GET`, and as RFC 9111 allows to `POST`, are stored; `HEAD` is answered from the cache too.
    public var method: String
    /// Fields besides those of ours: `User-Agent: larder/…`, `Accept: */*` and `Accept-Encoding: gzip, deflate`. One that is given takes
    /// the place of ours, one with an empty value takes it away.
    public var fields: Fields
    /// The content; nil: none.
    public var body: [UInt8]?

    /// - Parameters:
    ///   - url: as `url`.
    ///   - method: default `GET`.
    ///   - fields: default none besides ours.
    ///   - body: default none.
    public init(_ url: String, method: String = "GET", fields: Fields = Fields(), body: [UInt8]? = nil) {
        self.url = url
        self.method = method
        self.fields = fields
        self.body = body
    }
}

extension Request {
    /// The request as it is sent.
    func head() throws(LarderError) -> RequestHead {
        let target = try WebURL(requested: url)
        let method = HTTPMethod(rawValue: method)
        guard method.isToken, method != .connect else {
            throw LarderError(.invalidRequest, code: "invalid_method", "the request has a method that cannot be sent")
        }
        for line in fields.section.lines {
            switch RequestFieldFault(line) {
            case .invalidName:
                throw LarderError(.invalidRequest, code: "invalid_field", "the request has a field whose name is none")
            case .reserved(let name):
                throw LarderError(
                    .invalidRequest, code: "reserved_field",
                    "the field \(name) cannot be set: it follows from the URL and the content")
            case .controlCharacter:
                throw LarderError(
                    .invalidRequest, code: "invalid_field", "the value of the field \(line.name) has a control character")
            case nil: break
            }
        }
        let fields = RequestDefaults.fields.overlaid(with: fields.section.lines)
        return RequestHead(method: method, url: target, fields: fields).takingCredentialsFromURL()
    }
}

extension WebURL {
    /// Reads a URL that a caller gives. The error does not repeat it: it may hold a password.
    init(requested text: String) throws(LarderError) {
        guard let url = WebURL(text) else {
            let advice = text.contains("://") ? "check its spelling" : "write it with its scheme, as in https://example.com/"
            throw LarderError(.invalidRequest, code: "invalid_url", "what was given is no absolute URL; \(advice)")
        }
        guard url.isHTTP, !url.host.isEmpty else {
            throw LarderError(
                .invalidRequest, code: "invalid_url", "a URL with the scheme \(url.scheme) was given; give http or https")
        }
        self = url
    }
}

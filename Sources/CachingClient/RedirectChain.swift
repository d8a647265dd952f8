package import HTTPCaching
package import HTTPSemantics

/// Follows the redirects of one request, each hop a request of its own (RFC 9110 section 15.4).
package struct RedirectChain: Sendable {
    /// The hops before the present one. The method counts: answering POST with a redirect to the same URL for GET is no circle.
    private var earlier: [CacheKey] = []
    private let limit: Int

    /// - Parameter limit: how many redirects are followed; 0 means none.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Redirects followed so far.
    package var count: Int { earlier.count }

    /// Whether a response sends the client elsewhere. Without a Location it is an answer like any other.
    package static func isRedirect(_ response: ResponseHead) -> Bool {
        isRedirect(status: response.status) && response.fields.contains(.location)
    }

    /// The same of a stored response.
    package static func isRedirect(_ response: StoredHead) -> Bool {
        isRedirect(status: response.status) && isRedirect(response.value)
    }

    private static func isRedirect(status: Int) -> Bool {
        switch status {
        case 301, 302, 303, 307, 308: true
        default: false
        }
    }

    /// The request that follows a response; nil where the response is no redirect, or redirects are not followed.
    ///
    /// 303 turns every method but HEAD into GET, 301 and 302 turn POST into GET, as clients do. Fields that speak of credentials
    /// leave the request when the host changes.
    ///
    /// - Parameter request: that of the present hop: the first one, or what this has given last.
    /// - Throws: `invalidRedirect`, `redirectLoop`, `tooManyRedirects`.
    package mutating func next(after response: ResponseHead, to request: RequestHead) throws(FetchError) -> RequestHead? {
        guard limit > 0, Self.isRedirect(response), let location = response.fields.first(.location) else { return nil }
        guard let target = WebURL(location, base: request.url), target.isHTTP else {
            throw .invalidRedirect(of: request.url.authority)
        }
        // User and password that a server makes up are neither sent nor told.
        let url = target.withoutUserinfo().withoutFragment()
        let method = method(after: response.status, to: request.method)
        let hop = CacheKey(method: method, url: url)
        let present = CacheKey(method: request.method, url: request.url)
        guard hop != present, !earlier.contains(hop) else {
            throw .redirectLoop(at: request.url.authority, length: count + 1)
        }
        guard count < limit else {
            throw .tooManyRedirects(of: request.url.authority, limit: limit)
        }
        earlier.append(present)
        var next = request
        next.url = url
        next.target = nil
        if method != request.method {
            next.method = method
            for name in ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location"] { next.fields.remove(name) }
        }
        if url.origin != request.url.origin {
            for name in ["Authorization", "Cookie", "Proxy-Authorization"] { next.fields.remove(name) }
        }
        return next
    }

    private func method(after status: Int, to method: HTTPMethod) -> HTTPMethod {
        if status == 303, method != .head { return .get }
        return [301, 302].contains(status) && method == .post ? .get : method
    }
}

extension FetchError {
    /// Whether it is a redirect that cannot be followed.
    package var isOfRedirect: Bool { [.invalidRedirect, .redirectLoop, .tooManyRedirects].contains(code) }

    package static func invalidRedirect(of host: String) -> FetchError {
        FetchError(
            code: .invalidRedirect, message: "\(host) redirects to something that is no http or https URL", failureClass: .protocol)
    }

    package static func redirectLoop(at host: String, length: Int) -> FetchError {
        FetchError(
            code: .redirectLoop,
            message: length == 1 ? "\(host) redirects a URL to itself" : "\(host) redirects in a circle of \(length) URLs",
            failureClass: .protocol)
    }

    package static func tooManyRedirects(of host: String, limit: Int) -> FetchError {
        FetchError(
            code: .tooManyRedirects, message: "\(host) redirects more than \(limit) times; raise --max-redirect to go on",
            failureClass: .protocol)
    }
}

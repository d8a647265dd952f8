package import HTTPSemantics

/// What an unsafe request makes doubtful (RFC 9111 section 4.4).
package enum Invalidation {
    /// The keys whose stored responses must be dropped: the target URI's, and those of Location and Content-Location where they
    /// have the target's origin (another origin's would let one site empty another's cache). Empty where the method is safe or
    /// the response is an error.
    package static func keys(request: RequestHead, response: ResponseHead) -> [CacheKey] {
        guard !request.method.isSafe, (200..<400).contains(response.status) else { return [] }
        var keys = [CacheKey(request.url)]
        for name in [FieldName.location, .contentLocation] {
            guard let text = response.fields.first(name), let url = WebURL(text, base: request.url),
                url.hasOrigin(of: request.url)
            else { continue }
            let key = CacheKey(url)
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }
}

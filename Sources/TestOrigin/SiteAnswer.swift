import HTTPSemantics

/// How the site answers: methods, content negotiation, conditions.
extension GeneratedSite {
    func answer(_ request: OriginRequest, now: UnixTime) -> ScriptedResponse {
        guard let found = representation(request.path) else {
            return .text("not found\n", status: 404, fields: ["Content-Type": "text/plain"])
        }
        guard request.method == .get || request.method == .head else {
            return .text("only GET and HEAD\n", status: 405, fields: ["Allow": "GET, HEAD", "Content-Type": "text/plain"])
        }
        let gzip = Self.acceptsGzip(request.fields.combined("Accept-Encoding")) ? found.gzip : nil
        // A strong tag names bytes: the two codings of one page need two (RFC 9110 section 8.8.3.3).
        let tag = "\"\(found.tag)\(gzip == nil ? "" : "-gzip")\""

        var fields = FieldSection()
        fields.append("Date", HTTPDate.format(now))
        if let cacheControl = found.freshness.cacheControl { fields.append("Cache-Control", cacheControl) }
        if found.gzip != nil { fields.append("Vary", "Accept-Encoding") }
        if found.freshness != .never {
            fields.append("ETag", tag)
            fields.append("Last-Modified", HTTPDate.format(found.lastModified))
            if Self.isNotModified(request, tag: tag, lastModified: found.lastModified, now: now) {
                return ScriptedResponse(status: 304, fields: fields)
            }
        }
        fields.append("Content-Type", found.mediaType)
        if gzip != nil { fields.append("Content-Encoding", "gzip") }
        return ScriptedResponse(fields: fields, body: .bytes(gzip ?? found.body))
    }

    /// Whether a conditional request is answered with 304 (RFC 9110 section 13.2.2): If-None-Match decides where it is given.
    private static func isNotModified(_ request: OriginRequest, tag: String, lastModified: UnixTime, now: UnixTime) -> Bool {
        if let condition = request.fields.combined("If-None-Match") {
            if condition == "*" { return true }
            guard let current = EntityTag(tag) else { return false }
            return Grammar.listElements(condition).contains { element in
                EntityTag(String(element))?.weaklyMatches(current) ?? false
            }
        }
        guard let since = request.fields.first("If-Modified-Since").flatMap({ HTTPDate.parse($0, now: now) }) else { return false }
        return lastModified <= since
    }

    /// Whether gzip is acceptable (RFC 9110 section 12.5.3): named, or covered by `*`, with a weight that is not zero.
    static func acceptsGzip(_ acceptEncoding: String?) -> Bool {
        guard let acceptEncoding else { return false }
        var star = false
        for element in Grammar.listElements(acceptEncoding) {
            let parts = element.split(separator: ";").map { Grammar.trimmed($0).lowercased() }
            guard let name = parts.first else { continue }
            let isRefused = parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
            if name == "gzip" || name == "x-gzip" { return !isRefused }
            if name == "*" { star = !isRefused }
        }
        return star
    }
}

package import HTTPSemantics

/// What holds for gateway addresses, `/https://host/path`: to a browser all sites behind them are one origin, this server, and would
/// share cookies, passwords and scripts' rights; pure.
///
/// A browser is known by the fields `Sec-Fetch-*` (Fetch Metadata Request Headers, W3C), which no script can set or take away.
package enum GatewayRules {
    /// Whether a browser may have the answer: a page that its user has asked for, and what a page of the same site needs.
    ///
    /// - Parameter target: the URL behind the slash.
    package static func judge(_ fields: FieldSection, target: WebURL) throws(Refusal) {
        guard let site = fields.first("Sec-Fetch-Site") else { return }
        guard fields.first("Sec-Fetch-Dest") != "serviceworker" else { throw .crossSite }
        switch site {
        case "none": return
        case "same-origin":
            // What a page shows in its own place may lead anywhere: nothing reads it but its user.
            if fields.first("Sec-Fetch-Mode") == "navigate", fields.first("Sec-Fetch-Dest") == "document" { return }
            guard let referer = fields.first("Referer").flatMap({ WebURL($0) }),
                TargetRules.gatewayURL(referer.requestTarget)?.url.hasOrigin(of: target) == true
            else { throw .crossSite }
        default: throw .crossSite
        }
    }

    /// The fields that go on to the site: from a browser without what another site may have left with it.
    package static func request(_ fields: FieldSection) -> FieldSection {
        guard isFromBrowser(fields) else { return fields }
        var fields = fields
        fields.removeAll { $0.isNamed("Cookie") || $0.isNamed("Authorization") }
        return fields
    }

    /// The answer as the client gets it: `Location` and `Content-Location` stay within the gateway, and a browser keeps no cookie of
    /// it and runs no script of a page.
    ///
    /// - Parameters:
    ///   - fields: of the request, as they came.
    ///   - target: the URL behind the slash.
    package static func answer(_ head: ResponseHead, to fields: FieldSection, target: WebURL) -> ResponseHead {
        var head = head
        for name in ["Location", "Content-Location"] {
            if let value = head.fields.first(name) { head.fields.set(name, GatewayLocation.rewritten(value, target: target)) }
        }
        guard isFromBrowser(fields) else { return head }
        head.fields.remove("Set-Cookie")
        if let destination = fields.first("Sec-Fetch-Dest"), pages.contains(destination) {
            // Without scripts, for they could read every other site through this address; with its own origin, for without it the
            // browser tells no more which site a style sheet or an image is for.
            head.fields.append("Content-Security-Policy", "sandbox allow-same-origin")
        }
        return head
    }

    private static let pages: Set<String> = ["document", "iframe", "frame", "embed", "object"]

    private static func isFromBrowser(_ fields: FieldSection) -> Bool {
        fields.contains("Sec-Fetch-Site") || fields.contains("Sec-Fetch-Mode") || fields.contains("Sec-Fetch-Dest")
            || fields.contains("Sec-Fetch-User")
    }
}

/// URLs in the fields of gateway answers.
package enum GatewayLocation {
    /// The value of Location as a gateway address, `/https://host/path`, so that whoever follows it stays in the gateway; as it is
    /// where it leads to no http or https URL.
    ///
    /// - Parameter target: the URL that was asked for, against which the value is resolved (RFC 9110 section 10.2.2).
    package static func rewritten(_ value: String, target: WebURL) -> String {
        guard let url = WebURL(value, base: target), url.isHTTP, !url.host.isEmpty else { return value }
        return "/" + url.withoutUserinfo().serialized
    }
}

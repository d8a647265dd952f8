import HTTPSemantics

/// A URL that is given as an argument.
enum URLArgument {
    /// - Throws: `CommandFailure` where the text is no absolute http or https URL.
    static func parse(_ text: String) throws(CommandFailure) -> WebURL {
        guard let url = WebURL(text) else {
            let advice = text.contains("://") ? "Check its spelling." : "Write it with its scheme, as in https://\(text)."
            throw CommandFailure("'\(text)' is no absolute URL. \(advice)", exit: .usage)
        }
        guard url.isHTTP else {
            throw CommandFailure("'\(text)' has the scheme \(url.scheme). Give an http or https URL.", exit: .usage)
        }
        return url
    }

    /// How a URL that was given is told: as it was given, but without user and password.
    static func shown(_ text: String, as url: WebURL) -> String {
        let bare = url.withoutUserinfo()
        return bare == url ? text : bare.serialized
    }
}

/// When a server asks to be called again (RFC 9110 section 10.2.3).
package struct RetryAfter {
    /// The time from which on the server may be asked: `now` plus a number of seconds (at most 2^31), or the date given. A date
    /// that has passed is returned as it is.
    ///
    /// - Parameter now: when the response was received.
    /// - Returns: nil where the value is neither.
    package static func parse(_ text: String, now: UnixTime) -> UnixTime? {
        let value = Grammar.trimmed(text[...])
        if let seconds = Grammar.deltaSeconds(value) { return now.advanced(bySeconds: seconds) }
        return HTTPDate.parse(String(value), now: now)
    }
}

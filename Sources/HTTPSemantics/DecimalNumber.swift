extension Grammar {
    /// A non-negative number: one digit or more and nothing else (`1*DIGIT`, RFC 9110 section 2.2). Nil for any other text, and
    /// for a number that exceeds `Int64.max`.
    package static func decimal(_ text: Substring) -> Int64? {
        guard !text.isEmpty else { return nil }
        var result: Int64 = 0
        for byte in text.utf8 {
            guard isASCIIDigit(byte) else { return nil }
            let (product, productOverflow) = result.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            if productOverflow || sumOverflow { return nil }
            result = sum
        }
        return result
    }

    /// The same, but a number above `limit` counts as `limit`.
    ///
    /// - Parameter limit: not negative.
    package static func decimal(_ text: Substring, saturatingAt limit: Int64) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy(isASCIIDigit) else { return nil }
        return min(decimal(text) ?? limit, limit)
    }
}

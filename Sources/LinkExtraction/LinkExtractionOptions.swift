import HTTPSemantics

/// Bounds and choices of link extraction.
package struct LinkExtractionOptions: Hashable, Sendable {
    /// How many links are taken from one document; what is beyond them is counted and left out. 0: none.
    package var maximumLinks: Int
    /// How many bytes the URLs of one document have together, roughly: what is beyond them is counted and left out, as with
    /// `maximumLinks`. A page with a long base could name gigabytes in a few lines.
    package var maximumLinkBytes: Int
    /// The longest attribute value, and the longest URL in a style sheet, in bytes; a longer one counts as absent. No URL may be
    /// longer than the default, but `srcset`, `srcdoc` and `style` may.
    package var maximumValueLength: Int
    /// How deep documents in `srcdoc` may lie in one another; 0: none is read.
    package var maximumNesting: Int
    /// Whether a sketch of the visible text is made.
    package var sketchesText: Bool

    package init(
        maximumLinks: Int = 100_000, maximumLinkBytes: Int = 32 << 20, maximumValueLength: Int = WebURL.maximumLength,
        maximumNesting: Int = 4, sketchesText: Bool = false
    ) {
        self.maximumLinks = maximumLinks
        self.maximumLinkBytes = maximumLinkBytes
        self.maximumValueLength = maximumValueLength
        self.maximumNesting = maximumNesting
        self.sketchesText = sketchesText
    }
}

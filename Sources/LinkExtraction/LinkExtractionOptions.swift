package import HTTPSemantics

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

/// What a document says as a whole, known at its end.
package struct LinkSummary: Hashable, Sendable {
    /// The base URL at the document's end, without a fragment.
    package var base: WebURL
    /// The encoding in which the document was read; nil where nothing named one.
    package var encoding: CharacterEncoding?
    /// What `meta name=robots` and `meta name=larder` ask for, taken together.
    package var directives: RobotsDirectives = []
    /// How many links were left out because of `maximumLinks` and `maximumLinkBytes`.
    package var cutCount: Int
    /// The sketch of the visible text; nil where none was asked for.
    package var sketch: TextSketch?
}

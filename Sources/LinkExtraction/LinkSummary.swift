package import HTTPSemantics

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

/// Where a document breaks the rules of XML.
package struct XMLFault: Hashable, Sendable {
    package var kind: Kind
    /// How many bytes, in UTF-8, precede the place where it was noticed.
    package var offset: Int

    package init(kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    package enum Kind: String, Hashable, Sendable {
        /// A "<" that begins no markup, or that stands in a tag.
        case strayLessThan
        /// An ampersand that begins no reference, or one to an entity that is not defined without a document type.
        case badReference
        /// An attribute without a value, or without quotes around it.
        case badAttribute
        /// An end tag that ends an outer element, or none.
        case badNesting
        /// An element behind the end of the root.
        case contentAfterRoot
        /// Elements deeper than the limit.
        case tooDeep
        /// The end of the document inside of an element or tag.
        case unexpectedEnd
    }
}

import LinkExtraction

/// What the content of a page told a crawl that follows links.
struct PageContents: Sendable {
    /// Links in the order in which they stand.
    var links: [Outlink] = []
    /// Links beyond the bound, which were passed over.
    var cutLinks = 0
    /// Whether it is a text for people, which `sketch` speaks of.
    var isText = false
    /// SHA-256 of its bytes as sent, where they are not stored, which would tell it; nil where they are, or were not read.
    var digest: [UInt8]?
    /// What tells the page from others of its kind: the least hashes of its text; empty where it has little.
    var sketch: [UInt32] = []
}

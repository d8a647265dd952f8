/// A web site that is computed: the same seed gives the same bytes, today and tomorrow, for any number of pages.
///
/// - `/` and `/contents/K.html`: lists of pages, 100 each
/// - `/pages/N.html`, N from 0: text, links to other pages, an image
/// - `/images/N.png`: images, one for 16 pages
/// - `/live/K.html`, K from 0 to 9: pages with `no-store`
/// - `/robots.txt`, `/style.css`
///
/// Everything but `/live/` has a strong ETag and Last-Modified. Pages differ in Cache-Control by their number, see `freshness`.
package final class GeneratedSite: Sendable {
    /// What a page says about its freshness.
    package enum Freshness: Hashable, Sendable {
        /// `max-age=3600`
        case hour
        /// `max-age=0`
        case revalidate
        /// Nothing: a cache may guess from Last-Modified (RFC 9111 section 4.2.2).
        case silent
        /// `no-store`
        case never

        package var cacheControl: String? {
            switch self {
            case .hour: "max-age=3600"
            case .revalidate: "max-age=0"
            case .silent: nil
            case .never: "no-store"
            }
        }
    }

    package static let pagesInAList = 100
    package static let pagesWithAnImage = 16
    package static let livePages = 10

    /// How many pages there are; at least 1.
    package let pageCount: Int
    /// About how many bytes a page has before compression.
    package let pageBytes: Int
    let seed: UInt64

    private let cache = RenderedPages()

    /// - Parameters:
    ///   - pageCount: 500 unless told.
    ///   - pageBytes: 10,000 unless told; at most 16 MiB.
    package init(pageCount: Int = 500, pageBytes: Int = 10_000, seed: UInt64 = 1) {
        self.pageCount = max(1, pageCount)
        self.pageBytes = min(max(0, pageBytes), 16 << 20)
        self.seed = seed
    }

    /// Of four pages in a row: one is fresh for an hour, two must be revalidated, one says nothing.
    package static func freshness(ofPage number: Int) -> Freshness {
        switch number % 4 {
        case 0: .hour
        case 3: .silent
        default: .revalidate
        }
    }

    /// The targets of the first `count` pages, in order; more than there are go round again with a query, so that each
    /// target is another one.
    package func pageTargets(_ count: Int) -> some Sequence<String> {
        let pageCount = pageCount
        return (0..<max(0, count)).lazy.map { index in
            let round = index / pageCount
            return "/pages/\(index % pageCount).html" + (round == 0 ? "" : "?round=\(round)")
        }
    }

    /// Changes a page's content, and with it ETag and Last-Modified, as an editor would.
    package func revise(page number: Int) {
        cache.revise(.page(number))
    }

    // MARK: - Look-up

    /// The representation at a path; nil where there is none.
    func representation(_ path: String) -> RenderedPages.Rendered? {
        guard let resource = resource(path) else { return nil }
        return cache.rendered(resource) { revision in
            SiteRenderer(site: self).render(resource, revision: revision)
        }
    }

    private func resource(_ path: String) -> SiteResource? {
        switch path {
        case "/", "/index.html": return .contents(0)
        case "/robots.txt": return .robots
        case "/style.css": return .style
        default: break
        }
        func number(_ prefix: String, _ suffix: String, below bound: Int) -> Int? {
            guard path.hasPrefix(prefix), path.hasSuffix(suffix) else { return nil }
            let digits = path.dropFirst(prefix.count).dropLast(suffix.count)
            guard let number = Int(digits), number >= 0, number < bound, String(number) == digits else { return nil }
            return number
        }
        if let page = number("/pages/", ".html", below: pageCount) { return .page(page) }
        if let list = number("/contents/", ".html", below: listCount) { return .contents(list) }
        if let image = number("/images/", ".png", below: imageCount) { return .image(image) }
        return number("/live/", ".html", below: Self.livePages).map { .live($0) }
    }

    var listCount: Int { (pageCount + Self.pagesInAList - 1) / Self.pagesInAList }
    var imageCount: Int { (pageCount + Self.pagesWithAnImage - 1) / Self.pagesWithAnImage }
}

/// What the site has.
enum SiteResource: Hashable, Sendable {
    case contents(Int)
    case page(Int)
    case image(Int)
    case live(Int)
    case robots
    case style
}

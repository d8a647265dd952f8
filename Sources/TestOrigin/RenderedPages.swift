import ContentCoding
import HTTPSemantics
import Synchronization

/// The rendered representations that were asked for lately, within a bound.
final class RenderedPages: Sendable {
    /// One resource, ready to be sent.
    struct Rendered: Sendable {
        var mediaType: String
        var body: [UInt8]
        /// The body in gzip; nil where that is not worth it.
        var gzip: [UInt8]?
        /// The opaque part of the entity tag.
        var tag: String
        var lastModified: UnixTime
        var freshness: GeneratedSite.Freshness
    }

    static let maximumBytes = 64 << 20
    static let maximumEntries = 16_384

    private struct State {
        var rendered: [SiteResource: Rendered] = [:]
        var bytes = 0
        var revisions: [SiteResource: Int] = [:]
    }

    private let state = Mutex(State())

    /// Gives what is there, or renders it outside the lock; two may render the same at the same time, with the same result.
    func rendered(_ resource: SiteResource, render: (_ revision: Int) -> Rendered) -> Rendered {
        let (found, revision) = state.withLock { ($0.rendered[resource], $0.revisions[resource] ?? 0) }
        if let found { return found }
        let rendered = render(revision)
        let bytes = rendered.body.count + (rendered.gzip?.count ?? 0)
        state.withLock { state in
            guard (state.revisions[resource] ?? 0) == revision, state.rendered[resource] == nil else { return }
            if state.bytes + bytes > Self.maximumBytes || state.rendered.count >= Self.maximumEntries {
                // Rendering is cheap: starting over is simpler than an order of use, and as good for a crawl.
                state.rendered.removeAll(keepingCapacity: true)
                state.bytes = 0
            }
            state.rendered[resource] = rendered
            state.bytes += bytes
        }
        return rendered
    }

    func revise(_ resource: SiteResource) {
        state.withLock { state in
            state.revisions[resource, default: 0] += 1
            if let old = state.rendered.removeValue(forKey: resource) {
                state.bytes -= old.body.count + (old.gzip?.count ?? 0)
            }
        }
    }
}

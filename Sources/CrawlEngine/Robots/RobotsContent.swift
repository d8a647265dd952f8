import ContentCoding
package import CrawlPolicy
package import HTTPSemantics

/// The content of an answer to a request for robots.txt, its codings undone, as far as it is looked at. For one answer.
package struct RobotsContent: ~Copyable {
    /// What was decoded: hardly more than the limit of robots.txt, which tells that there is more.
    package private(set) var bytes: [UInt8] = []
    private let status: Int
    private var decoder: ContentDecoder?

    /// The code of a fetch that brought a file in a coding that is unknown or broken.
    package static let undecodableCode = "undecodable_content"

    package init(_ head: ResponseHead) {
        status = head.status
        decoder = try? ContentDecoder(contentEncoding: head.fields.combined("Content-Encoding"), maximumOutput: nil)
    }

    /// Whether nothing that follows changes anything: there is enough, it cannot be decoded, or the status alone decides.
    package var isEnough: Bool {
        !hasFile || decoder == nil || bytes.count > RobotsTxt.maximumBytes
    }

    private var hasFile: Bool { (200..<300).contains(status) }

    /// Takes the next bytes, as they were sent.
    package mutating func append(_ piece: [UInt8]) {
        guard !isEnough else { return }
        decoder?.append(piece)
        do {
            while bytes.count <= RobotsTxt.maximumBytes, let piece = try decoder?.next() { bytes += piece }
        } catch {
            decoder = nil
        }
    }

    /// Says that no bytes follow: a coding that is still open is broken.
    package mutating func finish() {
        guard !isEnough else { return }
        do { try decoder?.finish() } catch { decoder = nil }
    }

    /// How the fetch of the answer ended. A file of which nobody knows what it says has not come (RFC 9309 section 2.3.1.4): to
    /// take it for an empty one would allow all.
    ///
    /// - Parameter retryAfter: what the answer asks for; nil: nothing.
    package func fetch(retryAfter: UnixTime? = nil) -> RobotsFetch {
        hasFile && decoder == nil ? .failed(code: Self.undecodableCode) : .answered(status: status, retryAfter: retryAfter)
    }
}

import CacheStore
import HTTPSemantics
import Synchronization
import TestOrigin
import TestSupport

/// A site whose pages change, and of which every version can be told from its digest: the content of a URL is a function of its
/// number and its revision.
final class TortureSite: Sendable {
    static let shortCount = 160
    static let longCount = 12

    private let revisions = Mutex<[String: Int]>([:])
    /// The latest version's content, by target; and digests, by entity tag.
    private let contents = Mutex<[String: (revision: Int, bytes: [UInt8])]>([:])
    private let digests = Mutex<[String: [UInt8]]>([:])
    let origin: TestOrigin

    init(_ origin: TestOrigin) {
        self.origin = origin
        for target in Self.targets {
            origin.script(target) { [self] request in answer(request) }
        }
    }

    static let shortTargets = (0..<shortCount).map { "/short/\($0)" }
    static let longTargets = (0..<longCount).map { "/long/\($0)" }
    static let targets = shortTargets + longTargets

    var urls: [String] { Self.targets.map(origin.url) }

    /// Changes some pages, as their editors would.
    func revise(_ targets: some Sequence<String>) {
        revisions.withLock { revisions in
            for target in targets { revisions[target, default: 0] += 1 }
        }
    }

    /// Changes a short page now and then, until it is cancelled: what one process validates another finds changed.
    func edit(seed: UInt64) -> Task<Void, Never> {
        Task.detached { [self] in
            var random = SplitMix64(seed: seed)
            while !Task.isCancelled {
                revise(Self.shortTargets.randomElement(using: &random).map { [$0] } ?? [])
                try? await Task.sleep(for: .milliseconds(25))
            }
        }
    }

    func revision(_ target: String) -> Int {
        revisions.withLock { $0[target] ?? 0 }
    }

    /// The strong entity tag of a version, which an entry in the store names it by.
    static func entityTag(_ target: String, _ revision: Int) -> String {
        "\"\(revision)-\(target.split(separator: "/").joined(separator: "-"))\""
    }

    /// The revision that an entity tag names.
    static func revision(ofTag tag: String) -> Int? {
        tag.split(separator: "-").first.flatMap { Int($0.dropFirst()) }
    }

    /// Short pages compress and go to the store as a whole; long ones do not, and are staged while they come.
    static func content(_ target: String, _ revision: Int) -> [UInt8] {
        let number = Int(target.split(separator: "/").last ?? "") ?? 0
        let title = Array("version \(revision) of \(target)\n".utf8)
        guard target.hasPrefix("/long/") else {
            let line = Array("a line of \(target) that repeats itself, in version \(revision)\n".utf8)
            return title + (0..<(20 + number)).flatMap { _ in line }
        }
        return title + GeneratedBody.bytes(from: Int64(number * 7919 + revision * 13), count: 300_000 + number * 40_000)
    }

    func digest(_ target: String, _ revision: Int) -> [UInt8] {
        let tag = Self.entityTag(target, revision)
        if let known = digests.withLock({ $0[tag] }) { return known }
        let digest = BodyDigest.of(content(target, revision))
        digests.withLock { $0[tag] = digest }
        return digest
    }

    private func content(_ target: String, _ revision: Int) -> [UInt8] {
        if let known = contents.withLock({ $0[target] }), known.revision == revision { return known.bytes }
        let bytes = Self.content(target, revision)
        if revision == self.revision(target) { contents.withLock { $0[target] = (revision, bytes) } }
        return bytes
    }

    private func answer(_ request: OriginRequest) -> ScriptedResponse {
        let target = request.path
        let revision = revision(target)
        let tag = Self.entityTag(target, revision)
        // A third each: fresh for an hour, to be asked about every time, fresh for a second.
        let number = Int(target.split(separator: "/").last ?? "") ?? 0
        let maxAge = [3600, 0, 1][number % 3]
        let fields: FieldSection = ["ETag": tag, "Cache-Control": "max-age=\(maxAge)", "Content-Type": "text/plain"]
        if request.fields.first("If-None-Match") == tag { return ScriptedResponse(status: 304, fields: fields) }
        let content = content(target, revision)
        guard target.hasPrefix("/long/") else { return ScriptedResponse(fields: fields, body: .bytes(content)) }
        // In pieces with pauses, so that it is under way when somebody is killed.
        var pieces: [[UInt8]] = []
        for start in stride(from: 0, to: content.count, by: 80_000) {
            pieces.append(Array(content[start..<min(start + 80_000, content.count)]))
        }
        return ScriptedResponse(fields: fields, body: .pieces(pieces), pause: .milliseconds(15))
    }
}

import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Many bodies of one size that do not compress and differ from each other.
struct Bulk: Sendable {
    let origin: TestOrigin
    let count: Int
    let bytes: Int
    private let directory: String

    /// Lets the origin answer `/NAME/0`, `/NAME/1` and so on, fresh for an hour.
    init(_ origin: TestOrigin, _ name: String = "bulk", count: Int, bytes: Int) {
        self.origin = origin
        self.count = count
        self.bytes = bytes
        directory = "/\(name)"
        for number in 0..<count {
            let content = content(number)
            origin.script("\(directory)/\(number)") { _ in
                ScriptedResponse(
                    fields: ["Content-Type": "image/png", "Cache-Control": "max-age=3600"], body: .bytes(content))
            }
        }
    }

    func target(_ number: Int) -> String { "\(directory)/\(number)" }
    func url(_ number: Int) -> String { origin.url(target(number)) }
    var urls: [String] { (0..<count).map(url) }

    /// Noise of its own for each number, so that no piece of it is anywhere else.
    func content(_ number: Int) -> [UInt8] {
        let seed = directory.utf8.reduce(UInt64(number)) { ($0 &+ UInt64($1)) &* 0x100_0000_01B3 }
        var random = SplitMix64(seed: seed)
        var content: [UInt8] = []
        content.reserveCapacity(bytes + 8)
        while content.count < bytes {
            withUnsafeBytes(of: random.next()) { content += $0 }
        }
        return Array(content[..<bytes])
    }
}

/// What a directory takes on the disk, in bytes, as du(1) counts.
func diskBytes(_ directory: String) -> Int64 {
    var sum: Int64 = 0
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
        var status = stat()
        if lstat("\(directory)/\(name)", &status) == 0 { sum += Int64(status.st_blocks) * 512 }
    }
    return sum
}

/// Changes one byte of a stored body in the file of the database, as a disk that lies would: in the middle of it, for of the
/// beginning the database moves copies about.
func damage(_ cache: String, content: [UInt8]) throws {
    let file = URL(fileURLWithPath: "\(cache)/cache.db")
    var bytes = try Data(contentsOf: file)
    let mark = Data(content[content.count / 2..<content.count / 2 + 64])
    guard let place = bytes.range(of: mark) else { throw CocoaError(.fileReadUnknown) }
    bytes[place.lowerBound] ^= 1
    try bytes.write(to: file)
}

/// Expects that the stored body is this one; a failure does not print both.
func expectBody(
    of url: String, in larder: Larder, _ content: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let result = try await larder.run("cat", url)
    #expect(result.status == 0, "\(url): \(result.errors)", sourceLocation: sourceLocation)
    let isEqual = result.bytes == content
    #expect(isEqual, "\(url)", sourceLocation: sourceLocation)
}

import Testing

@testable import ContentCoding

struct CompressibilityTests {
    @Test(arguments: [
        "text/html", "text/plain", "application/json", "image/svg+xml", "application/atom+xml", "application/problem+json",
        "font/ttf", "application/javascript",
    ])
    func good(essence: String) {
        #expect(Compressibility(mediaType: essence) == .good)
    }

    @Test(arguments: [
        "image/png", "image/jpeg", "video/mp4", "audio/mpeg", "font/woff2", "font/woff", "application/zip", "application/gzip",
        "application/pdf", "application/epub+zip", "application/zstd",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.oasis.opendocument.text",
    ])
    func poor(essence: String) {
        #expect(Compressibility(mediaType: essence) == .poor)
    }

    @Test(arguments: [nil, "", "/", "html", "application/octet-stream", "model/stl", "application/x-unheard-of"])
    func unknown(essence: String?) {
        #expect(Compressibility(mediaType: essence) == .unknown)
    }

    @Test func theTrialDecidesWhereTheTypeDoesNot() {
        let text = Fixtures.text(4096)
        let noise = Fixtures.noise(4096)
        #expect(Compressibility.isWorthCompressing(mediaType: "application/octet-stream", firstBlock: text))
        #expect(!Compressibility.isWorthCompressing(mediaType: "application/octet-stream", firstBlock: noise))
        #expect(!Compressibility.isWorthCompressing(mediaType: "image/png", firstBlock: text))
        #expect(Compressibility.isWorthCompressing(mediaType: "text/html", firstBlock: noise))
    }

    /// A tenth is the line: of 4096 bytes, zeros in the place of noise save about what they take.
    @Test func theTrialWantsATenth() {
        func block(zeros: Int) -> [UInt8] { Fixtures.noise(4096 - zeros) + [UInt8](repeating: 0, count: zeros) }
        #expect(!Compressibility.trial(block(zeros: 350)))
        #expect(Compressibility.trial(block(zeros: 500)))
    }

    @Test func theTrialLooksAtTheFirstBlockOnly() {
        #expect(!Compressibility.trial(Fixtures.noise(4096) + Fixtures.text(100_000)))
        #expect(!Compressibility.trial([]))
        #expect(!Compressibility.trial([1, 2, 3]))
    }
}

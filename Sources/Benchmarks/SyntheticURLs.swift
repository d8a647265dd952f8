import CacheStore

/// URLs as a large crawl meets them: any number of different ones, of about 75 bytes, their fingerprints and servers as if drawn by lot.
struct SyntheticURLs: Sendable {
    let serverCount: Int

    /// URL `number`, the same at each call.
    func url(_ number: Int) -> FrontierURL {
        let fingerprint = Self.mix(UInt64(number))
        let authority = "https://www.host\(fingerprint % UInt64(serverCount)).example"
        return FrontierURL(
            url: "\(authority)/section/\(number % 97)/some-article-with-a-name-\(number).html", authority: authority,
            fingerprint: fingerprint)
    }

    /// SplitMix64's step: no two numbers give the same.
    private static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

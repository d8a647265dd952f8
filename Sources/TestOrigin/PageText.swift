/// Sentences without sense, of a vocabulary that compresses about as well as prose.
enum PageText {
    /// Two syllables make a word: 1,600 words, the short ones more often than the long ones.
    private static let syllables = [
        "ba", "be", "bi", "ca", "co", "da", "de", "do", "el", "en", "er", "fa", "fi", "go", "he", "in", "ka", "la", "le", "li",
        "lo",
        "ma", "mi", "mo", "na", "ne", "no", "or", "pa", "pe", "ra", "re", "ri", "sa", "se", "so", "ta", "te", "to", "va",
    ]

    /// About 300 bytes.
    static func paragraph(_ random: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<3 + random.below(3) {
            let words = 8 + random.below(8)
            for index in 0..<words {
                let first = syllable(&random)
                text += index == 0 ? capitalized(first) : " " + first
                text += syllable(&random)
            }
            text += ". "
        }
        return text
    }

    /// Natural words are not equally frequent: the lowest of four draws favours the front of the list.
    private static func syllable(_ random: inout SplitMix64) -> String {
        let draws = (0..<4).map { _ in random.below(syllables.count) }
        return syllables[draws.min() ?? 0]
    }

    private static func capitalized(_ syllable: String) -> String {
        syllable.prefix(1).uppercased() + syllable.dropFirst()
    }
}

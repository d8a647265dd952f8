/// A bar of block characters, an eighth of a column fine.
enum BarText {
    /// - Parameter width: the columns of a bar for `largest`.
    /// - Returns: at least the thinnest bar where `value` is more than 0.
    static func bar(_ value: Int64, of largest: Int64, width: Int) -> String {
        guard value > 0, largest > 0, width > 0 else { return "" }
        let eighths = max(1, Int(min(1, Double(value) / Double(largest)) * Double(width) * 8))
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }
}
